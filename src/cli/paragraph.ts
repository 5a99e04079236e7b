// Text in lines of 80 columns.

import {escapeLine} from '../system/commands.ts'

const lineWidth = 80
const labelWidth = 12

/**
 * Formats lines behind a label; '' without any. What is too long goes on in the next line, indented. Names in them may be
 * anybody's, of files or of a system.
 */
export function formatParagraph(label: string, lines: readonly string[]): string {
  const wrapped = lines.flatMap(line => wrapLine(escapeLine(line), labelWidth))
  return wrapped.map((line, index) => `${(index === 0 ? label : '').padEnd(labelWidth)}${line}\n`).join('')
}

/**
 * Breaks a line at its blanks, so that there is room for so many columns before it. What goes on in the next line is
 * indented; a word that is too long stays whole.
 */
export function wrapLine(line: string, before: number, indent = '  '): string[] {
  const width = lineWidth - before
  const lines: string[] = []
  let rest = line
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width)
    const cut = space > indent.length ? space : rest.indexOf(' ', width)
    if (cut < 0) break
    lines.push(rest.slice(0, cut))
    rest = `${indent}${rest.slice(cut + 1)}`
  }
  return [...lines, rest]
}
