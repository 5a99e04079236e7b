// How large a file system is, told from its superblock: whether it fills its device is known at every boot without a
// program being started. Pure: the caller brings the bytes.

export type FileSystemSize = {
  kind: 'ext' | 'xfs' | 'btrfs'
  /**
   * Undefined for xfs, whose superblock on the disk lags behind the mounted one: statfs(2) knows. Undefined, too, if the
   * superblock cannot be right.
   */
  bytes?: number | undefined
  /** What it may leave at the end of its device: less than this cannot be used. */
  slackBytes: number
  /** btrfs: the number that the device has in it. */
  deviceId?: number | undefined
  /** xfs: what its log takes away from what statfs(2) tells. */
  logBytes?: number | undefined
}

/** How many bytes from the start of a device `measureFileSystem` wants: btrfs has its superblock at 64 KiB. */
export const measuredLength = 68 * 1024

const mebibyte = 1024 * 1024

/** Measures a file system of one of the kinds that can grow while they are mounted; undefined if it is none. */
export function measureFileSystem(bytes: Buffer): FileSystemSize | undefined {
  return measureXfs(bytes) ?? measureBtrfs(bytes) ?? measureExt(bytes)
}

// linux/fs/ext4/ext4.h, offsets in the superblock at 1024.
function measureExt(bytes: Buffer): FileSystemSize | undefined {
  const at = 1024
  if (bytes.length < at + 1024 || bytes.readUInt16LE(at + 56) !== 0xef53) return undefined
  // Above EXT4_MAX_BLOCK_LOG_SIZE, 64 KiB, it is damaged: something is there all the same, and must not be taken for free.
  const blockLog = bytes.readUInt32LE(at + 24)
  if (blockLog > 6) return {kind: 'ext', slackBytes: mebibyte}
  const blockSize = 1024 * 2 ** blockLog
  const is64Bit = (bytes.readUInt32LE(at + 96) & 0x80) !== 0
  const blocks = bytes.readUInt32LE(at + 4) + (is64Bit ? bytes.readUInt32LE(at + 0x150) * 2 ** 32 : 0)
  const inodeSize = bytes.readUInt32LE(at + 76) === 0 ? 128 : bytes.readUInt16LE(at + 88)
  const reservedDescriptorBlocks = bytes.readUInt16LE(at + 0xce)
  // resize2fs leaves out a last group that has hardly room for more than its own tables.
  const groupTables = bytes.readUInt32LE(at + 40) * inodeSize
  const slackBytes = Math.max(mebibyte, groupTables + (reservedDescriptorBlocks + 128) * blockSize)
  return {kind: 'ext', bytes: blocks * blockSize, slackBytes}
}

// linux/fs/xfs/libxfs/xfs_format.h; big-endian.
function measureXfs(bytes: Buffer): FileSystemSize | undefined {
  if (bytes.length < 264 || bytes.toString('latin1', 0, 4) !== 'XFSB') return undefined
  const blockSize = bytes.readUInt32BE(4)
  // A log on another device has no start on this one.
  const logBlocks = bytes.readBigUInt64BE(48) === 0n ? 0 : bytes.readUInt32BE(96)
  // XFS_MIN_AG_BLOCKS: a smaller last group is left out.
  return {kind: 'xfs', slackBytes: Math.max(mebibyte, 64 * blockSize), logBytes: logBlocks * blockSize}
}

// linux/include/uapi/linux/btrfs_tree.h: the superblock at 64 KiB, the item of this device in it at 0xc9.
function measureBtrfs(bytes: Buffer): FileSystemSize | undefined {
  const at = 64 * 1024
  if (bytes.length < at + 4096 || bytes.toString('latin1', at + 64, at + 72) !== '_BHRfS_M') return undefined
  const item = at + 0xc9
  return {
    kind: 'btrfs',
    bytes: Number(bytes.readBigUInt64LE(item + 8)),
    slackBytes: mebibyte,
    deviceId: Number(bytes.readBigUInt64LE(item)),
  }
}
