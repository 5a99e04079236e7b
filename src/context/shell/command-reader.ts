// Which words stand together in a command, and where it ends (bash manual, 3.2). Only the shape is told here.

import {splitAssignment} from './assignment.ts'
import {isOpener, readCompound} from './compound.ts'
import {Unclosed} from './cursor.ts'
import {openHereDocument} from './here-document.ts'
import type {Chain, Command} from './line.ts'
import {plainText, type Word} from './piece.ts'
import type {Lexer} from './token.ts'

/** What a reader reads: up to one of `ends`, each an operator or a reserved word. */
export type Extent = {ends: readonly string[]; what: string; start: number}

/** Reserved words that take a command behind them, and those that only have a meaning inside something. */
const leading: ReadonlySet<string> = new Set('! time coproc then do else elif'.split(' '))
const inner: ReadonlySet<string> = new Set('then do else elif fi done esac }'.split(' '))

/** Reads commands one token at a time. */
export class CommandReader {
  /** No shell accepts what was read. */
  refused = false
  readonly #lexer: Lexer
  readonly #extent: Extent
  readonly #chains: Chain[] = []
  #chain: Chain
  #command: Command = {words: [], redirected: false}
  #place: 'command' | 'assignment' | 'argument' = 'command'
  /** Something stands before the next operator. */
  #filled = false
  /** The line goes on behind its end: it ended in `&&`, or before the body of a function. */
  #pending = false

  constructor(lexer: Lexer, extent: Extent) {
    this.#lexer = lexer
    this.#extent = extent
    this.#chain = {commands: [], offset: lexer.cursor.offset}
  }

  /** Reads up to an end and returns it. */
  read(): string {
    for (;;) {
      const token = this.#lexer.next(this.#place !== 'argument')
      const end =
        token.kind === 'word' ? this.#takeWord(token.word) : this.#takeOperator(token.operator, token.offset)
      if (end !== undefined) return end
    }
  }

  /** What was read so far. */
  finish(): readonly Chain[] {
    this.#endChain()
    return this.#chains
  }

  #takeWord(word: Word): string | undefined {
    const text = plainText(word.pieces)
    if (text !== undefined) {
      if (this.#place === 'command' && this.#extent.ends.includes(text)) return text
      if (this.#place === 'command' && this.#takeReserved(text, word.offset)) return
      // A number or `{NAME}` right before a redirection is a part of that (bash manual, 3.6).
      if (/^(?:\d+|\{\w+\})$/.test(text) && /[<>]/.test(this.#lexer.cursor.peek())) return
    }
    this.#filled = true
    this.#command.words.push(word)
    if (this.#place !== 'argument') this.#place = splitAssignment(word) ? 'assignment' : 'argument'
  }

  #takeReserved(text: string, offset: number): boolean {
    if (isOpener(text)) this.#takeCompound(text, offset)
    else if (text === 'function') this.#takeFunction(true)
    else if (leading.has(text) || inner.has(text)) this.#takeInner(text)
    else return false
    return true
  }

  /** Inside `if … fi` and the like, `then`, `else` and `do` need not be told apart. */
  #takeInner(text: string): void {
    if (inner.has(text) && (this.#isLine || !leading.has(text))) this.#refuse()
    this.#chain.reason = 'compound'
    this.#filled = !inner.has(text)
  }

  #takeCompound(opener: string, offset: number): void {
    this.#endCommand()
    this.#chain.reason = 'compound'
    for (const command of readCompound(this.#lexer, opener, offset)) this.#chain.commands.push(command)
    this.#filled = true
  }

  /** The body of a function is the next command, perhaps on the next line. */
  #takeFunction(named: boolean): void {
    if (
      named &&
      (this.#lexer.nextWord() === undefined || (this.#lexer.take('(') && !this.#lexer.take(')')))
    ) {
      this.#refuse()
    }
    this.#command.words = []
    this.#endCommand()
    this.#chain.reason = 'compound'
    this.#pending = true
  }

  #takeOperator(operator: string, offset: number): string | undefined {
    const pending = this.#pending && !this.#filled
    if (operator === '\n' && pending) return
    if (pending && this.#extent.ends.includes(operator)) this.#refuse()
    if (this.#extent.ends.includes(operator)) return operator
    if (operator === '') throw new Unclosed(this.#extent.what, this.#extent.start)
    if (operator === '\n') this.#endChain()
    else if (operator === '(') this.#takeParenthesis(offset)
    else if (operator === ')' || /^;[;&]/.test(operator)) this.#refuse()
    else if (/^(?:[;|]|&(?!>))/.test(operator)) this.#takeSeparator(operator)
    else this.#takeRedirection(operator)
  }

  #takeParenthesis(offset: number): void {
    if (this.#place === 'command') this.#takeCompound(this.#lexer.cursor.take('(') ? '((' : '(', offset)
    else if (this.#place === 'argument' && this.#command.words.length === 1 && this.#lexer.take(')')) {
      this.#takeFunction(false)
    } else {
      this.#refuse()
      this.#takeCompound('(', offset)
    }
  }

  #takeSeparator(operator: string): void {
    if (!this.#filled) this.#refuse()
    if (operator !== ';' && operator !== '&&') this.#chain.reason ??= 'joined'
    if (operator === ';' || operator === '&') this.#endChain()
    else {
      this.#endCommand()
      this.#pending = true
    }
  }

  #takeRedirection(operator: string): void {
    this.#command.redirected = true
    this.#filled = true
    const target = this.#lexer.nextWord()
    if (target === undefined) this.#refuse()
    else if (/^<<-?$/.test(operator)) this.#lexer.documents.push(openHereDocument(operator, target))
  }

  get #isLine(): boolean {
    return this.#extent.ends.includes('\n')
  }

  /** A shell stops at what it does not accept. Only at the top is it clear where the next line begins. */
  #refuse(): void {
    if (!this.#isLine) throw new Unclosed(this.#extent.what, this.#extent.start, 'has no clear end')
    this.refused = true
  }

  #endCommand(): void {
    if (this.#command.words.length > 0 || this.#command.redirected) this.#chain.commands.push(this.#command)
    this.#command = {words: [], redirected: false}
    this.#place = 'command'
    this.#filled = false
  }

  #endChain(): void {
    this.#endCommand()
    if (this.#chain.commands.length > 0 || this.#chain.reason !== undefined) this.#chains.push(this.#chain)
    this.#chain = {commands: [], offset: this.#lexer.cursor.offset}
    this.#pending = false
  }
}
