// The arithmetic of a measurement: middles, spreads and ratios.

/** The middle of some numbers and where the middle half of them lies. */
export type Spread = {median: number; p25: number; p75: number}

/**
 * A quantile, interpolated between the two numbers beside it (type 7 of Hyndman and Fan, that of R and NumPy).
 *
 * @param at from 0, the least, to 1, the greatest.
 * @throws RangeError if there are no numbers.
 */
export function quantile(numbers: readonly number[], at: number): number {
  if (numbers.length === 0) throw new RangeError('no numbers, no quantile')
  const sorted = numbers.toSorted((one, other) => one - other)
  const place = (sorted.length - 1) * at
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (high - low) * (place - below)
}

/** Middle and quartiles of some numbers. */
export function spreadOf(numbers: readonly number[]): Spread {
  return {median: quantile(numbers, 0.5), p25: quantile(numbers, 0.25), p75: quantile(numbers, 0.75)}
}

/**
 * Compares two sums of contestants, each a list of one number a round.
 *
 * @returns the ratio of the medians, a sum being that of its medians; and the quartiles of the ratios of single rounds,
 *   in which both sides had the same noise.
 * @throws RangeError if a side is empty or the lists differ in length.
 */
export function ratioOf(over: readonly (readonly number[])[], under: readonly (readonly number[])[]): Spread {
  const perRound = sumByRound(over).map((sum, round) => sum / sumByRound(under)[round]!)
  const {p25, p75} = spreadOf(perRound)
  return {median: sumOfMedians(over) / sumOfMedians(under), p25, p75}
}

function sumByRound(lists: readonly (readonly number[])[]): number[] {
  const [first = []] = lists
  if (lists.some(list => list.length !== first.length)) throw new RangeError('lists of different lengths')
  return first.map((_, round) => lists.reduce((sum, list) => sum + list[round]!, 0))
}

function sumOfMedians(lists: readonly (readonly number[])[]): number {
  return lists.reduce((sum, list) => sum + quantile(list, 0.5), 0)
}

/** The same things in another order, each order equally likely (Fisher and Yates). */
export function shuffle<T>(things: readonly T[], below: (limit: number) => number): T[] {
  const shuffled = [...things]
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = below(last + 1)
    const kept = shuffled[last]!
    shuffled[last] = shuffled[other]!
    shuffled[other] = kept
  }
  return shuffled
}
