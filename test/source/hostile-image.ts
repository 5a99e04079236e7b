// ISO images that no program writes: one directory, filled with records to do harm with.

const sector = 2048
const descriptor = 16 * sector
const top = 18

type Parts = {name: string; area?: Buffer; flags?: number; block?: number; size?: number}

/** A directory record (ECMA-119 9.1). */
export function makeRecord({name, area = Buffer.alloc(0), flags = 0, block = 0, size = 0}: Parts): Buffer {
  const start = 33 + name.length + (name.length % 2 === 0 ? 1 : 0)
  const record = Buffer.alloc(start + area.length + ((start + area.length) % 2))
  record[0] = record.length
  record.writeUInt32LE(block, 2)
  record.writeUInt32LE(size, 10)
  record[25] = flags
  record[32] = name.length
  record.write(name, 33, 'latin1')
  area.copy(record, start)
  return record
}

/** Says where an area goes on (SUSP 5.1). */
export function goesOn(block: number, length = sector): Buffer {
  const entry = Buffer.alloc(28)
  entry.write('CE\x1c\x01', 'latin1')
  entry.writeUInt32LE(block, 4)
  entry.writeUInt32LE(length, 20)
  return entry
}

/** A block that goes on in itself, and is a piece of a link's target besides (RRIP 4.1.3). */
export function makeEndlessLink(block: number): Buffer {
  const piece = Buffer.alloc(252, 'a')
  piece.write('SL\xfc\x01\x00\x00\xf5', 'latin1')
  return Buffer.concat([goesOn(block), ...Array.from({length: 8}, () => piece)], sector)
}

/** Rock Ridge says of itself that it is there. */
const extensions = Buffer.from([83, 80, 7, 1, 0xbe, 0xef, 0, 69, 82, 8, 1, 0, 0, 0, 0])

/**
 * An image whose one directory has as many bytes as wanted, full of records.
 *
 * @param tail lies in the block behind the directory, whose number `make` is told.
 */
export function makeImage(
  size: number,
  make: (index: number, behind: number) => Buffer,
  tail: (behind: number) => Buffer = () => Buffer.alloc(0),
): Buffer {
  const behind = top + size / sector
  const image = Buffer.alloc((behind + 2) * sector)
  image.write('\x01CD001\x01', descriptor, 'latin1')
  image.writeUInt16LE(sector, descriptor + 128)
  image.writeUInt32LE(behind + 2, descriptor + 80)
  makeRecord({name: '\0', flags: 2, block: top, size}).copy(image, descriptor + 156)
  image.write('\xffCD001\x01', descriptor + sector, 'latin1')
  tail(behind).copy(image, behind * sector)
  let at = top * sector
  for (let index = -1; ; index += 1) {
    const record = index < 0 ? makeRecord({name: '\0', flags: 2, area: extensions}) : make(index, behind)
    const room = sector - (at % sector)
    if (record.length > room) at += room
    if (at + record.length > behind * sector) return image
    record.copy(image, at)
    at += record.length
  }
}
