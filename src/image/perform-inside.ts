// Deeds in directories that others than root may write, such as homes: done through directories that are held open,
// with no symbolic link followed from there on, whoever exchanges what meanwhile.

import {posix} from 'node:path'
import {type Directory, openDirectory} from '../system/directory.ts'
import {codeOf, SystemError} from '../system/errors.ts'
import type {Files} from '../system/files.ts'
import type {Deed} from './deed.ts'

/** Carries out a deed whose path lies in the directory `inside`. */
export function performInside(files: Files, deed: Deed, inside: string): void {
  if (deed.kind !== 'write' && deed.kind !== 'remove' && deed.kind !== 'empty')
    throw new SystemError(`${deed.kind} in ${inside}`, 'others than root may write there')
  const {path} = deed
  const name = posix.basename(path)
  const directory = openPlace(files, inside, posix.dirname(path))
  // What lies in a directory that has gone is gone.
  if (directory === undefined && deed.kind !== 'write') return
  if (directory === undefined) throw new SystemError(`write ${path}`, 'its directory has gone')
  try {
    if (deed.kind === 'remove') removeIn(directory, name)
    else if (deed.kind === 'empty') emptyIn(directory, name)
    else directory.write(name, Buffer.from(deed.content), deed.mode, deed.owner)
  } finally {
    directory.close()
  }
}

/** Reads a regular file that lies in the directory `inside`; undefined if there is none, or it is larger than the limit. */
export function readInside(files: Files, path: string, inside: string, limit: number): Buffer | undefined {
  const directory = openPlace(files, inside, posix.dirname(path))
  try {
    const name = posix.basename(path)
    return (directory?.entry(name)?.size ?? 0) > limit ? undefined : directory?.read(name)
  } finally {
    directory?.close()
  }
}

/** Goes down from `inside` to the directory of a path; undefined if one on the way is not there. */
function openPlace(files: Files, inside: string, path: string): Directory | undefined {
  if (!files.status(inside)?.isDirectory()) return undefined
  let directory = openDirectory(files.locate(inside), inside)
  for (const part of partsBelow(inside, path)) {
    const above = directory
    try {
      if (above.entry(part) === undefined) return undefined
      directory = above.open(part)
    } finally {
      above.close()
    }
  }
  return directory
}

function partsBelow(inside: string, path: string): string[] {
  const relative = posix.relative(inside, path)
  const parts = relative.split('/').filter(Boolean)
  if (parts.includes('..')) throw new SystemError(`work on ${path}`, `it does not lie in ${inside}`)
  return parts
}

/** Each level is held open, and takes its part of the stack. Nobody but a joker nests deeper. */
const depthLimit = 2000

/** Takes a file, a link or a whole tree away; what another file system is mounted on stays. */
function removeIn(directory: Directory, name: string, top = `${directory.path}/${name}`, depth = 0): void {
  const status = directory.entry(name)
  if (status === undefined || status.dev !== directory.status.dev) return
  if (status.isDirectory()) {
    if (depth > depthLimit) throw new SystemError(`remove ${top}`, 'directories are nested too deep in it')
    const inner = directory.open(name)
    try {
      for (const each of inner.list()) removeIn(inner, each, top, depth + 1)
    } finally {
      inner.close()
    }
  }
  try {
    directory.remove(name)
  } catch (error) {
    // It holds a mount, or somebody has just put something there.
    if (!['ENOTEMPTY', 'EBUSY', 'ENOENT'].includes(codeOf(error))) throw error
  }
}

function emptyIn(directory: Directory, name: string): void {
  const status = directory.entry(name)
  if (!status?.isFile() || status.size === 0) return
  if (!directory.empty(name)) directory.write(name, Buffer.alloc(0), status.mode & 0o7777, status)
}
