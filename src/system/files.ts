// Files of the guest, synchronously and by guest path. Writes are atomic: a reader sees the old text or the new one,
// and after a power cut it is one of the two.

import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  type StatsFs,
  statfsSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {readOpened} from './bounded.ts'
import {attempt, codeOf} from './errors.ts'
import {resolveGuestPath, resolveInRoot} from './root.ts'
import {lookAt} from './status.ts'

export type Ownership = {uid: number; gid: number}
export type WriteOptions = {
  /** Permission bits of the file from its first moment on. */
  mode: number
  owner?: Ownership | undefined
  /** False for files of our own below /run, which no power cut outlives: a link in the place of one is replaced. */
  durable?: boolean
}

/** Bytes and inodes of a file system. One that counts no inodes (btrfs, vfat) says 0 of 0. */
export type Capacity = {
  totalBytes: number
  /** What root may still write. */
  freeBytes: number
  /** What everybody else may: a part may be kept for root. */
  freeBytesOfUsers: number
  totalInodes: number
  freeInodes: number
}

export type Files = ReturnType<typeof openFiles>

/** Gives access to the files below `root`; every path is one of the guest. */
export function openFiles(root: string) {
  const at = (path: string) => resolveInRoot(root, path)
  const files = {
    root,

    /** The path on this machine that a guest path leads to. */
    locate: (path: string) => attempt(`look at ${path}`, () => at(path)),

    /** The guest path that a guest path leads to when every symbolic link in it is followed. */
    followLinks: (path: string) => attempt(`look at ${path}`, () => resolveGuestPath(root, path)),

    /** The bytes of a regular file; undefined if there is none. Nothing else is read: a pipe would never end. */
    read(path: string): Buffer | undefined {
      return attempt(`read ${path}`, () => unlessAbsent(at(path), readRegular))
    },

    /** The text of a file as UTF-8; undefined if there is none. */
    readText(path: string): string | undefined {
      return attempt(`read ${path}`, () => unlessAbsent(at(path), readRegular)?.toString('utf8'))
    },

    /** At most `length` bytes of a file or device from an offset; shorter at its end. Undefined if there is none. */
    readAt(path: string, offset: number, length: number): Buffer | undefined {
      return attempt(`read ${path}`, () => unlessAbsent(at(path), found => readSlice(found, offset, length)))
    },

    /** The names in a directory in the order of their bytes; none if it does not exist. */
    list(path: string): string[] {
      return attempt(`list ${path}`, () => unlessAbsent(at(path), found => readdirSync(found).sort())) ?? []
    },

    /** What a path leads to; undefined if nothing is there. */
    status(path: string): Stats | undefined {
      return attempt(`look at ${path}`, () => lookAt(statSync, at(path)))
    },

    /** The bytes that a mounted file system says it has (statfs(2)); undefined if nothing is there. */
    space(path: string): number | undefined {
      const found = attempt(`look at ${path}`, () => unlessAbsent(at(path), entry => statfsSync(entry)))
      return found && found.blocks * found.bsize
    },

    /** What the file system that a path lies on has and what is left (statfs(2)); undefined if nothing is there. */
    capacity(path: string): Capacity | undefined {
      const found = attempt(`look at ${path}`, () => unlessAbsent(at(path), entry => statfsSync(entry)))
      return found && describeCapacity(found)
    },

    /** The path itself, a symbolic link not followed; undefined if nothing is there. */
    linkStatus(path: string): Stats | undefined {
      return attempt(`look at ${path}`, () => lookAt(lstatSync, files.locateEntry(path)))
    },

    /** Where a symbolic link points, as it is written in it; undefined if there is none. */
    readLink(path: string): string | undefined {
      if (!files.linkStatus(path)?.isSymbolicLink()) return undefined
      return attempt(`read the link ${path}`, () =>
        unlessAbsent(files.locateEntry(path), found => readlinkSync(found)),
      )
    },

    /** The path on this machine of a directory entry: links are followed up to its directory, not the entry's own. */
    locateEntry(path: string): string {
      return attempt(`look at ${path}`, () => join(at(dirname(path)), basename(path)))
    },

    /** The path on this machine of what is to be written: a link at the end is followed, on the running root too. */
    locateTarget(path: string): string {
      const entry = files.locateEntry(path)
      return attempt(`look at ${path}`, () => {
        const isLink = lookAt(lstatSync, entry)?.isSymbolicLink() ?? false
        return isLink ? join(root, resolveGuestPath(root, path)) : at(path)
      })
    },

    /** Creates a directory and those above it. One that exists is left as it is. */
    makeDirectory(path: string, mode = 0o755): void {
      if (files.status(path)?.isDirectory()) return
      if (path !== '/') files.makeDirectory(dirname(path))
      attempt(`create the directory ${path}`, () => mkdirSync(at(path), {mode}))
    },

    /** Gives a file or directory to its owner; a symbolic link itself. */
    giveTo(path: string, {uid, gid}: Ownership): void {
      attempt(`give ${path} to its owner`, () => lchownSync(files.locateEntry(path), uid, gid))
    },

    /** Gives a file or directory a mode. What a user could exchange meanwhile needs `asUser`: a link is followed. */
    changeMode(path: string, mode: number): void {
      attempt(`change the mode of ${path}`, () => chmodSync(at(path), mode))
    },

    /** Removes an empty directory. */
    removeDirectory(path: string): void {
      attempt(`remove the directory ${path}`, () => rmdirSync(at(path)))
    },

    /** Puts a file in place; a symbolic link at `path` stays, its target gets the text. */
    write(path: string, bytes: string | Uint8Array, options: WriteOptions): void {
      const target = options.durable === false ? files.locateEntry : files.locateTarget
      attempt(`write ${path}`, () => writeAtomically(target(path), bytes, options))
    },

    /** Puts a symbolic link in place of whatever file or link is there. What it leads to need not be there. */
    link(path: string, target: string): void {
      attempt(`make the link ${path}`, () => linkAtomically(files.locateEntry(path), target))
    },

    /** Gives a value to a file of /proc or /sys: there is nothing to replace, the kernel takes what is written. */
    set(path: string, text: string): void {
      attempt(`set ${path}`, () => writeFileSync(at(path), text, {flag: 'r+'}))
    },

    /**
     * Opens a file to append to, for its owner alone from birth; never through a symbolic link, and no pipe. The
     * caller closes it.
     */
    openToAppend(path: string): number {
      return attempt(`write ${path}`, () => openOutput(files.locateEntry(path)))
    },

    close: (descriptor: number) => closeSync(descriptor),

    /** Gives a file another name in its directory, whatever had that name before. */
    rename(path: string, other: string): void {
      attempt(`rename ${path}`, () => renameSync(files.locateEntry(path), files.locateEntry(other)))
    },

    /** Adds text to a file, for its owner alone from birth. */
    append(path: string, text: string): void {
      const descriptor = files.openToAppend(path)
      try {
        attempt(`write ${path}`, () => writeFileSync(descriptor, text))
      } finally {
        closeSync(descriptor)
      }
    },

    /**
     * Makes what another program wrote survive a power cut: files, and the directories that they are in. What is not
     * there, or is a link or a device, is left out.
     */
    sync(paths: readonly string[]): void {
      const entries = paths.map(path => files.locateEntry(path))
      for (const entry of new Set([...entries, ...entries.map(dirname)])) {
        const status = lookAt(lstatSync, entry)
        if (status?.isDirectory()) attempt(`sync ${entry}`, () => syncDirectory(entry))
        else if (status?.isFile()) attempt(`sync ${entry}`, () => syncFile(entry))
      }
    },

    /** Removes a directory entry if it is there; a symbolic link itself, not what it leads to. */
    remove(path: string): void {
      attempt(`remove ${path}`, () => {
        const entry = files.locateEntry(path)
        unlinkEntry(entry)
        syncDirectory(dirname(entry))
      })
    },
  }
  return files
}

function describeCapacity({bsize, blocks, bfree, bavail, files, ffree}: StatsFs): Capacity {
  const bytes = {totalBytes: blocks * bsize, freeBytes: bfree * bsize, freeBytesOfUsers: bavail * bsize}
  return {...bytes, totalInodes: files, freeInodes: ffree}
}

/** The name beside a file under which the one is made that is to take its place. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.vmcontext-new`)
}

/**
 * Writes a temporary file beside the target, with its final mode and owner before it has any content, then renames
 * it. Its name is always the same, so that one left behind by a killed run is replaced and not collected.
 */
export function writeAtomically(target: string, bytes: string | Uint8Array, options: WriteOptions): void {
  const directory = dirname(target)
  const temporary = temporaryName(target)
  unlinkEntry(temporary)
  const descriptor = openSync(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  )
  try {
    try {
      if (options.owner !== undefined) fchownSync(descriptor, options.owner.uid, options.owner.gid)
      fchmodSync(descriptor, options.mode)
      writeFileSync(descriptor, bytes)
      if (options.durable !== false) fsyncSync(descriptor)
    } finally {
      // May fail as well: a quota on NFS is told here (close(2)).
      closeSync(descriptor)
    }
    renameSync(temporary, target)
  } catch (error) {
    unlinkEntry(temporary)
    throw error
  }
  if (options.durable !== false) syncDirectory(directory)
}

/** Takes away a file, a link or a special file that may have gone already. rm() of Node hides why it was refused. */
export function unlinkEntry(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (codeOf(error) === 'EISDIR') throw Object.assign(new Error(), {code: 'ERR_FS_EISDIR'})
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Makes the link beside its place, then renames it: at every moment there is the old entry or the new one. */
function linkAtomically(entry: string, target: string): void {
  const temporary = temporaryName(entry)
  unlinkEntry(temporary)
  symlinkSync(target, temporary)
  try {
    renameSync(temporary, entry)
  } catch (error) {
    unlinkEntry(temporary)
    throw error
  }
  syncDirectory(dirname(entry))
}

function syncFile(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes the entries of a directory survive a power cut. */
function syncDirectory(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    fsyncSync(descriptor)
  } catch (error) {
    // Some file systems (overlay over a read-only base, 9p) know no fsync for a directory: the rename still stands.
    if (codeOf(error) !== 'EINVAL') throw error
  } finally {
    closeSync(descriptor)
  }
}

function readRegular(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (fstatSync(descriptor).isDirectory()) throw Object.assign(new Error(), {code: 'EISDIR'})
    const found = readOpened(descriptor)
    if (found === undefined) throw new Error('it is no regular file')
    return found.bytes
  } finally {
    closeSync(descriptor)
  }
}

function openOutput(path: string): number {
  const {O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK} = constants
  // Without O_NONBLOCK a pipe that nobody reads would be waited for; with it there is ENXIO.
  const descriptor = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o600)
  const status = fstatSync(descriptor)
  const fault = refuseOutput(status, lstatSync(dirname(path)))
  if (fault === undefined) return descriptor
  closeSync(descriptor)
  throw new Error(fault)
}

/** Into /var/log others than root write here and there: what they have put there beforehand gets none of our text. */
function refuseOutput(status: Stats, directory: Stats): string | undefined {
  if (status.isCharacterDevice()) return undefined
  if (!status.isFile()) return 'it is no regular file'
  if (status.nlink > 1) return 'it has another name, too, which somebody may count on'
  const isOurs = [0, process.geteuid?.(), directory.uid].includes(status.uid)
  return isOurs || (directory.mode & 0o022) === 0 ? undefined : `it belongs to the user ${status.uid}`
}

function readSlice(path: string, offset: number, length: number): Buffer {
  // A pipe would be waited for. A drive must be: how it answers to being opened tells what is in it.
  const isPipe = lookAt(statSync, path)?.isFIFO() === true
  if (isPipe) throw new Error('it is no regular file')
  const descriptor = openSync(path, constants.O_RDONLY)
  try {
    const buffer = Buffer.alloc(length)
    let filled = 0
    while (filled < length) {
      const count = readSync(descriptor, buffer, filled, length - filled, offset + filled)
      if (count === 0) break
      filled += count
    }
    return buffer.subarray(0, filled)
  } finally {
    closeSync(descriptor)
  }
}

function unlessAbsent<T>(path: string, read: (path: string) => T): T | undefined {
  if (lookAt(lstatSync, path) === undefined) return undefined
  try {
    return read(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    throw error
  }
}
