// What begins with `$` or a backquote: `$NAME` is read, of everything else the end is found (bash manual, 3.5).

import {type Cursor, Unclosed} from './cursor.ts'
import {skipSubstitution} from './line.ts'
import type {Construct, Piece} from './piece.ts'
import {readAnsiC, readDouble, readSingle, takeEscaped} from './quote.ts'

type Quoting = 'none' | 'double'

/** Reads an expansion; the cursor stands behind its `$` at `offset`. A `$` that begins nothing is text. */
export function readDollar(cursor: Cursor, quoting: Quoting, offset: number): Piece {
  const name = readName(cursor)
  if (name !== '') return nameOrSpecial(name, quoting, offset)
  if (cursor.takeMatch(/[0-9@*#?$!-]/y) !== '') return {kind: 'special', quoting, offset}
  if (cursor.take('{')) return readBraces(cursor, quoting, offset)
  if (cursor.take('(')) return {kind: 'run', quoting, offset, construct: skipParentheses(cursor, offset)}
  if (!cursor.take('[')) return {kind: 'text', quoting, offset, text: '$'}
  skipPair(cursor, '[', ']', offset)
  return {kind: 'run', quoting, offset, construct: 'arithmetic expansion'}
}

/** Reads a `…` of the old style. In it only backslashes count, not quotes (bash: parse.y, parse_matched_pair). */
export function readBackquote(cursor: Cursor, quoting: Quoting, offset: number): Piece {
  takeEscaped(cursor, '`', 'backquote', offset)
  return {kind: 'run', quoting, offset, construct: 'command substitution'}
}

/** Moves past the end of a pair such as `[…]`, in which pairs and quotes count (bash: parse.y, parse_matched_pair). */
export function skipPair(cursor: Cursor, open: string, close: string, start: number): void {
  cursor.nest(open, start, () => {
    for (let depth = 1; depth > 0; ) {
      const character = skipQuoted(cursor, open, start)
      if (character === close) depth -= 1
      // `${x:-{}` is whole: in braces only `${` nests.
      else if (character === open && open !== '{') depth += 1
    }
  })
}

/** Reads a name; '' if there is none. A backslash and newline may stand in it. */
export function readName(cursor: Cursor): string {
  let name = ''
  if (!/[A-Za-z_]/.test(cursor.peek())) return name
  while (/\w/.test(cursor.peek())) name += cursor.takeMatch(/\w+/y)
  return name
}

/** `$_` is set by the shell itself, with every command. */
function nameOrSpecial(name: string, quoting: Quoting, offset: number): Piece {
  return name === '_' ? {kind: 'special', quoting, offset} : {kind: 'name', quoting, offset, name}
}

function readBraces(cursor: Cursor, quoting: Quoting, offset: number): Piece {
  const inside = cursor.offset
  const name = readName(cursor)
  if (name !== '' && cursor.take('}')) return nameOrSpecial(name, quoting, offset)
  cursor.offset = inside
  if (cursor.takeMatch(/(?:\d+|[@*#?$!-])\}/y) !== '') return {kind: 'special', quoting, offset}
  skipPair(cursor, '{', '}', offset)
  return {kind: 'run', quoting, offset, construct: 'parameter expansion'}
}

/** `$((` counts as arithmetic up to its matching parenthesis, whatever is inside (bash: parse.y, parse_comsub). */
function skipParentheses(cursor: Cursor, offset: number): Construct {
  if (cursor.peek() !== '(') {
    skipSubstitution(cursor, offset)
    return 'command substitution'
  }
  skipPair(cursor, '(', ')', offset)
  return 'arithmetic expansion'
}

/** Moves past one character of a pair, or past all that it quotes or opens. Returns it if it stood for itself. */
function skipQuoted(cursor: Cursor, open: string, start: number): string {
  cursor.takeMatch(/[^\\'"`$()[\]{}]+/y)
  const character = cursor.next()
  const offset = cursor.offset - 1
  if (character === '') throw new Unclosed(open, start)
  if (character === '\\') cursor.takeRaw()
  else if (character === "'") readSingle(cursor, offset)
  else if (character === '"') readDouble(cursor, offset)
  else if (character === '`') readBackquote(cursor, 'none', offset)
  else if (character === '$') skipDollar(cursor, open, offset)
  else return character
  return ''
}

/** In arithmetic, `$(` is one more parenthesis. */
function skipDollar(cursor: Cursor, open: string, offset: number): void {
  if (cursor.take("'")) readAnsiC(cursor, offset)
  else if (cursor.peek() === '$' || (open !== '(' && /[({[]/.test(cursor.peek())))
    readDollar(cursor, 'none', offset)
}
