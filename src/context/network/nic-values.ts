// The values of one NIC of the context, read one by one. A wrong value is named with its variable and costs what the
// reader says.

import type {Problem, ProblemCode} from '../../problem.ts'
import {type Disc, placeOf} from '../disc.ts'
import type {Assignment} from '../shell.ts'
import {isBlank, isYes, readPlainValue, splitNames} from '../variables.ts'

/** `isWrong`: something was given, and it is not what its variable takes. */
export type Value<T> = {value?: T | undefined; isWrong: boolean; variable?: Assignment | undefined}

/** Reads what is given under some names behind a prefix: `ETH0_` and `IP6`, else `IPV6`. */
export class NicValues {
  readonly #disc: Disc
  readonly #prefix: string
  readonly #problems: Problem[]

  constructor(disc: Disc, prefix: string, problems: Problem[]) {
    this.#disc = disc
    this.#prefix = prefix
    this.#problems = problems
  }

  /** The same with a longer prefix: `ETH0_ALIAS1_`. */
  below(prefix: string): NicValues {
    return new NicValues(this.#disc, this.#prefix + prefix, this.#problems)
  }

  /**
   * Reads one value.
   *
   * @param expected what the variable takes, for the sentence "this is not …".
   * @param cost what a wrong value costs, for the same sentence: "so eth0 gets no IPv4".
   * @param code how much that weighs.
   */
  read<T>(
    names: readonly string[],
    parse: (text: string) => T | undefined,
    expected: string,
    cost: string,
    code: ProblemCode = 'value-rejected',
  ): Value<T> {
    const variable = this.pick(...names)
    if (variable === undefined) return {isWrong: this.#isDropped(names)}
    const text = readPlainValue(variable)
    const value = text === undefined ? undefined : parse(text)
    if (value === undefined) this.complain(variable, code, `this is not ${expected}, so ${cost}`)
    return {value, isWrong: value === undefined, variable}
  }

  /** Reads a list, set apart by blanks or commas; a wrong entry costs itself. */
  list<T>(names: readonly string[], parse: (text: string) => T | undefined, expected: string): T[] {
    const variable = this.pick(...names)
    const words = variable === undefined ? [] : splitNames(variable.value.replace(/\r$/, ''))
    return words.flatMap(word => {
      const value = parse(word)
      if (value !== undefined) return [value]
      this.complain(variable!, 'value-rejected', `${JSON.stringify(word)} is not ${expected}; it is left out`)
      return []
    })
  }

  /** The numbers of what is counted behind the prefix: 0 and 2 of `ETH0_ALIAS0_IP` and `ETH0_ALIAS2_IP`. */
  numbersBehind(name: string): number[] {
    const start = this.#prefix + name
    const names = [...this.#disc.variables.values()].filter(each => !isBlank(each)).map(({name}) => name)
    const rests = names.filter(name => name.startsWith(start)).map(name => name.slice(start.length))
    const numbers = rests.flatMap(rest => /^(\d{1,5})_/.exec(rest)?.slice(1, 2).map(Number) ?? [])
    return [...new Set(numbers)].sort((one, other) => one - other)
  }

  isYes(name: string): boolean {
    return isYes(this.pick(name)?.value ?? '')
  }

  has(name: string): boolean {
    return this.pick(name) !== undefined
  }

  pick(...names: readonly string[]): Assignment | undefined {
    const found = names.map(name => this.#disc.variables.get(this.#prefix + name))
    return found.find(variable => variable !== undefined && !isBlank(variable))
  }

  complain(variable: Assignment, code: ProblemCode, message: string, cure?: string): void {
    this.#problems.push({...placeOf(this.#disc, variable), code, message, cure})
  }

  /** A variable that could not be read is named where it stands; what it was for is done without it. */
  #isDropped(names: readonly string[]): boolean {
    return names.some(name => this.#disc.dropped.has(this.#prefix + name))
  }
}
