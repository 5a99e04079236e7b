// Writing and removing the guest's files. Of what was there a copy is kept before it goes.

import {dirname} from 'node:path'
import type {RemoveAction, WriteAction} from '../action.ts'
import {
  type FoundFile,
  findFile,
  hashBytes,
  type KeptCopy,
  keepCopy,
  type OwnedFile,
} from '../report/manifest.ts'
import type {System} from '../system/system.ts'
import {failed, type Handler, type Result, type Workshop} from './workshop.ts'

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
    const refusal = status === undefined ? refuseParent(path, system) : undefined
    if (refusal !== undefined) return refusal
    system.files.write(path, bytes, {mode: status === undefined ? mode : status.mode & 0o7777, owner})
    const before = current && hashBytes(current)
    return {
      status: 'changed',
      detail: `${current ? 'wrote' : 'created'} ${path}`,
      paths: [path],
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
 * for good; what others made of our file later is kept besides. `found` is what stands there, null if nothing does;
 * `made` the directories that were made for it.
 */
export function own(
  {system, manifest, recorder}: Workshop,
  path: string,
  sha256: string | null,
  {
    found = findFile(system, path) ?? null,
    made = [],
  }: {found?: FoundFile | null; made?: readonly string[]} = {},
): void {
  const current = found === null ? undefined : keepCopy(system, found)
  const entry = manifest.files[path]
  const link = sha256 === null ? system.files.readLink(path) : undefined
  recorder?.note(path, {
    before: link === undefined ? (current ?? null) : {link},
    after: sha256 === null ? null : {sha256},
    owned: entry ?? null,
    made,
  })
  if (entry === undefined) {
    manifest.files[path] = {sha256, previous: current ?? null}
    return
  }
  const {link: _link, adopted: _adopted, ...rest} = entry
  manifest.files[path] = {...rest, sha256, ...overwritten(entry, current)}
}

function overwritten(entry: OwnedFile, current: KeptCopy | undefined): Pick<OwnedFile, 'overwritten'> {
  const known = [entry.sha256, entry.previous?.sha256, ...(entry.overwritten ?? []).map(copy => copy.sha256)]
  if (current === undefined || known.includes(current.sha256)) return {}
  return {overwritten: [...(entry.overwritten ?? []), current]}
}

/**
 * A file that is not there yet gets its directory; where a dangling link stands, its target's directory must be there.
 */
function refuseParent(path: string, {files}: System): Result | undefined {
  if (!files.linkStatus(path)?.isSymbolicLink()) {
    files.makeDirectory(dirname(path))
    return undefined
  }
  const target = files.followLinks(path)
  if (files.status(dirname(target)) !== undefined) return undefined
  const message = `could not write ${path}: it is a symbolic link to ${files.readLink(path)}, whose directory is missing`
  return failed(`write ${path}`, message, `create that directory, or remove the link`)
}
