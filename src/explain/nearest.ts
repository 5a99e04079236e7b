// Did you mean: the names that are nearest to a word that is none.

/** Gives up to three names that differ in few letters, the nearest first; capitals and small letters are the same. */
export function findNearest(word: string, names: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3))
  const wanted = word.toUpperCase()
  const rated = [...new Set(names)].map(name => ({
    name,
    distance: measure(wanted, name.toUpperCase(), limit),
  }))
  return rated
    .filter(({distance}) => distance <= limit)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({name}) => name)
}

/** How many letters have to be put in, taken out, replaced or swapped (optimal string alignment). */
function measure(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) > limit) return limit + 1
  let [older, row] = [[] as number[], Array.from({length: other.length + 1}, (_, index) => index)]
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      next.push(
        Math.min(
          row[j]! + 1,
          next[j - 1]! + 1,
          row[j - 1]! + cost,
          isSwap ? older[j - 2]! + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    ;[older, row] = [row, next]
  }
  return row.at(-1)!
}
