// Files of keys outside every home, such as /etc/ssh/keys/joe. They are root's, and so must all be that leads there:
// where anybody else may write, another file could be put in their place.

import {posix} from 'node:path'
import type {ByteText} from '../../action.ts'
import type {System} from '../../system/system.ts'
import {type KeysText, type PlaceRefusal, refuseEntry} from './keys-entry.ts'

/** Reads such a file. */
export function readRootKeys(system: System, path: string): KeysText | PlaceRefusal {
  return refusePath(system, path) ?? {text: system.files.read(path)?.toString('latin1') ?? '', loose: []}
}

/** Replaces such a file. sshd reads it with the rights of the user who wants to log in. */
export function writeRootKeys(system: System, path: string, text: ByteText): PlaceRefusal | undefined {
  const refusal = refusePath(system, path)
  if (refusal !== undefined) return refusal
  const {files} = system
  const {mode = 0o644, uid = 0, gid = 0} = files.linkStatus(path) ?? {}
  files.makeDirectory(posix.dirname(path))
  files.write(path, Buffer.from(text, 'latin1'), {mode: mode & 0o644, owner: {uid, gid}})
  return undefined
}

function refusePath(system: System, path: string): PlaceRefusal | undefined {
  const directory = posix.dirname(path)
  const above = [...listAbove(directory), ...listAbove(system.files.followLinks(directory))]
  const refusals = above.map(each => refuseDirectory(system, each))
  return (
    refusals.find(refusal => refusal !== undefined) ??
    refuseEntry(path, system.files.linkStatus(path), 'file', 'root')
  )
}

/** `/etc`, `/etc/ssh`, `/etc/ssh/keys`. */
function listAbove(directory: string): string[] {
  const parts = directory.split('/').filter(Boolean)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

/** A link of root's is followed: where it leads is looked at as well. */
function refuseDirectory({files}: System, path: string): PlaceRefusal | undefined {
  const status = files.linkStatus(path)
  if (status === undefined) return undefined
  const expected = 'a directory of root that nobody else may write'
  if (status.uid !== 0) return {path, reason: `${path} does not belong to root`, expected}
  if (status.isSymbolicLink()) return undefined
  if (!status.isDirectory()) return {path, reason: `${path} is no directory`, expected}
  return (status.mode & 0o022) === 0
    ? undefined
    : {path, reason: `others than root may write ${path}`, expected}
}
