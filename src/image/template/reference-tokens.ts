// The tokens of the values of a CONTEXT, as OpenNebula's scanner for references knows them (src/vm/vm_var_parser.l of
// release-2.2-rc1, src/parsers/vm_var_parser.l of release-7.0.2).

import type {Generation} from './generation.ts'
import {type Rule, type Scan, scan} from './scan.ts'

/** `end`: the character behind a reference, which ends it and is copied; nothing is, if that is the next `$`. */
export type ReferenceTokenKind = 'text' | 'name' | 'equal' | 'comma' | 'open' | 'close' | 'string' | 'end'
/** `key`: behind the `=` of a selector, where today's scanner takes a string. */
export type ReferenceState = 'text' | 'reference' | 'key'
type ReferenceRule = Rule<ReferenceState, ReferenceTokenKind>

/** Cuts a text with references into tokens. */
export function scanReferences(
  text: string,
  generation: Generation,
): Scan<ReferenceState, ReferenceTokenKind> {
  return scan(text, rules[generation], 'text')
}

const dollar: ReferenceRule = {kind: undefined, match: /\$/y, next: 'reference'}
const string: ReferenceRule = {kind: 'string', match: /"[^"]*"/y}

/** A line end ends no reference: neither scanner has a rule for it there, so it is dropped. */
function inReference(next: ReferenceState, more: readonly ReferenceRule[]): readonly ReferenceRule[] {
  return [
    {kind: 'equal', match: /[ \t]*=[ \t]*/y, next},
    {kind: 'comma', match: /[ \t]*,[ \t]*/y},
    {kind: 'open', match: /\[[ \t]*/y},
    {kind: 'close', match: /[ \t]*\]/y},
    {kind: 'name', match: /[A-Za-z0-9_]+/y},
    ...more,
    {kind: 'end', match: /\$/y},
    {kind: 'end', match: /[^\n]/uy, next: 'text'},
  ]
}

const rules: Readonly<Record<Generation, Record<ReferenceState, readonly ReferenceRule[]>>> = {
  '2.2': {
    text: [dollar, {kind: 'text', match: /[^$]+/y}],
    reference: inReference('reference', [string]),
    key: [],
  },
  today: {
    // `\$` is no reference. Its backslash stays, and a single one at the very end has no rule.
    text: [{kind: 'text', match: /(?:[^$\\]+|\\[\s\S])+/y}, dollar],
    reference: inReference('key', []),
    key: [
      {...string, next: 'reference'},
      {kind: 'string', match: /[A-Za-z0-9]+/y, next: 'reference'},
    ],
  },
}
