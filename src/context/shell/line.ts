// A line of commands, from its first word to its newline, and the same inside a substitution.

import {CommandReader} from './command-reader.ts'
import {type Cursor, Unclosed} from './cursor.ts'
import type {Word} from './piece.ts'
import {readPlainLine} from './plain-line.ts'
import {Lexer} from './token.ts'

/** Words that stand together, or the variable of a loop. A redirection makes it a command for a shell to run. */
export type Command = {words: Word[]; redirected: boolean; loop?: Word}

/** Commands joined by `&&`. `reason`: why a shell would have to run them, whatever their words are. */
export type Chain = {commands: Command[]; offset: number; reason?: 'compound' | 'joined'}

/** All that a shell reads before it runs any of it: mostly one line. `refused`: no shell accepts it. */
export type Line = {chains: readonly Chain[]; offset: number; refused: boolean; unclosed?: Unfinished}

/** What never closes, and where the word begins that holds it. Nothing below can be told. */
export type Unfinished = {error: Unclosed; word: number}

/** Reads the line at which the cursor stands, to the end of its last word and its last here-document. */
export function readLine(cursor: Cursor): Line {
  return readPlainLine(cursor) ?? readAnyLine(cursor)
}

/** The same by the whole grammar. */
export function readAnyLine(cursor: Cursor): Line {
  const offset = cursor.offset
  const lexer = new Lexer(cursor, 'file')
  const reader = new CommandReader(lexer, {ends: ['\n', ''], what: 'the file', start: offset})
  try {
    reader.read()
  } catch (error) {
    if (!(error instanceof Unclosed)) throw error
    return {chains: reader.finish(), offset, refused: true, unclosed: {error, word: lexer.start}}
  }
  return {chains: reader.finish(), offset, refused: reader.refused}
}

/** Passes over the commands of a substitution and its `)`; `start` is where it opens. */
export function skipSubstitution(cursor: Cursor, start: number): void {
  const what = 'command substitution'
  cursor.nest(what, start, () => {
    const lexer = new Lexer(cursor, 'substitution')
    new CommandReader(lexer, {ends: [')'], what, start}).read()
    // Newer shells look for the body of `$(cat <<END)` behind the `)`, others do not.
    if (lexer.documents.length > 0) throw new Unclosed('here-document', start)
  })
}
