// Assignments among the words of a command, and the names of those that might be some.

import type {Command} from './line.ts'
import {literalText, type Piece, plainText, type Word} from './piece.ts'

/** `NAME=VALUE` or `NAME+=VALUE` as it is written; of `NAME[…]=VALUE` the index counts as a part of the value. */
export type AssignmentWord = {name: string; append: boolean; value: readonly Piece[]; offset: number}

/** `exported`: they are arguments of `export`. */
export type Assignments = {words: readonly AssignmentWord[]; exported: boolean}

/** A name that a command would set, and where. `spaced`: it is written `NAME = VALUE`. */
export type Target = {name: string; offset: number; spaced?: boolean}

/** Takes an assignment apart; undefined if the word is none. Its name and `=` cannot be quoted. */
export function splitAssignment({pieces, offset}: Word): AssignmentWord | undefined {
  const [first, second, third] = pieces
  if (first?.kind !== 'text' || first.quoting !== 'none') return undefined
  const match = /^([A-Za-z_]\w*)(\+?)=/.exec(first.text)
  if (match !== null) {
    const rest = {...first, text: first.text.slice(match[0].length)}
    const value = rest.text === '' ? pieces.slice(1) : [rest, ...pieces.slice(1)]
    return {name: match[1]!, append: match[2] === '+', value, offset}
  }
  const element = second?.kind === 'run' && second.construct === 'array element'
  const assigned = element && third?.kind === 'text' && third.quoting === 'none' && /^\+?=/.test(third.text)
  return assigned ? {name: first.text, append: false, value: pieces.slice(1), offset} : undefined
}

/** The assignments of a command that is nothing else, `export` before them or not; undefined if it is more. */
export function readAssignments(command: Command): Assignments | undefined {
  const exported = command.words[0] !== undefined && plainText(command.words[0].pieces) === 'export'
  const words: AssignmentWord[] = []
  for (const word of command.words.slice(exported ? 1 : 0)) {
    const assignment = splitAssignment(word)
    if (assignment !== undefined) words.push(assignment)
    // `export NAME` changes no value.
    else if (!exported || !/^[A-Za-z_]\w*$/.test(literalText(word.pieces) ?? '')) return undefined
  }
  return {words, exported}
}

/** Commands that set the variables they are given as arguments. */
const setters: ReadonlySet<string> = new Set(
  'export declare typeset local readonly unset read eval let'.split(' '),
)

/** The names that a command would set if it were run, as far as its words tell. */
export function findTargets({words, loop}: Command): readonly Target[] {
  if (loop !== undefined) return findArguments([loop])
  const assignments = words.map(splitAssignment)
  const head = assignments.indexOf(undefined)
  if (head === -1) return assignments as AssignmentWord[]
  const before = assignments.slice(0, head) as AssignmentWord[]
  const [name, ...rest] = words.slice(head) as [Word, ...Word[]]
  if (setters.has(literalText(name.pieces) ?? '')) return [...before, ...findArguments(rest)]
  const spaced = head === 0 && plainText(rest[0]?.pieces ?? [])?.startsWith('=')
  return spaced ? findArguments([name]).map(target => ({...target, spaced})) : before
}

/** The name of the assignment at an offset of the text; undefined if there is none. */
export function nameAt(text: string, offset: number): string | undefined {
  const name = /(?:\\\n)*[A-Za-z_](?:\w|\\\n)*(?=\+?=|\[)/y
  name.lastIndex = offset
  return name.exec(text)?.[0].replaceAll('\\\n', '')
}

/** The names in arguments such as `NAME`, `NAME=…`, `NAME[…]`, quoted or not. */
function findArguments(words: readonly Word[]): readonly Target[] {
  return words.flatMap(({pieces, offset}) => {
    const literal = literalText(pieces)
    const text = literal ?? (pieces[0]?.kind === 'text' ? pieces[0].text : '')
    const match = /^([A-Za-z_]\w*)(\+?=|\[|$)/.exec(text)
    return match === null || (match[2] === '' && literal === undefined) ? [] : [{name: match[1]!, offset}]
  })
}
