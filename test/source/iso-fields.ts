// Where the fields of an ISO image lie (ECMA-119, SUSP 1.12, RRIP 1.12), so that a test can put wrong numbers into them. A
// reader of whole images only: it believes what it reads.

/** `number`: 32 bits, the low byte first. */
export type Field = {at: number; kind: 'number' | 'byte' | 'letter'}

/** The fields of an image: of its descriptors, and of all that its directories hold. */
export function findFields(image: Buffer): Field[] {
  const fields: Field[] = []
  for (let at = 16 * sector; image[at] !== 255 && at < image.length; at += sector) {
    if (image[at] === 1 || image[at] === 2) fields.push(...inDescriptor(at), ...inTree(image, at + 156))
    fields.push(byte(at), letter(at + 1))
  }
  return fields
}

const sector = 2048
const number = (at: number): Field => ({at, kind: 'number'})
const byte = (at: number): Field => ({at, kind: 'byte'})
const letter = (at: number): Field => ({at, kind: 'letter'})

/** Size, escape sequences, block size. */
function inDescriptor(at: number): Field[] {
  return [number(at + 80), letter(at + 88), letter(at + 90), byte(at + 128), byte(at + 129)]
}

/** The fields of all records that a directory leads to. */
function inTree(image: Buffer, root: number): Field[] {
  const fields: Field[] = []
  const seen = new Set<number>()
  const enter = (record: number) => {
    const [start, size] = [image.readUInt32LE(record + 2) * sector, image.readUInt32LE(record + 10)]
    if (seen.has(start)) return
    seen.add(start)
    for (let at = start; at < start + size; ) {
      if (image[at] === 0) {
        at = (Math.floor(at / sector) + 1) * sector
        continue
      }
      fields.push(...inRecord(image, at))
      if ((image[at + 25]! & 2) !== 0) enter(at)
      at += image[at]!
    }
  }
  fields.push(...inHead(root))
  enter(root)
  return fields
}

/** Its length, the place and size of what it names, flags, the length of its name. */
function inHead(at: number): Field[] {
  return [byte(at), byte(at + 1), number(at + 2), number(at + 10), byte(at + 25), byte(at + 32)]
}

function inRecord(image: Buffer, at: number): Field[] {
  const nameLength = image[at + 32]!
  const name = Array.from({length: nameLength}, (_, index) => letter(at + 33 + index))
  const area = at + 33 + nameLength + (nameLength % 2 === 0 ? 1 : 0)
  return [...inHead(at), ...name, ...inArea(image, area, at + image[at]!)]
}

/** Entries of two letters, and where they go on. */
function inArea(image: Buffer, start: number, end: number): Field[] {
  const fields: Field[] = []
  for (let at = start; at + 4 <= end && image[at + 2]! >= 4; at += image[at + 2]!) {
    const signature = image.toString('latin1', at, at + 2)
    fields.push(letter(at), byte(at + 2), byte(at + 4))
    if (signature === 'CE') {
      fields.push(number(at + 4), number(at + 12), number(at + 20))
      const there = image.readUInt32LE(at + 4) * sector + image.readUInt32LE(at + 12)
      fields.push(...inArea(image, there, there + image.readUInt32LE(at + 20)))
    }
    if (['CL', 'PL', 'PX'].includes(signature)) fields.push(number(at + 4))
    if (signature === 'SL') fields.push(byte(at + 5), byte(at + 6), letter(at + 7))
    if (signature === 'NM') fields.push(letter(at + 5))
  }
  return fields
}
