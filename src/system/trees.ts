// Whole trees of files, and files too large to hold in memory.

import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statfsSync,
} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {attempt, codeOf} from './errors.ts'
import type {Files} from './files.ts'
import {lookAt} from './status.ts'

/** What a tree holds: its entries, itself included, and the bytes of its files. */
export type TreeSize = {entries: number; bytes: number}

/** Counts what is in a tree, or in a single file. No link is followed and no other file system entered. */
export function measureTree(files: Files, path: string): TreeSize {
  const size = {entries: 0, bytes: 0}
  attempt(`look at ${path}`, () =>
    walk(files.locateEntry(path), (_, status) => {
      size.entries += 1
      if (status.isFile()) size.bytes += status.size
    }),
  )
  return size
}

/** Removes a tree, or a single entry. No link is followed; what another file system is mounted on stays. */
export function removeTree(files: Files, path: string): void {
  attempt(`remove ${path}`, () =>
    walk(files.locateEntry(path), (entry, status) => {
      if (!status.isDirectory()) return rmSync(entry, {force: true})
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
    const temporary = join(dirname(target), `.${basename(target)}.vmcontext-new`)
    rmSync(temporary, {force: true})
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
      rmSync(temporary, {force: true})
      throw error
    }
  })
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
