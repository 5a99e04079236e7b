// The variables of a context on their way through the front end: a map in the order of its names, which is made one
// string, has its references resolved, and is taken apart again (VectorAttribute in src/common/Attribute.cc).

import type {Generation} from '../template/generation.ts'
import type {Found, Resolution} from '../template/references.ts'
import {type Reference, resolveReferences} from '../template/references.ts'

/** Values by name. They are written in the order of the bytes of their names. */
export type ContextMap = ReadonlyMap<string, string>

/** What separates the values in that string; 2.2 puts blanks around it for its CONTEXT. */
const separators: Readonly<Record<Generation, string>> = {'2.2': ' @^_^@ ', today: '@^_^@'}

/** A loss or an error, and the variable it is in: `index` counts in the value before it was resolved. */
export type Spot = {name: string; index: number; text: string; reason: string}

export type Resolved = {values: Map<string, string>; losses: Spot[]; error?: Spot}

/** Resolves the references of all values. */
export function resolveValues(
  values: ContextMap,
  generation: Generation,
  look: (reference: Reference) => Found,
): Resolved {
  const separator = separators[generation]
  const parts = sortByName(values).map(([name, value]) => ({name, text: `${name}=${value}`}))
  const whole = parts.map(({text}) => text).join(separator)
  const resolution = resolveReferences(whole, generation, look)
  const starts = findStarts(parts, separator)
  const spot = ({offset, length = 1, reason}: {offset: number; length?: number; reason: string}): Spot => {
    const {name, start} = starts.findLast(part => part.start <= offset) ?? starts[0]!
    return {name, index: offset - start, text: whole.slice(offset, offset + length), reason}
  }
  const losses = resolution.losses.map(spot)
  if (resolution.error !== undefined) return {values: new Map(), losses, error: spot(resolution.error)}
  return {values: takeApart(resolution, separator), losses}
}

/** Sorts as std::map does: by bytes. */
export function sortByName(values: ContextMap): [string, string][] {
  return [...values].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
}

/** Where the value of each part begins in the whole. */
function findStarts(
  parts: readonly {name: string; text: string}[],
  separator: string,
): {name: string; start: number}[] {
  let end = -separator.length
  return parts.map(({name, text}) => {
    const start = end + separator.length
    end = start + text.length
    return {name, start: start + name.length + 1}
  })
}

function takeApart({text}: Resolution, separator: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const part of text.split(separator)) {
    const sign = part.indexOf('=')
    const name = part.slice(0, sign)
    if (sign !== -1 && !values.has(name)) values.set(name, part.slice(sign + 1))
  }
  return values
}
