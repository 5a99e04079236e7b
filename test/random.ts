// Random choices that can be made again: the same seed gives the same ones.

/** The seed of this run: VMCONTEXT_SEED, or a new one. */
export function chooseSeed(): number {
  const wanted = Number.parseInt(process.env.VMCONTEXT_SEED ?? '', 10)
  return Number.isNaN(wanted) ? Math.floor(Math.random() * 2 ** 32) : wanted
}

/** A source of random choices (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  /** One of several. */
  pick<T>(choices: ArrayLike<T>): T {
    return choices[this.below(choices.length)]!
  }

  /** From `least` to `most` texts, one after another. */
  repeat(least: number, most: number, make: () => string): string {
    return Array.from({length: least + this.below(most - least + 1)}, make).join('')
  }
}
