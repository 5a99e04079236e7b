// Names in the order in which people count. Not by Intl: setting a collator up takes longer than the rest of a plan.

/** Sorts names so that eth2 comes before eth10. */
export function sortNaturally(names: readonly string[]): string[] {
  const parts = new Map(names.map(name => [name, split(name)]))
  return names.toSorted((one, other) => compareAll(parts.get(one)!, parts.get(other)!))
}

/** Compares two names in that order; for `sort`. */
export function naturally(one: string, other: string): number {
  return compareAll(split(one), split(other))
}

function compareAll(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = compareParts(left[index]!, right[index]!)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function split(name: string): string[] {
  return name.match(/\d+|\D+/g) ?? []
}

function compareParts(one: string, other: string): number {
  const [left, right] = [Number(one), Number(other)]
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right
  return one < other ? -1 : one > other ? 1 : 0
}
