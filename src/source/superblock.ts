// What is on a block device, told from its own superblock: no blkid and no udev is needed, which matters before any
// service runs. Only the file systems that a context disc can have. Pure: the caller brings the bytes.

export type FileSystemType = 'iso9660' | 'vfat' | 'ext2' | 'ext3' | 'ext4' | 'xfs' | 'udf'
export type Volume = {type: FileSystemType; label: string}

/** How many bytes from the start of a device `identifyVolume` wants: up to the end of ISO 9660's first descriptors. */
export const superblockLength = 64 * 1024

/** Recognises a file system and its volume label. Undefined if it is none of those above. */
export function identifyVolume(bytes: Buffer): Volume | undefined {
  return identifyIso(bytes) ?? identifyExt(bytes) ?? identifyXfs(bytes) ?? identifyFat(bytes)
}

/**
 * Mount options that keep a file system untouched: a plain read-only mount of a dirty journal replays, and so writes,
 * it (ext4(5) `noload`, xfs(5) `norecovery`).
 */
export function readOnlyOptions(type: FileSystemType): string {
  const options = ['ro', 'nosuid', 'nodev']
  if (type === 'ext3' || type === 'ext4') options.push('noload')
  if (type === 'xfs') options.push('norecovery')
  return options.join(',')
}

// ECMA-119: descriptors of 2048 bytes from sector 16 on; type 1 is the primary one, its volume identifier at 40.
function identifyIso(bytes: Buffer): Volume | undefined {
  for (let at = 16 * 2048; at + 2048 <= bytes.length; at += 2048) {
    const identifier = text(bytes, at + 1, 5)
    if (identifier === 'NSR02' || identifier === 'NSR03') return {type: 'udf', label: ''}
    if (identifier !== 'CD001' || bytes[at] === 255) return undefined
    if (bytes[at] === 1) return {type: 'iso9660', label: text(bytes, at + 40, 32)}
  }
  return undefined
}

// linux/fs/ext4/ext4.h: the superblock stands at 1024; magic at 56, features at 92, 96 and 100, label at 120.
function identifyExt(bytes: Buffer): Volume | undefined {
  const at = 1024
  if (bytes.length < at + 1024 || bytes.readUInt16LE(at + 56) !== 0xef53) return undefined
  const hasJournal = (bytes.readUInt32LE(at + 92) & 0x4) !== 0
  // What ext2 and ext3 do not know: anything beyond file types, recovery and meta groups; beyond sparse and large files.
  const incompatible = bytes.readUInt32LE(at + 96) & ~0x16
  const readOnlyCompatible = bytes.readUInt32LE(at + 100) & ~0x7
  const isNew = incompatible !== 0 || readOnlyCompatible !== 0
  return {type: isNew ? 'ext4' : hasJournal ? 'ext3' : 'ext2', label: text(bytes, at + 120, 16)}
}

// linux/fs/xfs/libxfs/xfs_format.h: magic at 0, label at 108.
function identifyXfs(bytes: Buffer): Volume | undefined {
  return text(bytes, 0, 4) === 'XFSB' ? {type: 'xfs', label: text(bytes, 108, 12)} : undefined
}

// The boot sector's own label; FAT32 has it at 71 with its name at 82, FAT12 and FAT16 at 43 and 54.
function identifyFat(bytes: Buffer): Volume | undefined {
  if (bytes.length < 512 || bytes.readUInt16LE(510) !== 0xaa55) return undefined
  if (text(bytes, 82, 5) === 'FAT32') return {type: 'vfat', label: text(bytes, 71, 11)}
  if (/^FAT1[26]/.test(text(bytes, 54, 5))) return {type: 'vfat', label: text(bytes, 43, 11)}
  return undefined
}

function text(bytes: Buffer, offset: number, length: number): string {
  if (bytes.length < offset + length) return ''
  return bytes
    .toString('latin1', offset, offset + length)
    .replace(/\0.*$/s, '')
    .trimEnd()
}
