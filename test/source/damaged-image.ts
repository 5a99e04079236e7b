// Images that somebody has damaged, or made to do harm: one whole image with a few of its fields changed, or cut.

import type {Random} from '../random.ts'
import type {Field} from './iso-fields.ts'

/** An image and where its fields lie. */
export type Sample = {image: Buffer; fields: readonly Field[]}

const sector = 2048
const numbers = [0, 1, 16, 17, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 0x0400_0000, 34, sector, sector + 1]
const bytes = [0, 1, 2, 3, 4, 5, 8, 0x0a, 0x1b, 0x22, 0x2e, 0x2f, 0x7f, 0x80, 0x9b, 0xfd, 0xfe, 0xff]
/** What makes another entry of one. */
const letters = [...'./\0\n\x1b;~-', ...'CNSPLTREXF'].map(each => each.charCodeAt(0))

/** An image with one to six things wrong with it. */
export function damageImage({image, fields}: Sample, random: Random): Buffer {
  const copy = Buffer.from(image)
  for (let count = 1 + random.below(6); count > 0; count -= 1) {
    if (random.oneIn(6))
      copy[firstDescriptor + random.below(copy.length - firstDescriptor)] = random.below(256)
    else damageField(copy, random.pick(fields), fields, random)
  }
  return random.oneIn(8) ? copy.subarray(0, random.below(copy.length)) : copy
}

const firstDescriptor = 16 * sector

function damageField(image: Buffer, {at, kind}: Field, fields: readonly Field[], random: Random): void {
  if (kind === 'letter') image[at] = random.oneIn(3) ? random.below(256) : random.pick(letters)
  else if (kind === 'byte') image[at] = random.oneIn(3) ? random.below(256) : random.pick(bytes)
  // Places of other things, so that directories lead in circles and continuations into each other.
  else if (random.oneIn(2)) image.writeUInt32LE(readAnother(image, fields, random), at)
  else image.writeUInt32LE(random.oneIn(3) ? random.below(image.length / sector) : random.pick(numbers), at)
}

function readAnother(image: Buffer, fields: readonly Field[], random: Random): number {
  for (;;) {
    const {at, kind} = random.pick(fields)
    if (kind === 'number') return image.readUInt32LE(at)
  }
}
