// Which operations are done: those by default, or what --operations says.

import type {Operation} from './operation.ts'
import {operations} from './operations.ts'

/**
 * Reads `--operations a,b` (these alone) or `-a,-b` (those by default but these); mixed, what is named comes besides
 * those by default.
 *
 * @returns the operations in the order of the table, or a text that says what is wrong.
 */
export function chooseOperations(names: readonly string[] | undefined): readonly Operation[] | string {
  if (names === undefined) return operations.filter(({isDefault}) => isDefault)
  const wanted = names.map(name => name.trim()).filter(name => name !== '')
  const [minus, plus] = [
    wanted.filter(isMinus).map(name => name.slice(1)),
    wanted.filter(name => !isMinus(name)),
  ]
  const unknown = [...plus, ...minus].filter(name => !isSpecial(name) && find(name) === undefined)
  if (unknown.length > 0) return `there is no operation ${unknown.join(', ')}; there are: ${listNames()}`
  if (wanted.length === 0) return `--operations names none; there are: ${listNames()}`
  const isMeant = (operation: Operation) =>
    plus.includes('all') ||
    plus.includes(operation.name) ||
    ((plus.length === 0 || plus.includes('default') || minus.length > 0) && operation.isDefault)
  return operations.filter(operation => isMeant(operation) && !minus.includes(operation.name))
}

/** Those that a check looks for: what is merely a trace, and stays by default, only if it is asked for. */
export function chooseForCheck(names: readonly string[] | undefined): readonly Operation[] | string {
  const isWatched = ({isDefault, severity}: Operation) => isDefault || severity !== 'trace'
  const chosen = chooseOperations(names)
  const minus = (names ?? []).filter(name => isMinus(name.trim()))
  if (typeof chosen === 'string' || (names !== undefined && minus.length === 0)) return chosen
  const left = operations.filter(operation => isWatched(operation) || chosen.includes(operation))
  return left.filter(({name}) => !minus.some(each => each.trim() === `-${name}`))
}

const isMinus = (name: string) => name.startsWith('-')
const isSpecial = (name: string) => name === 'all' || name === 'default'
const find = (name: string) => operations.find(operation => operation.name === name)

function listNames(): string {
  return operations.map(({name}) => name).join(', ')
}
