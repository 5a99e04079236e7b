// Taking deeds back. What a deed replaces is set aside under a second name, so that taking it back needs no space on a
// disk that is full.

import {dirname} from 'node:path'
import {SystemError} from '../system/errors.ts'
import type {Files} from '../system/files.ts'
import {removeTree, setAside} from '../system/trees.ts'
import type {Deed, RenameDeed} from './deed.ts'

/** What is remembered of the time before a deed. One of the two is called in the end. */
export type Undo = {takeBack(): void; forget(): void}

/** Remembers what a deed is about to change. @throws SystemError if it could not be given back. */
export function rememberBefore(files: Files, deed: Deed): Undo {
  if (!('path' in deed)) return {takeBack() {}, forget() {}}
  if (deed.kind === 'rename') return rememberName(files, deed)
  const created = missingDirectories(files, deed.kind === 'make-directory' ? deed.path : dirname(deed.path))
  const entry = deed.kind === 'make-directory' ? undefined : rememberEntry(files, deed.path)
  return {
    takeBack() {
      entry?.takeBack()
      for (const path of created) if (files.status(path)?.isDirectory()) files.removeDirectory(path)
    },
    forget: () => entry?.forget(),
  }
}

function rememberName(files: Files, {path, to}: RenameDeed): Undo {
  const takeBack = () => {
    if (files.linkStatus(to) !== undefined && files.linkStatus(path) === undefined) files.rename(to, path)
  }
  return {takeBack, forget() {}}
}

/** The directories on the way to a path that are not there yet, the deepest first. */
function missingDirectories(files: Files, path: string): string[] {
  if (files.status(path) !== undefined || path === '/') return []
  return [path, ...missingDirectories(files, dirname(path))]
}

function rememberEntry(files: Files, path: string): Undo {
  const status = files.linkStatus(path)
  if (status === undefined) return {takeBack: () => removeTree(files, path), forget() {}}
  const link = files.readLink(path)
  if (link !== undefined) return {takeBack: () => files.link(path, link), forget() {}}
  if (!status.isFile()) throw new SystemError(`replace ${path}`, new Error('it is no file'))
  const aside = setAside(files, path)
  if (aside !== undefined) return {takeBack: aside.putBack, forget: aside.forget}
  const bytes = files.read(path) ?? ''
  const takeBack = () => files.write(path, bytes, {mode: status.mode & 0o7777, owner: status})
  return {takeBack, forget() {}}
}
