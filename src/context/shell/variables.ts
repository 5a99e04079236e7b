// Lines become variables. What is not data is dropped, with a problem.

import type {Problem, ProblemCode} from '../../problem.ts'
import type {Assignment} from '../shell.ts'
import {type Assignments, type AssignmentWord, findTargets, nameAt, readAssignments} from './assignment.ts'
import type {Chain, Command, Line, Unfinished} from './line.ts'
import {
  type DropReason,
  type Explanation,
  explainDoubt,
  explainDrop,
  explainSkip,
  explainUnclosed,
} from './problems.ts'
import {countLines, decodeValue, maximumBytes} from './text.ts'
import {putTogether, quotingOf, type Scope, type Value} from './value.ts'

/** What expansions may add to all values together. `A=$A$A`, forty times, would be a terabyte. */
const maximumExpansion = 4 * maximumBytes

/** What a problem is about. */
type Spot = {name?: string | undefined; offset: number}

/** The variables of a file while it is read. */
export class Variables {
  readonly problems: Problem[] = []
  readonly #text: string
  readonly #file: string
  readonly #lineAt: (offset: number) => number
  readonly #assignments: Assignment[] = []
  /** The latest value of each name, as bytes. */
  readonly #values = new Map<string, string>()
  /** For each name that was dropped, the number of assignments before: those of this name do not count. */
  readonly #dropped = new Map<string, number>()
  #room = maximumExpansion

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
    this.#lineAt = countLines(text)
  }

  /** The assignments taken in. Where one was dropped, earlier ones of the same name are not among them. */
  list(): readonly Assignment[] {
    return this.#assignments.filter(({name}, index) => index >= (this.#dropped.get(name) ?? 0))
  }

  /** The names whose last assignment was dropped. */
  listDropped(): ReadonlySet<string> {
    return new Set([...this.#dropped.keys()].filter(name => !this.#values.has(name)))
  }

  /** Takes in a line. Where something on it would have to be run, nothing behind that counts. */
  take(line: Line): void {
    let reason: DropReason | undefined = line.unclosed ? 'unclosed' : line.refused ? 'refused' : undefined
    for (const chain of line.chains) {
      if (reason === undefined && chain.reason === undefined) reason = this.#takeChain(chain)
      else {
        this.#skip(chain.commands, reason ?? chain.reason!, chain.offset)
        reason ??= 'behind'
      }
    }
    // `;;` holds no command that it could be said of.
    if (reason === 'refused' && line.chains.length === 0) this.#skip([], reason, line.offset)
    if (line.unclosed !== undefined) this.#stop(line.unclosed, line.offset)
  }

  /** Returns why nothing behind the chain counts, if so. */
  #takeChain({commands, offset}: Chain): 'behind' | undefined {
    let behind: 'behind' | undefined
    for (const command of commands) {
      const assignments = readAssignments(command)
      if (behind === undefined && assignments !== undefined && !command.redirected)
        behind = this.#assign(assignments)
      else {
        this.#skip([command], behind ?? (command.redirected ? 'redirection' : 'command'), offset)
        behind = 'behind'
      }
    }
    return behind
  }

  #assign({words, exported}: Assignments): 'behind' | undefined {
    const put = ({value, offset}: AssignmentWord) => putTogether(value, offset, this.#scope(exported))
    // All arguments of `export` are expanded before it sets the first of them.
    const early = exported ? words.map(put) : []
    let behind: 'behind' | undefined
    for (const [index, word] of words.entries()) {
      if (behind !== undefined) this.#drop(word, behind)
      else if (!this.#bind(word, early[index] ?? put(word))) behind = 'behind'
    }
    return behind
  }

  #scope(exported: boolean): Scope {
    return {
      exported,
      lookUp: name => this.#values.get(name.toUpperCase()),
      spend: length => this.#spend(length),
    }
  }

  /** Counts text that an expansion adds; false if it is too much. */
  #spend(length: number): boolean {
    if (length > this.#room) return false
    this.#room -= length
    return true
  }

  /** Gives a variable its value; false if it is dropped. */
  #bind(word: AssignmentWord, value: Value): boolean {
    const name = word.name.toUpperCase()
    if ('reason' in value) return this.#drop({name, offset: value.offset}, value.reason)
    if (word.append && this.#dropped.has(name) && !this.#values.has(name)) return this.#drop(word, 'appended')
    const before = word.append ? (this.#values.get(name) ?? '') : ''
    if (!this.#spend(before.length)) return this.#drop(word, 'long')
    const {value: decoded, valid} = decodeValue(before + value.text)
    const doubts = valid ? value.doubts : new Map(value.doubts).set('encoding', word.offset)
    for (const [doubt, offset] of doubts)
      this.#report('variable-doubtful', {name, offset}, explainDoubt(doubt))
    this.#values.set(name, before + value.text)
    this.#assignments.push({
      name,
      written: word.name,
      value: decoded,
      line: this.#lineAt(word.offset),
      quoting: quotingOf(word.value),
    })
    return true
  }

  /** Drops whatever commands would set, and says so; if they set nothing, says that they are skipped. */
  #skip(commands: readonly Command[], reason: DropReason, offset: number): void {
    const targets = new Map(commands.flatMap(findTargets).map(target => [target.name.toUpperCase(), target]))
    for (const target of targets.values()) {
      this.#drop(target, target.spaced && reason === 'command' ? 'spaced' : reason)
    }
    if (targets.size > 0 || reason === 'behind' || reason === 'unclosed') return
    this.#report('variable-doubtful', {offset}, explainSkip(reason))
  }

  /** Forgets a variable, so that an older value does not come back as if nothing had been. */
  #drop(target: {name: string; offset: number}, reason: DropReason): false {
    this.#forget(target.name)
    this.#report('variable-dropped', target, explainDrop(reason))
    return false
  }

  #forget(name: string): void {
    this.#values.delete(name.toUpperCase())
    this.#dropped.set(name.toUpperCase(), this.#assignments.length)
  }

  #stop({error, word}: Unfinished, start: number): void {
    const name = nameAt(this.#text, word)
    if (name !== undefined) this.#forget(name)
    this.#report(
      'variable-dropped',
      {name, offset: error.offset},
      explainUnclosed(error.message, this.#lineAt(start)),
    )
  }

  #report(code: ProblemCode, {name, offset}: Spot, {message, cure}: Explanation): void {
    const key = name?.toUpperCase()
    this.problems.push({code, file: this.#file, line: this.#lineAt(offset), key, message, cure})
  }
}
