// The line that nearly every line of a context is: NAME="value", alone and with nothing special in it. It is told by one
// pattern; whatever is not exactly that is left to the reader of the whole grammar, which makes the same of it, slowly.

import type {Cursor} from './cursor.ts'
import type {Line} from './line.ts'
import type {Piece} from './piece.ts'

const pattern = /([A-Za-z_]\w*=)(?:'([^'\n]*)'|"([^"$`\\\n]*)"|([\w.,:@%+/-]*))\n/y

/** Reads the line at which the cursor stands; undefined, and the cursor stays, if it is any other. */
export function readPlainLine(cursor: Cursor): Line | undefined {
  const {offset} = cursor
  pattern.lastIndex = offset
  const match = pattern.exec(cursor.text)
  if (match === null) return undefined
  cursor.offset = pattern.lastIndex
  const [, name, single, double, unquoted = ''] = match as unknown as [
    string,
    string,
    ...(string | undefined)[],
  ]
  const head: Piece = {kind: 'text', quoting: 'none', offset, text: name + unquoted}
  const quoted = single ?? double
  const quoting = single === undefined ? 'double' : 'single'
  const value: Piece[] =
    quoted === undefined ? [] : [{kind: 'text', quoting, offset: offset + name.length, text: quoted}]
  const words = [{pieces: [head, ...value], offset}]
  return {chains: [{commands: [{words, redirected: false}], offset}], offset, refused: false}
}
