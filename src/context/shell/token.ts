// The text as tokens: words and operators. A newline and the end of the text are operators too.

import {type Cursor, Unclosed} from './cursor.ts'
import {type HereDocument, skipHereDocument} from './here-document.ts'
import type {Word} from './piece.ts'
import {readWord} from './word.ts'

/** An operator is '\n' at the end of a line and '' at the end of the text. */
export type Token = {kind: 'word'; word: Word} | {kind: 'operator'; operator: string; offset: number}

export class Lexer {
  readonly cursor: Cursor
  /** Where the last token begins. */
  start: number
  /** Here-documents whose bodies begin on the next line. */
  documents: HereDocument[] = []
  readonly #within: 'file' | 'substitution'

  constructor(cursor: Cursor, within: 'file' | 'substitution') {
    this.cursor = cursor
    this.start = cursor.offset
    this.#within = within
  }

  /** Reads a token. `assignable`: an assignment may stand here. */
  next(assignable = false): Token {
    const word = this.nextWord(assignable)
    if (word !== undefined) return {kind: 'word', word}
    const operator = readOperator(this.cursor)
    if (operator === '\n') this.#skipDocuments()
    if (operator === '' && this.documents[0]) throw new Unclosed('here-document', this.documents[0].offset)
    return {kind: 'operator', operator, offset: this.start}
  }

  /** Reads a word; undefined if an operator is next. */
  nextWord(assignable = false): Word | undefined {
    skipBlanks(this.cursor)
    this.start = this.cursor.offset
    const word = readWord(this.cursor, assignable)
    return word.pieces.length > 0 ? word : undefined
  }

  /** Reads a token behind any number of newlines. */
  nextBeyondNewlines(): Token {
    let token = this.next()
    while (token.kind === 'operator' && token.operator === '\n') token = this.next()
    return token
  }

  /** Moves past the next character if it is this one; blanks may precede it. */
  take(character: string): boolean {
    skipBlanks(this.cursor)
    return this.cursor.take(character)
  }

  #skipDocuments(): void {
    for (const document of this.documents)
      skipHereDocument(this.cursor, document, this.#within === 'substitution')
    this.documents = []
  }
}

/** Passes over blanks and a comment. A comment ends before its newline, even one behind a backslash. */
function skipBlanks(cursor: Cursor): void {
  while (cursor.peek() === ' ' || cursor.peek() === '\t') cursor.next()
  if (cursor.peek() === '#') cursor.takeMatch(/[^\n]+/y)
}

function readOperator(cursor: Cursor): string {
  let operator = cursor.next()
  while (cursor.peek() !== '' && longOperators.has(operator + cursor.peek())) operator += cursor.next()
  return operator
}

/** Every operator of more than one character; what each begins with is an operator too. */
const longOperators: ReadonlySet<string> = new Set(
  '&& &> &>> || |& ;; ;& ;;& << <<- <<< <& <> >> >& >|'.split(' '),
)
