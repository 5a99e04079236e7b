// The variables of a context by name, as they were read. Names have no case: the front end writes them in capitals,
// the manual shows them small (contract §2).

import type {Assignment} from './shell.ts'

export type Variables = ReadonlyMap<string, Assignment>

/** Puts assignments under their names; the last of a name wins. */
export function indexVariables(assignments: readonly Assignment[]): Variables {
  return new Map(assignments.map(assignment => [assignment.name, assignment]))
}

/** The first of several names that has a value; an empty value counts as none (contract §3). */
export function pickVariable(variables: Variables, ...names: readonly string[]): Assignment | undefined {
  return names
    .map(name => variables.get(name))
    .find(variable => variable !== undefined && variable.value !== '')
}

/** Nothing in it but blanks, or the CR of a file that was written on another system. */
export function isBlank({value}: Assignment): boolean {
  return value.trim() === ''
}

/** The names in a list, set apart by blanks or commas. */
export function splitNames(value: string): string[] {
  return value.split(/[\s,]+/).filter(Boolean)
}

/** A boolean of the context: `YES TRUE 1 Y` in any case (contract §3). */
export function isYes(value: string): boolean {
  return /^(yes|true|1|y)$/i.test(value.trim())
}

/** The other answer. What is neither is worth a word to whoever wrote it. */
export function isNo(value: string): boolean {
  return /^(no|false|0|n)$/i.test(value.trim())
}

/**
 * A value that is a name, an address or a number: a CR at its end goes (a file written on another system), any other
 * control character makes it no such value.
 */
export function readPlainValue(variable: Assignment): string | undefined {
  const value = variable.value.replace(/\r$/, '').trim()
  return /[\x00-\x1f\x7f]/.test(value) ? undefined : value
}
