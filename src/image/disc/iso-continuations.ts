// What finds no room in the records of a directory: a record has one byte for its length.

import {continuation, sectorSize} from './iso-fields.ts'

/** Areas that each lie within one sector (SUSP 5.1). */
export class Continuations {
  readonly #block: number
  readonly #parts: Buffer[] = []
  #length = 0

  /** `block`: where the first of them will lie. */
  constructor(block: number) {
    this.#block = block
  }

  /** Takes an area and gives the entry that leads to it. */
  add(area: Buffer): Buffer {
    const left = sectorSize - (this.#length % sectorSize)
    if (area.length > left) this.#push(Buffer.alloc(left))
    const at = this.#length
    this.#push(area)
    return continuation(this.#block + Math.floor(at / sectorSize), at % sectorSize, area.length)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #push(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#length += bytes.length
  }
}
