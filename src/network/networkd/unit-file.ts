// Reads the files of systemd as data: systemd.syntax(7).

import type {ByteText} from '../../action.ts'

/** An assignment in a section. */
export type Setting = {section: string; key: string; value: ByteText}

/** Reads the assignments in order. A line that is none is passed over, as systemd does. */
export function readSettings(text: ByteText): Setting[] {
  let section = ''
  return joinLines(text).flatMap(line => {
    const heading = /^\[(.*)\]$/.exec(line)?.[1]
    if (heading !== undefined) section = heading
    const [, key, value] = /^([^=]+?)[ \t]*=[ \t]*(.*)$/.exec(line) ?? []
    return heading !== undefined || key === undefined ? [] : [{section, key, value: value!}]
  })
}

/** The words of all assignments of a key in a section; an empty one forgets those before it. */
export function wordsOf(settings: readonly Setting[], section: string, key: string): ByteText[] {
  const values = settings.filter(setting => setting.section === section && setting.key === key)
  const last = values.findLastIndex(({value}) => value === '')
  return values
    .slice(last + 1)
    .flatMap(({value}) => value.split(/[ \t]+/))
    .map(word => word.replace(/^(["'])(.*)\1$/, '$2'))
}

/** Lines without comments and blanks around them; a backslash at the end of one continues it, comments between too. */
function joinLines(text: ByteText): ByteText[] {
  const lines: ByteText[] = []
  let isOpen = false
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (/^[#;]/.test(line)) continue
    const isContinued = line.endsWith('\\')
    const content = isContinued ? `${line.slice(0, -1)} ` : line
    if (isOpen) lines.push(lines.pop()! + content)
    else lines.push(content)
    isOpen = isContinued
  }
  return lines.map(line => line.trim()).filter(line => line !== '')
}
