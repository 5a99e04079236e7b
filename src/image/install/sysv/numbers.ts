// The numbers in the links of a runlevel, S01 to S99: the order in which scripts are started one after another.

/** A link of a runlevel that starts something. */
export type StartLink = {name: string; script: string; number: number}

/** The names in a directory of a runlevel that start something. */
export function parseStartLinks(names: readonly string[]): StartLink[] {
  return names.flatMap(name => {
    const match = /^S(\d\d)(.+)$/.exec(name)
    return match === null ? [] : [{name, script: match[2]!, number: Number(match[1])}]
  })
}

const last = 99

export function formatStartLink(script: string, number: number): string {
  return `S${String(Math.min(number, last)).padStart(2, '0')}${script}`
}

/** Where a script comes: its own number, and those of others that it pushes back. */
export type Placement = {number: number; pushed: ReadonlyMap<string, number>}

/**
 * Gives a script the number behind some and before others; who stands in its way, and whoever is behind those in turn,
 * moves back. So insserv numbers, too. `behind` tells what each script waits for.
 */
export function placeScript(
  links: readonly StartLink[],
  after: ReadonlySet<string>,
  before: ReadonlySet<string>,
  behind: ReadonlyMap<string, readonly string[]>,
): Placement {
  const number = Math.max(0, ...links.filter(({script}) => after.has(script)).map(link => link.number)) + 1
  const numbers = new Map(links.map(({script, number}) => [script, number]))
  const pushed = new Map<string, number>()
  const pending = [...before].map(script => [script, number + 1] as const)
  while (pending.length > 0) {
    const [script, least] = pending.pop()!
    const now = pushed.get(script) ?? numbers.get(script)
    if (now === undefined || now >= least || least > last) continue
    pushed.set(script, least)
    for (const [other, names] of behind) if (names.includes(script)) pending.push([other, least + 1])
  }
  return {number, pushed}
}
