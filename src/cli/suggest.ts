// What somebody may have meant who typed a name that is none.

/** Gives the name that is nearest to what was typed; undefined if none is near. */
export function suggestName(typed: string, names: readonly string[]): string | undefined {
  const distances = names.map(name => ({name, distance: countEdits(typed.toLowerCase(), name.toLowerCase())}))
  const nearest = distances.toSorted((one, other) => one.distance - other.distance)[0]
  const limit = typed.length <= 3 ? 1 : Math.max(2, Math.floor(typed.length / 3))
  return nearest !== undefined && nearest.distance <= limit ? nearest.name : undefined
}

/** Letters to be put in, taken out or replaced (Levenshtein's distance). */
function countEdits(one: string, other: string): number {
  let row = Array.from({length: other.length + 1}, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= other.length; at += 1) {
      const replaced = row[at - 1]! + (letter === other[at - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[at]! + 1, next[at - 1]! + 1))
    }
    row = next
  }
  return row[other.length]!
}
