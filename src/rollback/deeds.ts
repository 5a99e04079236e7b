// What a rollback does to files, in the deeds of the image commands: they keep modes and owners, and follow no link
// where others than root could have made it.

import type {Deed, RemoveDirectoryDeed} from '../image/deed.ts'
import {settlePlace} from '../image/give-back/place.ts'
import {unlessRefused} from '../system/errors.ts'
import {temporaryName} from '../system/files.ts'
import type {System} from '../system/system.ts'
import {asideName} from '../system/trees.ts'
import type {FileReturn} from './files.ts'

/** Brings back what stood there before. */
export function planReturn({place: path, inside, before, bytes}: FileReturn): Deed {
  const common = {path, inside, reason: 'what stood there before'}
  if (before === null) return {kind: 'remove', ...common}
  if (before.link !== undefined) return {kind: 'link', ...common, target: before.link}
  const {mode, uid, gid} = before
  return {kind: 'write', ...common, content: bytes!, mode, owner: {uid, gid}}
}

/** Brings back what stands there now. */
export function planUndo({place: path, inside, now}: FileReturn): Deed {
  const common = {path, inside, reason: 'what stood there'}
  if (now === null || now === 'not readable') return {kind: 'remove', ...common}
  if ('link' in now) return {kind: 'link', ...common, target: now.link}
  const {bytes: content, mode, uid, gid} = now
  return {kind: 'write', ...common, content, mode: mode & 0o7777, owner: {uid, gid}}
}

/**
 * Directories that were made for files which are gone. One that somebody else uses stays, and so does one where others
 * than root may write: there a link could stand in its place by now.
 */
export function planDirectories(
  system: System,
  files: readonly FileReturn[],
): (RemoveDirectoryDeed & {reason: string})[] {
  const paths = new Set(files.flatMap(({before, missing}) => (before === null ? missing : [])))
  const deepestFirst = [...paths].sort((one, other) => other.split('/').length - one.split('/').length)
  return deepestFirst
    .filter(path => isOnlyOurs(system, path))
    .map(path => ({kind: 'remove-directory', path, reason: 'it was made for them'}))
}

/** What a rollback that was killed has left beside files. */
export function planLeftovers({files}: System, returned: readonly FileReturn[]): Deed[] {
  return returned
    .filter(({inside}) => inside === undefined)
    .flatMap(({place}) => [asideName(place), temporaryName(place)])
    .filter(path => files.linkStatus(path) !== undefined)
    .map(path => ({kind: 'remove', path, reason: 'left by a run that was killed'}))
}

function isOnlyOurs(system: System, path: string): boolean {
  return unlessRefused(
    () => {
      const place = settlePlace(system, path)
      return 'path' in place && place.inside === undefined
    },
    () => false,
  )
}
