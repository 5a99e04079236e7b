// Going through the tokens of a template one by one, and saying what stands where something else should.

import {makeLocator} from '../../context/shell/text.ts'
import type {Place, Problem} from '../../problem.ts'
import type {Generation} from './generation.ts'
import type {Token} from './scan.ts'
import {describeCharacter, describeToken} from './syntax.ts'
import {placeOf, type Template} from './template.ts'
import {TemplateError} from './template-error.ts'
import {mostDropped, scanTemplate, type TemplateState, type TemplateTokenKind} from './tokens.ts'

export type TemplateToken = Token<TemplateTokenKind>

/** Nobody mistypes so often. Of more warnings only the number is told. */
const mostWarnings = 100

/** Where a reader is in a template. What it refuses is a TemplateError. */
export class TokenCursor {
  readonly problems: Problem[] = []
  readonly source: string
  readonly locate: Template['locate']
  readonly #file: string
  readonly #tokens: readonly TemplateToken[]
  readonly #dropped: readonly {offset: number; state: TemplateState}[]
  /** How many of them are told. */
  #passed = 0
  /** How many of them were in front of the attribute that is being read. */
  #passedBefore = 0
  #next = 0
  /** The warnings that are no longer told, and where they begin. */
  #untold = {count: 0, offset: 0}

  constructor(source: string, file: string, generation: Generation) {
    this.source = source
    this.locate = makeLocator(source)
    this.#file = file
    const {tokens, dropped} = scanTemplate(source, generation)
    this.#tokens = tokens
    this.#dropped = dropped
  }

  /** The token that comes next, or one behind it; undefined at the end. */
  peek(further = 0): TemplateToken | undefined {
    return this.#tokens[this.#next + further]
  }

  /** Takes the next token, whatever it is. */
  skip(): TemplateToken {
    return this.#tokens[this.#next++]!
  }

  /** Takes a token that has to be of this kind; `expected` says in words what should be there. */
  take(kind: TemplateTokenKind, expected: string): TemplateToken {
    const token = this.peek()
    if (token?.kind !== kind) this.#failAt(token, expected)
    this.passOver(token!.offset)
    return this.skip()
  }

  /** To be called in front of each attribute: what is wrong with one is looked for in it, not before. */
  beginAttribute(): void {
    this.#passedBefore = this.#passed
  }

  /** Says what the scanner passes over up to an offset. Instead of a value nothing is passed over. */
  passOver(end: number): void {
    for (; (this.#dropped[this.#passed]?.offset ?? end) < end; this.#passed += 1) {
      const {offset, state} = this.#dropped[this.#passed]!
      const [message, cure] = describeCharacter(this.source, offset, state)
      if (state === 'value' || this.source[offset] === '[') this.fail(offset, message, cure)
      if (this.#passed >= mostDropped)
        this.fail(offset, 'too much stands outside of values', 'is this a template?')
      // A row of them is told once.
      if (this.#dropped[this.#passed - 1]?.offset !== offset - 1) this.warn(offset, message, cure)
    }
  }

  warn(offset: number, message: string, cure?: string): void {
    if (this.problems.length < mostWarnings)
      this.problems.push({code: 'template-doubtful', ...this.#placeOf(offset), message, cure})
    else if (this.#untold.count++ === 0) this.#untold.offset = offset
  }

  /** All that is to be said at the end. */
  finish(): Problem[] {
    const {count, offset} = this.#untold
    if (count === 0) return this.problems
    const message = `and ${count} more from here on that the front end may read otherwise, or refuse`
    return [...this.problems, {code: 'template-doubtful', ...this.#placeOf(offset), message}]
  }

  fail(offset: number, message: string, cure?: string): never {
    throw new TemplateError({...this.#placeOf(offset), message, cure})
  }

  #placeOf(offset: number): Place {
    return placeOf({file: this.#file, locate: this.locate}, offset)
  }

  #failAt(token: TemplateToken | undefined, expected: string): never {
    this.#failAtQuote()
    const offset =
      token === undefined ? this.source.trimEnd().length : token.offset + token.text.search(/\S|$/)
    const first = this.#dropped[this.#passedBefore]
    if (first !== undefined && first.offset < offset)
      this.fail(first.offset, ...describeCharacter(this.source, first.offset, first.state))
    this.fail(offset, `there should be ${expected}, but there is ${describeToken(token)}`)
  }

  /** A quote that was closed later than its author thinks has taken what should be here. */
  #failAtQuote(): void {
    const before = this.#tokens.slice(Math.max(0, this.#next - 3), this.#next)
    const quoted = before.findLast(({kind}) => kind === 'quoted')
    if (quoted === undefined) return
    const {offset, text} = quoted
    if (text.includes('\n')) {
      const {line} = this.locate(offset + text.length)
      this.fail(
        offset,
        `the quote that is opened here is closed in line ${line} only, and nothing fits behind it`,
      )
    }
    // `a = "C:\", b = "…`
    const {index = 0} = /\\"\s*,\s*\w+\s*=\s*"$/.exec(text) ?? {}
    const message = 'this backslash makes the quote behind it a part of the value, which goes on'
    if (index > 0) this.fail(offset + index, message, 'let no value end with a backslash')
  }
}
