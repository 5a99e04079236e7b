// What stands behind a name in a directory record (SUSP 1.12): entries of two letters, here those of Rock Ridge (RRIP
// 1.12). They may go on elsewhere in the image, and a hostile one goes on for ever.

import type {DirectoryExtent, ReadAt} from './volume.ts'

/** Whether the volume has Rock Ridge, and how many bytes stand before its entries. */
export type SystemUse = {isRockRidge: boolean; skipped: number}

export const noExtensions: SystemUse = {isRockRidge: false, skipped: 0}

/** What Rock Ridge says of an entry. */
export type RockRidge = {
  name?: string | undefined
  mode?: number | undefined
  /** Where a symbolic link leads. */
  target?: string | undefined
  /** The block of the directory that stands here and lies elsewhere, for it was too deep. */
  child?: number | undefined
  /** It stands somewhere else, and is not to be shown here. */
  isRelocated: boolean
  /** Its content is packed (zisofs). */
  isPacked: boolean
}

type Image = {readAt: ReadAt; blockSize: number}
type Entry = {signature: string; data: Buffer}

/** As many as the kernel follows (RR_MAX_CE_ENTRIES in fs/isofs/rock.c). */
const continuationLimit = 32

/** Looks into the first record of the first directory, where a volume says what extensions it has. */
export function findExtensions(image: Image & {primary: DirectoryExtent}): SystemUse {
  const start = image.readAt(image.primary.block * image.blockSize, 256)
  const area = start.subarray(34, start[0])
  const indicator = area.toString('latin1', 0, 2) === 'SP' && area[4] === 0xbe && area[5] === 0xef
  if (!indicator) return noExtensions
  const hasReference = readEntries(area, image).some(({signature}) => signature === 'ER')
  return {isRockRidge: hasReference, skipped: area[6] ?? 0}
}

/** Reads what Rock Ridge says in the system use area of a record. */
export function readRockRidge(area: Buffer, image: Image): RockRidge {
  const found: RockRidge = {isRelocated: false, isPacked: false}
  const link = new LinkText()
  const name = new NameText()
  for (const {signature, data} of readEntries(area, image)) {
    if (signature === 'PX' && data.length >= 8) found.mode = data.readUInt32LE(4)
    // Flags for `.` and `..`, which are no names of their own.
    if (signature === 'NM' && ((data[4] ?? 0) & 6) === 0) name.add(data.subarray(5))
    if (signature === 'SL') link.add(data)
    if (signature === 'CL' && data.length >= 8) found.child = data.readUInt32LE(4)
    if (signature === 'RE') found.isRelocated = true
    if (signature === 'ZF') found.isPacked = true
  }
  return {...found, name: name.text(), target: link.text()}
}

/** The entries of an area and of all that continue it. */
function readEntries(area: Buffer, {readAt, blockSize}: Image): Entry[] {
  const entries: Entry[] = []
  let rest: Buffer | undefined = area
  for (let count = 0; rest !== undefined && count <= continuationLimit; count += 1) {
    const found = splitEntries(rest)
    entries.push(...found)
    const next = found.find(({signature, data}) => signature === 'CE' && data.length >= 28)?.data
    rest = next && readContinuation(next)
  }
  return entries

  function readContinuation(data: Buffer): Buffer | undefined {
    const [block, offset, length] = [data.readUInt32LE(4), data.readUInt32LE(12), data.readUInt32LE(20)]
    // It lies within one block (SUSP 5.1).
    return offset + length > blockSize ? undefined : readAt(block * blockSize + offset, length)
  }
}

function splitEntries(area: Buffer): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at + 4 <= area.length; ) {
    const length = area[at + 2]!
    const signature = area.toString('latin1', at, at + 2)
    if (length < 4 || at + length > area.length || signature === 'ST') break
    entries.push({signature, data: area.subarray(at, at + length)})
    at += length
  }
  return entries
}

/** Linux leaves out the piece with which a name would get so long, and all behind it (get_rock_ridge_filename). */
const tooLong = 254

/** A name in pieces (RRIP 4.1.4). */
class NameText {
  #bytes = Buffer.alloc(0)
  #isFull = false

  add(piece: Buffer): void {
    this.#isFull ||= this.#bytes.length + piece.length >= tooLong
    const end = piece.indexOf(0)
    if (!this.#isFull) this.#bytes = Buffer.concat([this.#bytes, end === -1 ? piece : piece.subarray(0, end)])
  }

  text(): string | undefined {
    return this.#bytes.length === 0 ? undefined : this.#bytes.toString('utf8')
  }
}

/** As long as a path can be (PATH_MAX): the kernel reads a longer one not at all (rock_ridge_symlink_read_folio). */
const longestTarget = 4095

/** The path in a symbolic link, in components that may be cut (RRIP 4.1.3). */
class LinkText {
  readonly #parts: string[] = []
  #isCut = false
  #isThere = false

  add(data: Buffer): void {
    this.#isThere = true
    for (let at = 5; at + 2 <= data.length; ) {
      const [flags, length] = [data[at]!, data[at + 1]!]
      this.#addComponent(flags, data.toString('utf8', at + 2, at + 2 + length))
      at += 2 + length
    }
  }

  #addComponent(flags: number, content: string): void {
    const text = flags & 8 ? '' : flags & 4 ? '..' : flags & 2 ? '.' : content
    if (this.#isCut) this.#parts.push((this.#parts.pop() ?? '') + text)
    else this.#parts.push(text)
    this.#isCut = (flags & 1) !== 0
  }

  text(): string | undefined {
    if (!this.#isThere) return undefined
    const target = this.#parts.length === 1 && this.#parts[0] === '' ? '/' : this.#parts.join('/')
    return Buffer.byteLength(target) > longestTarget ? '' : target
  }
}
