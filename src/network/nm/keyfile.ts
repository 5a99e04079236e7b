// The grammar of keyfiles and of NetworkManager.conf: groups of KEY=VALUE lines, as GLib's GKeyFile reads them
// (nm-settings-keyfile(5), NetworkManager.conf(5)).

import type {ByteText} from '../../action.ts'
import {splitLines} from '../file-edit.ts'

/** A group: its name, and its lines as they are to stand there. */
export type Section = {name: string; lines: readonly string[]}

/** Values by key, by group, in the order of the file. */
export type Keyfile = ReadonlyMap<string, ReadonlyMap<string, ByteText>>

/** Reads a keyfile. Of a key that stands there twice the last counts; values keep their escapes. */
export function readKeyfile(text: ByteText): Keyfile {
  const groups = new Map<string, Map<string, ByteText>>()
  let group = new Map<string, ByteText>()
  for (const line of splitLines(text).map(line => line.trim())) {
    const [, name] = /^\[([^[\]]+)\]$/.exec(line) ?? []
    if (name !== undefined) {
      group = groups.get(name) ?? new Map()
      groups.set(name, group)
      continue
    }
    const [, key, value] = /^([^#=\s][^=]*?)\s*=\s*(.*)$/.exec(line) ?? []
    if (key !== undefined) group.set(key, value!)
  }
  return groups
}

/** Puts a keyfile together: a comment, then the groups that say something. */
export function formatKeyfile(comment: string, sections: readonly Section[]): ByteText {
  const groups = sections.filter(section => section.lines.length > 0)
  return [
    `${comment}\n`,
    ...groups.map(({name, lines}) => `[${name}]\n${lines.map(line => `${line}\n`).join('')}`),
  ].join('\n')
}

/** A text as a keyfile wants it: the backslash opens an escape. Names of links have no space in them. */
export function escapeValue(text: string): string {
  return text.replaceAll('\\', '\\\\')
}

/** A value without its escapes: `\s`, `\t`, `\n`, `\r`, `\\`. */
export function unescapeValue(value: ByteText): ByteText {
  const meanings: Record<string, string> = {s: ' ', t: '\t', n: '\n', r: '\r'}
  return value.replace(/\\(.)/g, (_, letter: string) => meanings[letter] ?? letter)
}

/** The items of a list whose items are parted by semicolons. */
export function readList(value: ByteText): ByteText[] {
  return value
    .split(';')
    .map(item => item.trim())
    .filter(item => item !== '')
}
