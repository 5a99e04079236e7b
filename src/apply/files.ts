// Writing and removing the guest's files. Of what was there a copy is kept before it goes.

import type {RemoveAction, WriteAction} from '../action.ts'
import {hashBytes, type KeptCopy, keepCopy, type OwnedFile} from '../report/manifest.ts'
import type {Handler, Workshop} from './workshop.ts'

export const writeHandler: Handler<WriteAction> = {
  prepare({path, content}, workshop) {
    const bytes = Buffer.from(content, 'latin1')
    if (workshop.system.files.read(path)?.equals(bytes)) return
    own(workshop, path, hashBytes(bytes))
  },

  perform({path, content, mode}, {system}) {
    const bytes = Buffer.from(content, 'latin1')
    const current = system.files.read(path)
    if (current?.equals(bytes)) return {status: 'unchanged', detail: path}
    const status = system.files.status(path)
    const owner = status === undefined ? undefined : {uid: status.uid, gid: status.gid}
    if (status === undefined) createParent(path, system)
    system.files.write(path, bytes, {mode: status === undefined ? mode : status.mode & 0o7777, owner})
    const before = current && hashBytes(current)
    return {
      status: 'changed',
      detail: `${current ? 'wrote' : 'created'} ${path}`,
      before,
      after: hashBytes(bytes),
    }
  },
}

export const removeHandler: Handler<RemoveAction> = {
  prepare({path}, workshop) {
    if (workshop.system.files.linkStatus(path) !== undefined) own(workshop, path, null)
  },

  perform({path}, {system}) {
    const current = system.files.read(path)
    if (system.files.linkStatus(path) === undefined) return {status: 'unchanged', detail: path}
    system.files.remove(path)
    return {status: 'changed', detail: `removed ${path}`, before: current && hashBytes(current)}
  },
}

/**
 * Enters a file into the manifest with what it is about to be. The first copy, from before the agent ever came, stays
 * for good; what others made of our file later is kept besides.
 */
function own({system, manifest}: Workshop, path: string, sha256: string | null): void {
  const current = keepCopy(system, path)
  const entry = manifest.files[path]
  if (entry === undefined) manifest.files[path] = {sha256, previous: current ?? null}
  else manifest.files[path] = {...entry, sha256, ...overwritten(entry, current)}
}

function overwritten(entry: OwnedFile, current: KeptCopy | undefined): Pick<OwnedFile, 'overwritten'> {
  const known = [entry.sha256, entry.previous?.sha256, ...(entry.overwritten ?? []).map(copy => copy.sha256)]
  if (current === undefined || known.includes(current.sha256)) return {}
  return {overwritten: [...(entry.overwritten ?? []), current]}
}

function createParent(path: string, system: Workshop['system']): void {
  // A dangling link keeps its place; its target is made, if its directory is there.
  const isLink = system.files.linkStatus(path)?.isSymbolicLink() ?? false
  if (!isLink) system.files.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/')
}
