// One of a few words.

import {InvalidArgumentError, Option} from 'commander'
import {suggestName} from '../suggest.ts'

/** Reads a word. @throws InvalidArgumentError that names what is allowed, and what was perhaps meant. */
export function readChoice<T extends string>(text: string, allowed: readonly T[], noun: string): T {
  const found = allowed.find(word => word === text)
  if (found !== undefined) return found
  const near = suggestName(text, allowed)
  const question = near === undefined ? '' : ` Did you mean ${near}?`
  throw new InvalidArgumentError(`The ${noun}s are ${allowed.join(', ')}.${question}`)
}

/** An option that takes one of a few words. */
export function choiceOption<T extends string>(
  flags: string,
  description: string,
  allowed: readonly T[],
  noun: string,
): Option {
  return new Option(flags, description).choices(allowed).argParser(text => readChoice(text, allowed, noun))
}
