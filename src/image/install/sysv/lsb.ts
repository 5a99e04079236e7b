// The header of an init script: what it provides, and what it wants to be started before or behind (LSB, insserv(8)).

export type LsbHeader = {
  provides: readonly string[]
  /** Required-Start and Should-Start. */
  startAfter: readonly string[]
  startBefore: readonly string[]
  defaultStart: readonly string[]
}

/** Reads the header; a script without one has none of it. */
export function parseLsbHeader(text: string): LsbHeader {
  const block = /^### BEGIN INIT INFO\s*$([\s\S]*?)^### END INIT INFO/m.exec(text)?.[1] ?? ''
  const words = (key: string) => {
    const value = new RegExp(`^# *${key}:(.*)$`, 'im').exec(block)?.[1] ?? ''
    return value.trim().split(/\s+/).filter(Boolean)
  }
  return {
    provides: words('Provides'),
    startAfter: [...words('Required-Start'), ...words('Should-Start')],
    startBefore: words('X-Start-Before'),
    defaultStart: words('Default-Start'),
  }
}

/** Reads insserv.conf(5): the facilities, `$local_fs`, by what they stand for. */
export function parseFacilities(text: string): Map<string, string[]> {
  const facilities = new Map<string, string[]>()
  for (const [, name, members] of text.matchAll(/^(\$\S+)\s+(.*)$/gm)) {
    const words = members!.split(/\s+/).filter(Boolean)
    facilities.set(name!, [...(facilities.get(name!) ?? []), ...words.map(word => word.replace(/^\+/, ''))])
  }
  return facilities
}

/** The services that names stand for: a facility is what it consists of, and so on. */
export function expandFacilities(
  names: readonly string[],
  facilities: ReadonlyMap<string, readonly string[]>,
  seen: ReadonlySet<string> = new Set(),
): string[] {
  return names.flatMap(name => {
    if (!name.startsWith('$')) return [name.replace(/^\+/, '')]
    if (seen.has(name)) return []
    return expandFacilities(facilities.get(name) ?? [], facilities, new Set([...seen, name]))
  })
}
