// Whole trees of files, and files that are copied or set aside as a whole.

import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  type Stats,
  statfsSync,
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {attempt, codeOf, SystemError, unlessRefused} from './errors.ts'
import {type Files, temporaryName, unlinkEntry} from './files.ts'
import {lookAt} from './status.ts'

/** A file in a tree, by its guest path. */
export type TreeFile = {path: string; bytes: number}

/**
 * Lists what is in a directory and is none itself, as far as the machine lets one look: whoever nests directories too
 * deep for a path is in nobody's way. No link is followed and no other file system entered.
 */
export function listTree(files: Files, path: string): TreeFile[] {
  const found: TreeFile[] = []
  const visit = () => {
    const top = files.locateEntry(path)
    walk(top, (entry, status) => {
      if (status.isDirectory()) return
      found.push({path: `${path}${entry.slice(top.length)}`, bytes: sizeOnDisk(status)})
    })
  }
  unlessRefused(
    () => attempt(`look at ${path}`, visit),
    () => undefined,
  )
  return found
}

/** The bytes of a file; one of holes (lastlog) has no more than its blocks. */
export function sizeOnDisk(status: Stats): number {
  if (!status.isFile() || status.size === 0) return 0
  return Math.min(status.size, Math.max(status.blocks * 512, 1))
}

/** Removes a tree, or a single entry. No link is followed; what another file system is mounted on stays. */
export function removeTree(files: Files, path: string): void {
  attempt(`remove ${path}`, () =>
    walk(files.locateEntry(path), (entry, status) => {
      if (!status.isDirectory()) return unlinkEntry(entry)
      try {
        rmdirSync(entry)
      } catch (error) {
        // It holds a mount, or somebody has just put something there.
        if (!['ENOTEMPTY', 'EBUSY', 'ENOENT'].includes(codeOf(error))) throw error
      }
    }),
  )
}

/**
 * Copies a file of this machine into the guest, atomically, with its final mode. File systems that can, share the
 * blocks.
 */
export function copyFile(files: Files, from: string, path: string, mode: number): void {
  attempt(`write ${path}`, () => {
    const target = files.locateEntry(path)
    const temporary = temporaryName(target)
    unlinkEntry(temporary)
    try {
      copyFileSync(from, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
      const descriptor = openSync(temporary, constants.O_RDWR)
      try {
        fchmodSync(descriptor, mode)
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
      renameSync(temporary, target)
    } catch (error) {
      unlinkEntry(temporary)
      throw error
    }
  })
}

/** The name beside a file under which it is kept while another one takes its place. */
export function asideName(path: string): string {
  return join(dirname(path), `.${basename(path)}.vmcontext-old`)
}

/**
 * Gives a file a second name, so that it can come back when another one has taken its place: that takes no space.
 * Undefined where the file system knows no second names.
 */
export function setAside(files: Files, path: string): {putBack(): void; forget(): void} | undefined {
  const entry = files.locateEntry(path)
  const aside = asideName(entry)
  const forget = () => attempt(`remove ${asideName(path)}`, () => unlinkEntry(aside))
  forget()
  try {
    linkSync(entry, aside)
  } catch (error) {
    if (['EPERM', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(codeOf(error))) return undefined
    throw new SystemError(`replace ${path}`, error)
  }
  const putBack = () => {
    attempt(`put back ${path}`, () => renameSync(aside, entry))
    // Two names of one file: rename(2) then does nothing.
    forget()
  }
  return {putBack, forget}
}

/** The bytes that a file system still has for root, where a path lies or would lie. */
export function readFreeSpace(files: Files, path: string): number {
  let place = path
  while (files.status(place) === undefined && place !== '/') place = dirname(place)
  const {bavail, bsize} = attempt(`look at ${place}`, () => statfsSync(files.locate(place)))
  return bavail * bsize
}

/** Visits a tree, each directory after what it holds. */
function walk(top: string, visit: (path: string, status: Stats) => void): void {
  const first = lookAt(lstatSync, top)
  if (first === undefined) return
  const visitTree = (path: string, status: Stats) => {
    if (status.dev !== first.dev) return
    if (status.isDirectory()) {
      for (const name of readdirSync(path)) {
        const entry = lookAt(lstatSync, join(path, name))
        if (entry !== undefined) visitTree(join(path, name), entry)
      }
    }
    visit(path, status)
  }
  visitTree(top, first)
}
