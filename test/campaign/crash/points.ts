// Which moments of a run are tried.

import type {Random} from '../../random.ts'
import type {Change} from './follow.ts'

/** Of so many moments each kind of call at least once, the others evenly. All of them where there is room. */
export function choosePoints(changes: readonly Change[], limit: number, random: Random): number[] {
  // Not in order: a campaign that is ended early has tried a sample.
  if (limit >= changes.length)
    return shuffle(
      changes.map(({n}) => n),
      random,
    )
  const kinds = new Map<string, number[]>()
  for (const {call, n} of changes) kinds.set(call, [...(kinds.get(call) ?? []), n])
  const chosen = new Set([...kinds.values()].map(numbers => random.pick(numbers)))
  const stride = changes.length / Math.max(1, limit - chosen.size)
  for (let at = 0; at < changes.length && chosen.size < limit; at += stride)
    chosen.add(changes[Math.min(changes.length - 1, Math.floor(at) + random.below(Math.ceil(stride)))]!.n)
  return [...chosen].sort((one, other) => one - other)
}

function shuffle(numbers: number[], random: Random): number[] {
  const keys = numbers.map(number => [random.below(2 ** 30), number] as const)
  return keys.sort(([one], [other]) => one - other).map(([, number]) => number)
}
