// The body of a here-document (bash manual, 3.6.6): only its end is looked for.

import {type Cursor, Unclosed} from './cursor.ts'
import type {Word} from './piece.ts'

/** A here-document whose body begins on the next line. */
export type HereDocument = {delimiter: string; quoted: boolean; tabs: boolean; offset: number}

/** Makes out the line that will end the body. `operator` is `<<` or `<<-`. */
export function openHereDocument(operator: string, {pieces, offset}: Word): HereDocument {
  let delimiter = ''
  for (const piece of pieces) {
    // Bash takes `$X` in a delimiter as it is written. Nobody writes that; rather stop than guess.
    if (piece.kind !== 'text') throw new Unclosed('here-document', offset, 'has no clear end')
    delimiter += piece.text
  }
  const quoted = pieces.some(piece => piece.quoting !== 'none')
  return {delimiter, quoted, tabs: operator === '<<-', offset}
}

/** Passes over the body. `substitution`: in `$(…)` bash lets the delimiter stand on one line with the `)`. */
export function skipHereDocument(cursor: Cursor, document: HereDocument, substitution: boolean): void {
  const {delimiter, offset} = document
  while (cursor.offset < cursor.text.length) {
    const start = cursor.offset
    const line = readBodyLine(cursor, document)
    const trimmed = document.tabs ? line.replace(/^\t+/, '') : line
    if (line === delimiter || trimmed === delimiter) return
    if (substitution && trimmed.startsWith(delimiter) && trimmed.includes(')', delimiter.length)) {
      cursor.offset = start + line.length - trimmed.length + delimiter.length
      return
    }
  }
  throw new Unclosed('here-document', offset)
}

/** Unless the delimiter was quoted, a backslash at the end of a line joins it with the next. */
function readBodyLine(cursor: Cursor, {quoted}: HereDocument): string {
  if (quoted) return cursor.takeMatch(/[^\n]*\n?/y).replace(/\n$/, '')
  let line = ''
  for (;;) {
    const character = cursor.next()
    if (character === '' || character === '\n') return line
    line += character + (character === '\\' ? cursor.takeRaw() : cursor.takeMatch(/[^\\\n]+/y))
  }
}
