// The volume of an ISO 9660 image: its descriptors, and which of its trees the Linux kernel would show (fs/isofs/inode.c).
// Numbers are those of ECMA-119; nothing in an image is believed before it is seen to lie in it.

import {findExtensions, noExtensions, type SystemUse} from './system-use.ts'

/** Bytes of the image from an offset; fewer at its end. */
export type ReadAt = (offset: number, length: number) => Buffer

/** By which of an image's trees its files have their names. */
export type Naming = 'Rock Ridge' | 'Joliet' | 'ISO 9660'

/** Where a directory lies. */
export type DirectoryExtent = {block: number; size: number}

export type IsoVolume = {
  label: string
  /** In bytes; 2048 but on odd discs. */
  blockSize: number
  /** How many bytes the volume says it has. */
  size: number
  primary: DirectoryExtent
  joliet?: DirectoryExtent | undefined
  /** What the first directory says of Rock Ridge. */
  extensions: SystemUse
  /** The trees that it has, the one that the kernel shows first. */
  namings: readonly Naming[]
  readAt: ReadAt
}

/** Descriptors have this size whatever that of a block is. */
const sectorSize = 2048
const firstDescriptor = 16
/** More of them no disc has; a set that never ends is damage. */
const descriptorLimit = 64

/** Reads the descriptors; gives in words why this is no such volume. */
export function readVolume(readAt: ReadAt): IsoVolume | string {
  let primary: Buffer | undefined
  let joliet: Buffer | undefined
  for (let index = 0; index < descriptorLimit; index += 1) {
    const descriptor = readAt((firstDescriptor + index) * sectorSize, sectorSize)
    if (descriptor.length < sectorSize)
      return primary ? 'it ends among its descriptors' : 'it is no ISO image'
    if (descriptor.toString('latin1', 1, 6) !== 'CD001') break
    const type = descriptor[0]
    if (type === 255) break
    if (type === 1) primary ??= descriptor
    if (type === 2 && isJoliet(descriptor)) joliet ??= descriptor
  }
  return primary === undefined ? 'it is no ISO image' : describe(primary, joliet, readAt)
}

/** The escape sequences of UCS-2, levels 1 to 3, name Joliet (its specification, 1995). */
function isJoliet(descriptor: Buffer): boolean {
  return /^%\/[@CE]/.test(descriptor.toString('latin1', 88, 91))
}

function describe(primary: Buffer, joliet: Buffer | undefined, readAt: ReadAt): IsoVolume | string {
  const blockSize = primary.readUInt16LE(128)
  if (![512, 1024, 2048].includes(blockSize))
    return `it has blocks of ${blockSize} bytes, as no ISO image has`
  const volume = {
    label: primary.toString('latin1', 40, 72).replace(/\0.*$/s, '').trimEnd(),
    blockSize,
    size: primary.readUInt32LE(80) * blockSize,
    primary: rootOf(primary),
    joliet: joliet && rootOf(joliet),
    extensions: noExtensions,
    namings: [],
    readAt,
  } satisfies IsoVolume
  const extensions = findExtensions(volume)
  return {...volume, extensions, namings: orderNamings({...volume, extensions})}
}

function rootOf(descriptor: Buffer): DirectoryExtent {
  const record = descriptor.subarray(156, 190)
  return {block: record.readUInt32LE(2) + record[1]!, size: record.readUInt32LE(10)}
}

/** Rock Ridge, else Joliet; Joliet also where the first tree is empty, as on some broken discs (isofs_fill_super). */
function orderNamings({extensions, joliet, primary, readAt, blockSize}: IsoVolume): Naming[] {
  const others: Naming[] = [...(joliet === undefined ? [] : ['Joliet' as const]), 'ISO 9660']
  if (!extensions.isRockRidge) return others
  const start = readAt(primary.block * blockSize, blockSize)
  const afterDots = start[0] === undefined ? 0 : start[0] + (start[start[0]] ?? 0)
  const isEmpty = joliet !== undefined && (start[afterDots] ?? 0) === 0
  return isEmpty ? [...others, 'Rock Ridge'] : ['Rock Ridge', ...others]
}
