// Names in the order in which people count. Not by Intl: setting a collator up takes longer than the rest of a plan.

/** Compares names so that eth2 comes before eth10; for `sort`. */
export function naturally(one: string, other: string): number {
  const [left, right] = [split(one), split(other)]
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
