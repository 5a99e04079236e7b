// A directory held open, and its entries reached through it: whatever somebody renames or links meanwhile, it stays
// the directory that was checked. Node has no openat(2); the kernel's link to the open descriptor serves as one
// (proc_pid_fd(5)).

import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  type Stats,
} from 'node:fs'
import {type ReadFile, readOpened} from './bounded.ts'
import {attempt, codeOf, SystemError} from './errors.ts'
import {type Ownership, unlinkEntry, writeAtomically} from './files.ts'
import {lookAt} from './status.ts'

export type Directory = {
  /** The guest path under which it was opened, for messages. */
  path: string
  status: Stats
  /** An entry itself, links not followed; undefined if there is none of this name. */
  entry(name: string): Stats | undefined
  /**
   * The bytes of a regular file in it; a link is not followed, a pipe not waited for. Undefined if there is none. Throws
   * if it is larger than the limit: whoever looked at its size before may have seen another file.
   */
  read(name: string, limit?: number): Buffer | undefined
  /** The same, with what stat(2) says of that very file: another one may have its name by now. */
  readWithStatus(name: string): ReadFile | undefined
  /** Puts a file in place atomically. */
  write(name: string, bytes: Uint8Array, mode: number, owner?: Ownership): void
  /**
   * Takes the content out of a regular file; all else of it stays, its security label too. False if it is none, or has
   * another name elsewhere, where somebody else may count on it.
   */
  empty(name: string): boolean
  makeDirectory(name: string, mode: number, owner?: Ownership): void
  /** The names of its entries. */
  list(): string[]
  /** Takes an entry away that may have gone already; a link itself. An empty directory goes too. */
  remove(name: string): void
  /** Opens a directory in it; a link is not followed. The caller closes it. */
  open(name: string): Directory
  close(): void
}

const withoutProc = Object.assign(new Error('/proc is not mounted'), {code: 'ENOPROC'})

/** Opens a directory by its path on this machine. The caller closes it. */
export function openDirectory(machinePath: string, path: string, flags = 0): Directory {
  const descriptor = attempt(`open ${path}`, () =>
    openSync(machinePath, constants.O_RDONLY | constants.O_DIRECTORY | flags),
  )
  // Without /proc every path below would look like one that is not there.
  const status = attempt(`look at ${path}`, () => {
    try {
      if (lookAt(lstatSync, `/proc/self/fd/${descriptor}`) === undefined)
        throw new SystemError(`work in ${path}`, withoutProc)
      return fstatSync(descriptor)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  })
  const at = (name: string) => `/proc/self/fd/${descriptor}/${name}`
  return {
    path,
    status,
    entry: name => attempt(`look at ${path}/${name}`, () => lookAt(lstatSync, at(name))),
    read: (name, limit) => attempt(`read ${path}/${name}`, () => readRegular(at(name), limit)?.bytes),
    readWithStatus: name => attempt(`read ${path}/${name}`, () => readRegular(at(name))),
    write: (name, bytes, mode, owner) =>
      attempt(`write ${path}/${name}`, () => writeAtomically(at(name), bytes, {mode, owner})),
    empty: name => attempt(`empty ${path}/${name}`, () => emptyRegular(at(name))),
    makeDirectory: (name, mode, owner) =>
      attempt(`create the directory ${path}/${name}`, () => makeDirectory(at(name), mode, owner)),
    list: () => attempt(`list ${path}`, () => readdirSync(at(''))),
    remove: name => attempt(`remove ${path}/${name}`, () => removeEntry(at(name))),
    open: name => openDirectory(at(name), `${path}/${name}`, constants.O_NOFOLLOW),
    close: () => attempt(`close ${path}`, () => closeSync(descriptor)),
  }
}

/** Nobody but root, or whoever runs this, can make or exchange its entries. */
export function isOnlyOurs({uid, mode}: Stats): boolean {
  return (uid === 0 || uid === process.geteuid?.()) && (mode & 0o022) === 0
}

function makeDirectory(path: string, mode: number, owner: Ownership | undefined): void {
  mkdirSync(path, {mode})
  if (owner === undefined) return
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    // Whoever may write here may have put another one of root's in its place: that one is not given away.
    if (readdirSync(`/proc/self/fd/${descriptor}`).length > 0)
      throw new Error('something else is there by now')
    fchownSync(descriptor, owner.uid, owner.gid)
  } finally {
    closeSync(descriptor)
  }
}

function removeEntry(path: string): void {
  if (lookAt(lstatSync, path)?.isDirectory()) rmdirSync(path)
  else unlinkEntry(path)
}

function emptyRegular(path: string): boolean {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile() || status.nlink > 1) return false
    ftruncateSync(descriptor)
    fsyncSync(descriptor)
    return true
  } finally {
    closeSync(descriptor)
  }
}

function readRegular(path: string, limit?: number): ReadFile | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return readOpened(descriptor, limit)
  } finally {
    closeSync(descriptor)
  }
}
