// Files of /etc/sysconfig: VAR=value lines that a shell sources. They are read as data; what is not ours to change
// keeps its bytes.

import type {ByteText} from '../action.ts'
import {endLine} from './file-edit.ts'

/** One assignment: its name, its value without the quotes, and its text with everything up to the line's end. */
export type Assignment = {name: string; value: ByteText; text: ByteText}

/** Reads the assignments in order. A quoted value may span lines. */
export function readAssignments(text: ByteText): Assignment[] {
  return splitPieces(text).flatMap(({name, value, text}) =>
    name === undefined ? [] : [{name, value: unquote(value), text}],
  )
}

/** Reads one variable; of several assignments the last counts, as in the shell. */
export function readSysconfigVariable(text: ByteText, name: string): ByteText | undefined {
  return readAssignments(text).findLast(assignment => assignment.name === name)?.value
}

/** Sets one variable where it was last set, else on a line at the end. `value` must need no quotes. */
export function setSysconfigVariable(text: ByteText, name: string, value: string): ByteText {
  const pieces = splitPieces(text)
  const last = pieces.findLast(piece => piece.name === name)
  if (last === undefined) return `${endAssignments(text)}${name}=${value}\n`
  if (unquote(last.value) === value) return text
  last.text = last.text.replace(`=${last.value}`, () => `=${value}`)
  return pieces.map(piece => piece.text).join('')
}

/** The text, ended so that an assignment can follow: a backslash at its end would draw that into the line above. */
export function endAssignments(text: ByteText): ByteText {
  const ended = endLine(text)
  return /(?<!\\)(?:\\\\)*\\\r?\n$/.test(ended) ? `${ended}\n` : ended
}

/** An assignment or another line, with its text. */
export type Piece = {text: ByteText; name?: string | undefined; value: ByteText}

// A word of the shell, sh(1): quoted in either way, escaped, or plain. A quote that never closes belongs to it as well:
// half of one must not be left behind. Then the rest of the line.
const word = /(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^ \t\r\n'"\\;&|])*(?:['"][^\r\n]*)?/.source
const piecePattern = new RegExp(
  `[ \\t]*(?:export[ \\t]+)?([A-Za-z_]\\w*)=(${word})[^\\n]*\\n?|[^\\n]*\\n|[^\\n]+$`,
  'g',
)

/** Takes a text apart into assignments and other lines. Joined they are the text again. */
export function splitPieces(text: ByteText): Piece[] {
  return Array.from(text.matchAll(piecePattern), ([text, name, value = '']) => ({text, name, value}))
}

function unquote(value: ByteText): ByteText {
  return value.replace(/'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])/g, (_, single, double, escaped) => {
    if (double !== undefined) return double.replace(/\\([$`"\\])/g, '$1').replaceAll('\\\n', '')
    return single ?? (escaped === '\n' ? '' : escaped)
  })
}
