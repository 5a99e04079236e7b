// What kind of partition table a disk has, and where its extended partition lies, which the kernel does not tell.
// Pure: the caller brings the first sector.

export type PartitionTable = {
  kind: 'gpt' | 'dos' | 'other'
  /** The one that has the logical partitions in it; in sectors of the disk. */
  extended?: {number: number; start: number; size: number} | undefined
}

const extendedTypes = [0x05, 0x0f, 0x85]
const protectiveType = 0xee

/** Reads the first sector of a disk. */
export function parsePartitionTable(sector: Buffer): PartitionTable {
  if (sector.length < 512 || sector.readUInt16LE(510) !== 0xaa55) return {kind: 'other'}
  const entries = [1, 2, 3, 4].map(number => {
    const at = 446 + 16 * (number - 1)
    const [start, size] = [sector.readUInt32LE(at + 8), sector.readUInt32LE(at + 12)]
    return {number, type: sector[at + 4]!, start, size}
  })
  if (entries.some(({type}) => type === protectiveType)) return {kind: 'gpt'}
  const found = entries.find(({type}) => extendedTypes.includes(type))
  return {kind: 'dos', extended: found && {number: found.number, start: found.start, size: found.size}}
}
