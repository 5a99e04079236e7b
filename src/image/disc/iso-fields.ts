// The fields of ISO 9660 (ECMA-119), Rock Ridge (RRIP 1.12) and Joliet as bytes. Every time is the same, so that the same
// files make the same image.

export const sectorSize = 2048

/** Numbers stand there in both byte orders (ECMA-119 7.2.3, 7.3.3). */
export function both16(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(value, 0)
  bytes.writeUInt16BE(value, 2)
  return bytes
}

export function both32(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(value, 0)
  bytes.writeUInt32BE(value, 4)
  return bytes
}

/** 1 January 1980, in GMT: year since 1900, month, day, hour, minute, second, zone (9.1.5). */
const recordTime = Buffer.from([80, 1, 1, 0, 0, 0, 0])
/** The same in digits (8.4.26.1). */
export const volumeTime = Buffer.from('1980010100000000\0', 'latin1')
export const noTime = Buffer.from('0000000000000000\0', 'latin1')

export const recordFlags = {file: 0, directory: 2, goesOn: 0x80}

/** A directory record (9.1). */
export function record(
  extent: {block: number; size: number},
  flags: number,
  name: Buffer,
  area: Buffer,
): Buffer {
  const padding = Buffer.alloc(name.length % 2 === 0 ? 1 : 0)
  const head = Buffer.concat([
    Buffer.from([0, 0]),
    both32(extent.block),
    both32(extent.size),
    recordTime,
    Buffer.from([flags, 0, 0]),
    both16(1),
    Buffer.from([name.length]),
  ])
  const bytes = Buffer.concat([head, name, padding, area, Buffer.alloc(area.length % 2)])
  bytes[0] = bytes.length
  return bytes
}

/** An entry of the system use area (SUSP 1.12, 4.1). */
function entry(signature: string, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(signature, 'latin1'), Buffer.from([4 + data.length, 1]), data])
}

/** Says that entries follow (SUSP 5.3). */
export const indicator = entry('SP', Buffer.from([0xbe, 0xef, 0]))

/** Says that they are those of Rock Ridge (SUSP 5.5, RRIP 4.3). */
export const reference = makeReference()

function makeReference(): Buffer {
  const [id, description, source] = [
    'IEEE_P1282',
    'THE IEEE P1282 PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS',
    'PLEASE CONTACT THE IEEE STANDARDS DEPARTMENT, PISCATAWAY, NJ, USA FOR THE P1282 SPECIFICATION.',
  ]
  const lengths = [id.length, description.length, source.length, 1]
  return entry('ER', Buffer.concat([Buffer.from(lengths), Buffer.from(id + description + source, 'latin1')]))
}

/** The area goes on elsewhere (SUSP 5.1). */
export function continuation(block: number, offset: number, length: number): Buffer {
  return entry('CE', Buffer.concat([both32(block), both32(offset), both32(length)]))
}

/** Mode, links, owner and number of a file (RRIP 4.1.1); all is root's. */
export function posixAttributes(mode: number, links: number, serial: number): Buffer {
  return entry('PX', Buffer.concat([mode, links, 0, 0, serial].map(both32)))
}

/** Times of the content, of access and of the attributes (RRIP 4.1.6). */
export const timeStamps = entry(
  'TF',
  Buffer.concat([Buffer.from([0x0e]), recordTime, recordTime, recordTime]),
)

/** A name, or a part of it that the next entry goes on with (RRIP 4.1.4). */
export function alternateName(part: Buffer, goesOn: boolean): Buffer {
  return entry('NM', Buffer.concat([Buffer.from([goesOn ? 1 : 0]), part]))
}

/** UCS-2, the first byte the high one. */
export function ucs2(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

/** Text in a field of a fixed length, filled up with blanks. */
export function field(text: string, length: number, isJoliet: boolean): Buffer {
  if (!isJoliet) return Buffer.from(text.padEnd(length).slice(0, length), 'latin1')
  const characters = Math.floor(length / 2)
  return Buffer.concat([ucs2(text.padEnd(characters).slice(0, characters)), Buffer.alloc(length % 2)])
}

/** Fills up to the end of a sector. */
export function toSector(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (sectorSize - 1))])
}

export function sectorsOf(size: number): number {
  return Math.ceil(size / sectorSize)
}
