// Putting values in the place of references: `$NAME`, `$NIC[IP]`, `$NIC[IP, NETWORK="Public"]` (src/vm/vm_var_syntax.y
// of release-2.2-rc1, src/parsers/vm_var_syntax.y of release-7.0.2).

import type {Generation} from './generation.ts'
import {type ReferenceTokenKind, scanReferences} from './reference-tokens.ts'
import type {Token} from './scan.ts'

/** A reference; its names are in capitals. */
export type Reference = {
  name: string
  /** What stands in the brackets first. */
  attribute?: string
  /** Which of several vectors: that whose `name` has this value. */
  selector?: {name: string; value: string}
}

/** What a reference leads to. `missing`, if it leads nowhere, is the reason in words. */
export type Found = {value: string; missing?: string}

export type Resolution = {
  text: string
  /** References that lead nowhere, and line ends that were lost behind one. */
  losses: {offset: number; length: number; reason: string}[]
  /** What makes the front end refuse the whole, and where; nothing behind it is resolved. */
  error?: {offset: number; reason: string}
}

type ReferenceToken = Token<ReferenceTokenKind>

/** Resolves all references of a text. */
export function resolveReferences(
  text: string,
  generation: Generation,
  look: (reference: Reference) => Found,
): Resolution {
  const {tokens, dropped, state} = scanReferences(text, generation)
  // The end of the text ends a reference too.
  if (state === 'reference') tokens.push({kind: 'end', text: '', offset: text.length})
  const resolution: Resolution = {text: '', losses: dropped.map(({offset}) => describeDropped(text, offset))}
  for (let next = 0; next < tokens.length; ) {
    const token = tokens[next]!
    const form = forms.find(kinds => countFitting(kinds, tokens, next) === kinds.length)
    if (form === undefined) return {...resolution, error: explain(text, tokens, next)}
    const taken = tokens.slice(next, next + form.length)
    next += form.length
    if (token.kind === 'text') resolution.text += token.text
    else resolve(resolution, text, taken, look)
  }
  return resolution
}

const forms: readonly (readonly ReferenceTokenKind[])[] = [
  ['text'],
  ['name', 'end'],
  ['name', 'open', 'name', 'close', 'end'],
  ['name', 'open', 'name', 'comma', 'name', 'equal', 'string', 'close', 'end'],
]

function countFitting(
  kinds: readonly ReferenceTokenKind[],
  tokens: readonly ReferenceToken[],
  next: number,
): number {
  const misfit = kinds.findIndex((kind, index) => tokens[next + index]?.kind !== kind)
  return misfit === -1 ? kinds.length : misfit
}

function resolve(
  resolution: Resolution,
  text: string,
  tokens: readonly ReferenceToken[],
  look: (reference: Reference) => Found,
): void {
  const {value, missing} = look(readReference(tokens))
  const last = tokens.at(-1)!
  resolution.text += value + (last.text === '$' ? '' : last.text)
  if (missing === undefined) return
  const offset = findDollar(text, tokens[0]!)
  resolution.losses.push({offset, length: last.offset - offset, reason: missing})
}

function readReference(tokens: readonly ReferenceToken[]): Reference {
  const [name, attribute, key] = tokens
    .filter(({kind}) => kind === 'name')
    .map(token => token.text.toUpperCase())
  const written = tokens.find(({kind}) => kind === 'string')?.text
  if (attribute === undefined) return {name: name!}
  if (key === undefined || written === undefined) return {name: name!, attribute}
  const value = written.startsWith('"') ? written.slice(1, -1) : written
  return {name: name!, attribute, selector: {name: key, value}}
}

function findDollar(text: string, {offset}: ReferenceToken): number {
  return text.lastIndexOf('$', offset - 1)
}

function explain(
  text: string,
  tokens: readonly ReferenceToken[],
  next: number,
): {offset: number; reason: string} {
  const offset = findDollar(text, tokens[next]!)
  if (tokens[next]!.kind !== 'name')
    return {offset, reason: 'a $ begins a reference, but no name stands behind it'}
  const counts = forms.map(kinds => countFitting(kinds, tokens, next))
  const nearest = counts.indexOf(Math.max(...counts))
  const isWhole = counts[nearest] === forms[nearest]!.length - 1
  const reason = isWhole
    ? 'what stands directly behind this reference is taken for a part of it'
    : 'the bracket of this reference does not go on as [ATTR] or [ATTR, KEY="value"]'
  return {offset, reason}
}

function describeDropped(text: string, offset: number): Resolution['losses'][number] {
  const reason = text[offset] === '\n' ? 'the line end behind a reference is lost' : 'a character is lost'
  return {offset, length: 1, reason}
}
