// The tree of an ISO image, read as a whole and within bounds: an image is made by anybody, and may lead in circles,
// beyond its own end, or on and on.

import {isFileName, readJolietName, readPlainName} from './names.ts'
import {type DirectoryRecord, splitRecords} from './records.ts'
import {readRockRidge} from './system-use.ts'
import type {IsoVolume, Naming, ReadAt} from './volume.ts'

/** A piece of a file, in bytes from the start of the image. */
export type Extent = {offset: number; length: number}

export type IsoEntry = {mode: number; size: number} & (
  | {kind: 'directory'; entries: Map<string, IsoEntry>}
  /** `isPacked`: what stands in the extents is not the content itself. */
  | {kind: 'file'; extents: readonly Extent[]; isPacked: boolean}
  | {kind: 'link'; target: string}
  /** A device, a pipe, a socket. */
  | {kind: 'other'}
)
export type IsoDirectory = Extract<IsoEntry, {kind: 'directory'}>

/** Something that is not as it should be, and the path in the image where it is. */
export type Damage = {path: string; message: string}
export type IsoTree = {root: IsoDirectory; damage: readonly Damage[]}

const entryLimit = 100_000
const depthLimit = 64
/** Bytes of all directories together, and of what continues their records elsewhere. */
const directoryLimit = 64 * 1024 * 1024
/** What the shortest continuation counts for: it is a question to the disc, too. */
const leastContinuation = 256

/** What the kernel gives where no Rock Ridge says otherwise. */
const usualMode = {directory: 0o40555, file: 0o100555}

/** Reads the whole tree by one of the ways in which the image names its files. */
export function readTree(volume: IsoVolume, naming: Naming): IsoTree {
  const reader = new TreeReader(volume, naming)
  const start = naming === 'Joliet' ? volume.joliet! : volume.primary
  const root: IsoDirectory = {
    kind: 'directory',
    mode: usualMode.directory,
    size: start.size,
    entries: new Map(),
  }
  reader.fill(root, {...start, path: '', depth: 0})
  return {root, damage: reader.damage}
}

type Place = {block: number; size: number; path: string; depth: number}

class TreeReader {
  readonly damage: Damage[] = []
  readonly #volume: IsoVolume
  readonly #naming: Naming
  readonly #seen = new Set<number>()
  #entriesLeft = entryLimit
  #bytesLeft = directoryLimit

  constructor(volume: IsoVolume, naming: Naming) {
    this.#volume = volume
    this.#naming = naming
  }

  /** Reads a directory, and those below it. */
  fill(directory: IsoDirectory, {block, size, path, depth}: Place): void {
    const refusal = this.#refuseDirectory(block, size, depth)
    if (refusal !== undefined) {
      this.#complain(path, refusal)
      return
    }
    this.#seen.add(block)
    this.#bytesLeft -= size
    const {readAt, blockSize} = this.#volume
    const bytes = readAt(block * blockSize, size)
    if (bytes.length < size) this.#complain(path, 'this directory reaches beyond the end of the image')
    const {records, isDamaged} = splitRecords(bytes, blockSize, this.#entriesLeft)
    if (isDamaged) this.#complain(path, 'this directory is damaged')
    for (const record of records) {
      if (this.#entriesLeft === 0) break
      this.#entriesLeft -= 1
      if (this.#entriesLeft === 0) this.#complain(path, `only the first ${entryLimit} entries are looked at`)
      this.#add(directory, record, path, depth)
    }
  }

  #refuseDirectory(block: number, size: number, depth: number): string | undefined {
    if (this.#seen.has(block)) return 'this directory stands in the tree already'
    if (depth > depthLimit) return `this lies deeper than ${depthLimit} directories`
    return size > this.#bytesLeft ? 'this directory is larger than any' : undefined
  }

  #add(directory: IsoDirectory, record: DirectoryRecord, path: string, depth: number): void {
    const {blockSize, extensions} = this.#volume
    const area = record.area.subarray(extensions.skipped)
    const readAt: ReadAt = (offset, length) => this.#readContinuation(offset, length, path)
    const rock = this.#naming === 'Rock Ridge' ? readRockRidge(area, {readAt, blockSize}) : undefined
    if (rock?.isRelocated) return
    const name = rock?.name ?? (this.#naming === 'Joliet' ? readJolietName : readPlainName)(record.name)
    const inner = path === '' ? name : `${path}/${name}`
    const refusal = refuseName(name, directory)
    if (refusal !== undefined) {
      this.#complain(inner, refusal)
      return
    }
    const child = rock?.child === undefined ? undefined : this.#findRelocated(rock.child)
    const isDirectory = record.isDirectory || child !== undefined
    const entry = describeEntry(record, {...rock, isDirectory}, blockSize)
    directory.entries.set(name, entry)
    const place = child ?? record.pieces[0]!
    if (entry.kind === 'directory') this.fill(entry, {...place, path: inner, depth: depth + 1})
  }

  /** A small image may let thousands of records go on in one place: the same bytes again and again. */
  #readContinuation(offset: number, length: number, path: string): Buffer {
    if (this.#bytesLeft <= 0) return Buffer.alloc(0)
    this.#bytesLeft -= Math.max(length, leastContinuation)
    if (this.#bytesLeft <= 0)
      this.#complain(path, 'what goes on elsewhere of its entries is more than any disc has')
    return this.#volume.readAt(offset, length)
  }

  /** A directory that was too deep for ISO 9660 says its size in its own first record. */
  #findRelocated(block: number): {block: number; size: number} {
    const start = this.#volume.readAt(block * this.#volume.blockSize, 34)
    return {block, size: start.length < 34 ? 0 : start.readUInt32LE(10)}
  }

  #complain(path: string, message: string): void {
    // One is as good as a thousand.
    if (this.damage.length < 100) this.damage.push({path, message})
  }
}

function refuseName(name: string, {entries}: IsoDirectory): string | undefined {
  if (!isFileName(name)) return 'no file can have this name; it is passed over'
  return entries.has(name) ? 'there are two of this name; the first is taken' : undefined
}

type Traits = {
  isDirectory: boolean
  mode?: number | undefined
  target?: string | undefined
  isPacked?: boolean
}

function describeEntry(record: DirectoryRecord, traits: Traits, blockSize: number): IsoEntry {
  const {isDirectory, target, isPacked = false} = traits
  const mode = traits.mode ?? (isDirectory ? usualMode.directory : usualMode.file)
  const size = record.pieces.reduce((sum, piece) => sum + piece.size, 0)
  if (isDirectory) return {kind: 'directory', mode, size, entries: new Map()}
  const format = mode & 0o170000
  if (format === 0o120000 || target !== undefined) return {kind: 'link', mode, size: 0, target: target ?? ''}
  if (format !== 0o100000 && format !== 0) return {kind: 'other', mode, size: 0}
  const extents = record.pieces.map(piece => ({offset: piece.block * blockSize, length: piece.size}))
  return {kind: 'file', mode, size, extents, isPacked}
}
