// Reads one word of the shell. A word, the quotes and expansions in it and the commands in those hold one another,
// so the modules that read them call one another in a circle: word, quote, expansion, line, command-reader, token.

import {type Cursor, Unclosed} from './cursor.ts'
import {readBackquote, readDollar, readName, skipPair} from './expansion.ts'
import {skipSubstitution} from './line.ts'
import {addPiece, type Construct, type Piece, plainText, type Word} from './piece.ts'
import {readAnsiC, readDouble, readSingle} from './quote.ts'

/** Reads a word. `assignable`: an assignment may stand here, so that `NAME[` begins an array element. */
export function readWord(cursor: Cursor, assignable: boolean): Word {
  cursor.peek()
  const offset = cursor.offset
  const pieces: Piece[] = []
  if (assignable) readElement(cursor, pieces, offset)
  while (readPiece(cursor, pieces));
  return {pieces, offset}
}

/** `NAME[…]`: an index may hold blanks and newlines. Any other `[` is text. */
function readElement(cursor: Cursor, pieces: Piece[], offset: number): void {
  const text = readName(cursor)
  if (text === '') return
  addPiece(pieces, {kind: 'text', quoting: 'none', offset, text})
  const bracket = cursor.offset
  if (!cursor.take('[')) return
  skipPair(cursor, '[', ']', bracket)
  addPiece(pieces, run('array element', bracket))
}

/** Reads one piece; false where the word ends. */
function readPiece(cursor: Cursor, pieces: Piece[]): boolean {
  const character = cursor.peek()
  const offset = cursor.offset
  if (character === '<' || character === '>') return readProcess(cursor, pieces, offset)
  if (character === '(') return readArray(cursor, pieces, offset)
  if (!/[\\'"`$]/.test(character)) return readPlain(cursor, pieces, offset)
  cursor.next()
  if (character === '\\') {
    addPiece(pieces, {kind: 'text', quoting: 'escape', offset, text: cursor.takeRaw() || '\\'})
  } else if (character === "'") addPiece(pieces, readSingle(cursor, offset))
  else if (character === '"') readDouble(cursor, offset, pieces)
  else if (character === '`') addPiece(pieces, readBackquote(cursor, 'none', offset))
  else readUnquotedDollar(cursor, pieces, offset)
  return true
}

function readProcess(cursor: Cursor, pieces: Piece[], offset: number): boolean {
  cursor.next()
  if (!cursor.take('(')) {
    cursor.offset = offset
    return false
  }
  skipSubstitution(cursor, offset)
  addPiece(pieces, run('process substitution', offset))
  return true
}

/** `NAME=(`: words in parentheses, none of which is a command. Any other `(` ends the word. */
function readArray(cursor: Cursor, pieces: Piece[], offset: number): boolean {
  if (!/^[A-Za-z_]\w*\+?=$/.test(plainText(pieces) ?? '')) return false
  cursor.next()
  cursor.nest('array', offset, () => skipElements(cursor, offset))
  addPiece(pieces, run('array', offset))
  return true
}

function skipElements(cursor: Cursor, start: number): void {
  for (let open = 1; open > 0; ) {
    cursor.takeMatch(/[ \t\n;&|]+/y)
    const character = cursor.peek()
    if (character === '') throw new Unclosed('array', start)
    if (character === '#') cursor.takeMatch(/[^\n]+/y)
    else if (cursor.take('(')) open += 1
    else if (cursor.take(')')) open -= 1
    else if (readWord(cursor, false).pieces.length === 0) cursor.next()
  }
}

function readPlain(cursor: Cursor, pieces: Piece[], offset: number): boolean {
  const text = cursor.takeMatch(/[^ \t\n;&|()<>\\'"`$]+/y)
  if (text !== '') addPiece(pieces, {kind: 'text', quoting: 'none', offset, text})
  return text !== ''
}

/** Besides the expansions, `$'…'` and `$"…"`; the latter is "…" in the C locale (bash manual, 3.1.2.5). */
function readUnquotedDollar(cursor: Cursor, pieces: Piece[], offset: number): void {
  if (cursor.take('"')) readDouble(cursor, offset, pieces)
  else addPiece(pieces, cursor.take("'") ? readAnsiC(cursor, offset) : readDollar(cursor, 'none', offset))
}

function run(construct: Construct, offset: number): Piece {
  return {kind: 'run', quoting: 'none', offset, construct}
}
