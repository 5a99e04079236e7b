// netplan's files as data: netplan-yaml(5).

/** A value as netplan reads it: libyaml knows no numbers and no booleans, only texts. */
export type Value = string | number | boolean | readonly Value[] | Fields
export type Fields = {readonly [key: string]: Value}

/** One entry below `ethernets`, `vlans`, …: its section, its ID and what it says. */
export type Entry = {section: string; id: string; fields: Fields}

/** `renderer`: the one that the file gives to every NIC. */
export type Content = {renderer?: string | undefined; entries: readonly Entry[]}

/** The fields of a mapping; none of anything else. */
export function asFields(value: Value | undefined): Fields {
  return isFields(value) ? value : {}
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A mapping without the keys that have nothing to say. */
export function withoutGaps(fields: Readonly<Record<string, Value | undefined>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter((pair): pair is [string, Value] => pair[1] !== undefined),
  )
}
