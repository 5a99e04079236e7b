// /etc/init.d/.depend.boot and .depend.start: the makefiles by which startpar(8) starts scripts, several at a time. A
// script that they do not name is never started, whatever link it has.

export type Depend = {
  targets: string[]
  /** By script: those that have to be there before it. */
  behind: Map<string, string[]>
  /** The line of those that talk to a person, as it is. */
  interactive: string
}

/** Reads one of the files. */
export function parseDepend(text: string): Depend {
  const depend: Depend = {targets: [], behind: new Map(), interactive: 'INTERACTIVE ='}
  for (const line of text.split('\n')) {
    const words = (from: number) => line.slice(from).split(/\s+/).filter(Boolean)
    const colon = line.indexOf(':')
    if (line.startsWith('TARGETS =')) depend.targets = words(9)
    else if (line.startsWith('INTERACTIVE =')) depend.interactive = line
    else if (colon > 0) depend.behind.set(line.slice(0, colon), words(colon + 1))
  }
  return depend
}

/** Spells one of the files as insserv does. */
export function formatDepend({targets, behind, interactive}: Depend): string {
  const rules = targets.filter(name => (behind.get(name) ?? []).length > 0)
  return [
    `TARGETS = ${targets.join(' ')}`,
    interactive,
    ...rules.map(name => `${name}: ${behind.get(name)!.join(' ')}`),
    '',
  ].join('\n')
}

/** Puts a script in: behind some, before others, of those that are there. */
export function insertScript(
  depend: Depend,
  script: string,
  after: readonly string[],
  before: readonly string[],
): Depend {
  const {targets, behind, interactive} = withoutScript(depend, script)
  const others = (names: readonly string[]) => targets.filter(name => names.includes(name))
  const rules = new Map([...behind, [script, others(after)]])
  for (const name of others(before)) rules.set(name, [...(rules.get(name) ?? []), script])
  const place = targets.findLastIndex(name => after.includes(name)) + 1
  return {targets: targets.toSpliced(place, 0, script), behind: rules, interactive}
}

/** Takes a script out. */
export function withoutScript({targets, behind, interactive}: Depend, script: string): Depend {
  const rules = [...behind].filter(([name]) => name !== script)
  return {
    targets: targets.filter(name => name !== script),
    behind: new Map(rules.map(([name, names]) => [name, names.filter(other => other !== script)])),
    interactive,
  }
}

/** Everything that has to be there before a script, near and far. */
export function findAllBehind({behind}: Depend, script: string): ReadonlySet<string> {
  const found = new Set<string>()
  const pending = [script]
  while (pending.length > 0) {
    for (const name of behind.get(pending.pop()!) ?? []) {
      if (found.has(name)) continue
      found.add(name)
      pending.push(name)
    }
  }
  return found
}
