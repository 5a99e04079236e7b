// Quotes: where they end, and what stands in them (bash manual, 3.1.2).

import {decodeAnsiC} from './ansi-c.ts'
import {type Cursor, Unclosed} from './cursor.ts'
import {readBackquote, readDollar} from './expansion.ts'
import {addPiece, type Piece} from './piece.ts'

/** Reads a single-quoted string, in which nothing is special; the cursor stands behind the quote at `offset`. */
export function readSingle(cursor: Cursor, offset: number): Piece {
  const text = cursor.takeUntil("'")
  if (text === undefined) throw new Unclosed('single quote', offset)
  return {kind: 'text', quoting: 'single', offset, text}
}

/** Reads a `$'…'`; the cursor stands behind its quote. */
export function readAnsiC(cursor: Cursor, offset: number): Piece {
  const body = takeEscaped(cursor, "'", 'single quote', offset)
  return {kind: 'text', quoting: 'ansi-c', offset, ...decodeAnsiC(body)}
}

/** Reads a double-quoted string into `pieces`; the cursor stands behind the quote at `start`. */
export function readDouble(cursor: Cursor, start: number, pieces: Piece[] = []): void {
  addPiece(pieces, {kind: 'text', quoting: 'double', offset: start, text: ''})
  for (;;) {
    const character = cursor.next()
    if (character === '"') return
    if (character === '') throw new Unclosed('double quote', start)
    addPiece(pieces, readInDouble(cursor, character, cursor.offset - 1))
  }
}

/** Moves past `end` and returns what stands before it; a backslash takes the meaning from what follows it. */
export function takeEscaped(cursor: Cursor, end: string, what: string, start: number): string {
  const inside = cursor.offset
  for (;;) {
    const character = cursor.takeRaw()
    if (character === end) return cursor.text.slice(inside, cursor.offset - 1)
    if (character === '') throw new Unclosed(what, start)
    if (character === '\\') cursor.takeRaw()
  }
}

function readInDouble(cursor: Cursor, character: string, offset: number): Piece {
  const quoting = 'double'
  if (character === '$') return readDollar(cursor, quoting, offset)
  if (character === '`') return readBackquote(cursor, quoting, offset)
  // A backslash quotes only these; before others it stays (bash manual, 3.1.2.3).
  const text =
    character === '\\' ? cursor.takeMatch(/[$`"\\]/y) || '\\' : character + cursor.takeMatch(/[^\\"`$]+/y)
  return {kind: 'text', quoting, offset, text}
}
