// The files of an ISO image by path, the way those of a mounted one are looked at.

import {attempt} from '../../system/errors.ts'
import type {EntryStatus, SourceFiles} from '../source.ts'
import type {IsoDirectory, IsoEntry} from './tree.ts'
import type {ReadAt} from './volume.ts'

/** Whatever a context has to say is some kilobytes; larger files are there for scripts, which mount the disc. */
const readLimit = 64 * 1024 * 1024
/** As many links in one path as the kernel follows (path_resolution(7)). */
const linkLimit = 40

/** Shows a tree as files below `directory`. */
export function viewTree(root: IsoDirectory, directory: string, readAt: ReadAt): SourceFiles {
  const find = (path: string, followsLast = true) => findEntry(root, relative(path, directory), followsLast)
  const read = (path: string) =>
    attempt(`read ${path}`, () => {
      const entry = find(path)
      return entry === undefined ? undefined : readEntry(entry, readAt)
    })
  return {
    list(path) {
      const entry = find(path)
      return entry?.kind === 'directory' ? [...entry.entries.keys()].sort() : []
    },
    status(path) {
      const entry = find(path)
      return entry && describeStatus(entry)
    },
    readLink(path) {
      const entry = find(path, false)
      return entry?.kind === 'link' ? entry.target : undefined
    },
    read,
    readText: path => read(path)?.toString('utf8'),
  }
}

function relative(path: string, directory: string): string[] {
  return path.slice(directory.length).split('/')
}

/** Follows links within the image; one that leads out of it leads nowhere. */
function findEntry(root: IsoDirectory, parts: readonly string[], followsLast: boolean): IsoEntry | undefined {
  const pending = parts.toReversed()
  const passed: IsoDirectory[] = [root]
  let links = 0
  for (;;) {
    const part = pending.pop()
    const current = passed.at(-1)!
    if (part === undefined) return current
    if (part === '' || part === '.') continue
    if (part === '..') {
      passed.pop()
      if (passed.length === 0) return undefined
      continue
    }
    const entry = current.entries.get(part)
    const isLast = pending.every(rest => rest === '')
    if (entry?.kind === 'link' && !(isLast && !followsLast)) {
      links += 1
      // An empty one leads nowhere either, as in path_resolution(7).
      if (links > linkLimit || /^(\/|$)/.test(entry.target)) return undefined
      pending.push(...entry.target.split('/').reverse())
    } else if (entry?.kind === 'directory') passed.push(entry)
    else return pending.length === 0 ? entry : undefined
  }
}

function describeStatus({kind, mode, size}: IsoEntry): EntryStatus {
  return {mode, size, isFile: () => kind === 'file', isDirectory: () => kind === 'directory'}
}

function readEntry(entry: IsoEntry, readAt: ReadAt): Buffer {
  if (entry.kind === 'directory') throw Object.assign(new Error(), {code: 'EISDIR'})
  if (entry.kind !== 'file') throw new Error('it is no regular file')
  if (entry.isPacked) throw new Error('it is packed (zisofs), which is not known here')
  if (entry.size > readLimit) throw new Error(`it is larger than ${readLimit / 1024 / 1024} MiB`)
  const pieces = entry.extents.map(({offset, length}) => readAt(offset, length))
  const bytes = Buffer.concat(pieces)
  if (bytes.length < entry.size)
    throw new Error('it reaches beyond the end of the image, which may have been cut')
  return bytes
}
