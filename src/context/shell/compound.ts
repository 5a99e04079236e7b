// Compound commands: `if`, `for`, `case`, `{`, `(` and the like, up to what closes them (bash manual, 3.2.5).

import {CommandReader} from './command-reader.ts'
import {Unclosed} from './cursor.ts'
import {skipPair} from './expansion.ts'
import type {Command} from './line.ts'
import {plainText} from './piece.ts'
import type {Lexer, Token} from './token.ts'

/** Those that are commands up to a word, and that word. */
const closers: Readonly<Record<string, string>> = {if: 'fi', while: 'done', until: 'done', '{': '}', '(': ')'}
const openers: ReadonlySet<string> = new Set([...Object.keys(closers), 'case', 'for', 'select', '[[', '(('])

/** Tells whether a compound command begins with this word. */
export function isOpener(text: string): boolean {
  return openers.has(text)
}

/** Reads a compound command whose first word, or `(` or `((`, has been read. Returns the commands in it. */
export function readCompound(lexer: Lexer, opener: string, start: number): readonly Command[] {
  const compound = new Compound(lexer, opener, start)
  lexer.cursor.nest(opener, start, () => compound.read())
  return compound.commands
}

class Compound {
  readonly commands: Command[] = []
  readonly #lexer: Lexer
  readonly #opener: string
  readonly #start: number

  constructor(lexer: Lexer, opener: string, start: number) {
    this.#lexer = lexer
    this.#opener = opener
    this.#start = start
  }

  read(): void {
    if (this.#opener === 'case') this.#readCase()
    else if (this.#opener === 'for' || this.#opener === 'select') this.#readLoop()
    else if (this.#opener === '[[') this.#skipTest()
    else if (this.#opener === '((') this.#skipArithmetic()
    else this.#readCommands(closers[this.#opener]!)
  }

  #readCommands(...ends: string[]): string {
    const reader = new CommandReader(this.#lexer, {ends, what: this.#opener, start: this.#start})
    const end = reader.read()
    for (const {commands} of reader.finish()) for (const command of commands) this.commands.push(command)
    return end
  }

  /** `case WORD in [(]PATTERN[|PATTERN]…) COMMANDS ;; … esac` */
  #readCase(): void {
    if (this.#lexer.nextWord() === undefined) this.#giveUp()
    this.#expect('in', this.#lexer.nextBeyondNewlines())
    let end = ';;'
    while (end !== 'esac') {
      const token = this.#lexer.nextBeyondNewlines()
      if (textOf(token) === 'esac') return
      this.#skipPatterns(token)
      end = this.#readCommands(';;', ';&', ';;&', 'esac')
    }
  }

  #skipPatterns(first: Token): void {
    let token = textOf(first) === '(' ? this.#lexer.next() : first
    for (; textOf(token) !== ')'; token = this.#lexer.next()) {
      if (token.kind === 'operator' && token.operator !== '|') this.#giveUp()
    }
  }

  /** `for NAME [in WORD…]; do COMMANDS; done`, `for ((…)); do …`, and either with `{ COMMANDS; }`. */
  #readLoop(): void {
    const token = this.#lexer.next()
    if (token.kind === 'word') this.commands.push({words: [], redirected: false, loop: token.word})
    else if (token.operator === '(' && this.#lexer.cursor.take('(')) this.#skipArithmetic()
    else this.#giveUp()
    let next = this.#lexer.nextBeyondNewlines()
    if (textOf(next) === 'in') next = this.#skipList()
    if (textOf(next) === ';') next = this.#lexer.nextBeyondNewlines()
    if (textOf(next) === '{') this.#readCommands('}')
    else {
      this.#expect('do', next)
      this.#readCommands('done')
    }
  }

  /** Passes over the words that a loop goes through; returns the `;`, or what stands on the next line. */
  #skipList(): Token {
    let token = this.#lexer.next()
    while (token.kind === 'word') token = this.#lexer.next()
    return token.operator === '\n' ? this.#lexer.nextBeyondNewlines() : token
  }

  /** `[[ … ]]`, in which operators and newlines are no more than words. */
  #skipTest(): void {
    for (let token = this.#lexer.next(); textOf(token) !== ']]'; token = this.#lexer.next()) {
      if (textOf(token) === '') this.#giveUp()
    }
  }

  /** `((` may turn out to open a subshell in a subshell. Rather than read twice, stop there. */
  #skipArithmetic(): void {
    skipPair(this.#lexer.cursor, '(', ')', this.#start)
    if (!this.#lexer.cursor.take(')')) this.#giveUp()
  }

  #expect(text: string, token: Token): void {
    if (textOf(token) !== text) this.#giveUp()
  }

  #giveUp(): never {
    throw new Unclosed(this.#opener, this.#start, 'has no clear end')
  }
}

/** An operator, or a word without quotes; undefined for any other word. */
function textOf(token: Token): string | undefined {
  return token.kind === 'operator' ? token.operator : plainText(token.word.pieces)
}
