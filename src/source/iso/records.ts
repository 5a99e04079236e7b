// The records of a directory (ECMA-119 9.1). A file of 4 GiB or more has several, one a piece.

/** One entry of a directory, with the places of its pieces in blocks. */
export type DirectoryRecord = {
  name: Buffer
  isDirectory: boolean
  pieces: {block: number; size: number}[]
  /** What stands behind the name. */
  area: Buffer
}

const flags = {directory: 2, associated: 4, goesOn: 0x80}
/** Of a record without a name. */
const headLength = 33
/** The largest file that a disc can hold has some two thousand, of 4 GiB each. */
const pieceLimit = 4096

/**
 * Takes a directory apart, without its `.` and `..`: as many entries as `limit`. What is damaged costs the rest of its
 * block.
 */
export function splitRecords(
  bytes: Buffer,
  blockSize: number,
  limit: number,
): {records: DirectoryRecord[]; isDamaged: boolean} {
  const records: DirectoryRecord[] = []
  let isDamaged = false
  let open: DirectoryRecord | undefined
  for (let at = 0; at < bytes.length && records.length < limit; ) {
    const length = bytes[at]!
    const end = at + length
    const nextBlock = (Math.floor(at / blockSize) + 1) * blockSize
    const isWhole = length > headLength && end <= Math.min(nextBlock, bytes.length)
    if (!isWhole || headLength + bytes[at + 32]! > length) {
      // Records do not cross a block's end; what is left of it is zero.
      isDamaged ||= length !== 0
      at = nextBlock
      continue
    }
    const record = readRecord(bytes.subarray(at, end))
    at = end
    if (open !== undefined && open.pieces.length >= pieceLimit) isDamaged = true
    else if (open !== undefined) open.pieces.push(...record.pieces)
    else if (!isDot(record.name) && (record.flags & flags.associated) === 0) records.push(record)
    open = record.flags & flags.goesOn ? (open ?? record) : undefined
  }
  return {records, isDamaged}
}

function readRecord(bytes: Buffer): DirectoryRecord & {flags: number} {
  const nameLength = bytes[32]!
  const nameEnd = headLength + nameLength
  return {
    name: bytes.subarray(headLength, nameEnd),
    flags: bytes[25]!,
    isDirectory: (bytes[25]! & flags.directory) !== 0,
    pieces: [{block: bytes.readUInt32LE(2) + bytes[1]!, size: bytes.readUInt32LE(10)}],
    // A name of even length is followed by a byte that makes the next one even.
    area: bytes.subarray(nameEnd + (nameLength % 2 === 0 ? 1 : 0)),
  }
}

function isDot(name: Buffer): boolean {
  return name.length === 1 && (name[0] === 0 || name[0] === 1)
}
