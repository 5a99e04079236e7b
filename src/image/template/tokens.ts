// The tokens of a template, as OpenNebula's scanner knows them (src/template/template_parser.l of release-2.2-rc1,
// src/parsers/template_parser.l of release-7.0.2).

import type {Generation} from './generation.ts'
import {type Rule, type Scan, scan} from './scan.ts'

export type TemplateTokenKind =
  | 'variable'
  | 'equal'
  | 'equal-empty'
  | 'comma'
  | 'open'
  | 'close'
  | 'quoted'
  | 'bare'
  | 'cdata'
export type TemplateState = 'names' | 'value'
type TemplateRule = Rule<TemplateState, TemplateTokenKind>

/** With more outside of its values a text is no template. Nothing behind that counts, so that nothing is cut there. */
export const mostDropped = 100

/** Cuts a template into tokens. */
export function scanTemplate(text: string, generation: Generation): Scan<TemplateState, TemplateTokenKind> {
  const value = generation === '2.2' ? oldValueRules : [open, makeCdataRule(text), quotedRule(0), bare]
  return scan(text, {names: nameRules, value}, 'names', mostDropped)
}

const nameRules: readonly TemplateRule[] = [
  {kind: undefined, match: /[ \t]*#[^\n]*\n/y},
  {kind: undefined, match: /[ \t\n]+/y},
  {kind: 'variable', match: /[A-Za-z0-9_]+/y},
  {kind: 'equal', match: /[ \t]*=[ \t]*/y, next: 'value'},
  {kind: 'equal-empty', match: /[ \t]*=[ \t]*\n/y},
  {kind: 'comma', match: /[ \t\n]*,[ \t\n]*/y},
  {kind: 'close', match: /[ \t\n]*\][ \t\n]*/y},
]

const open: TemplateRule = {kind: 'open', match: /[ \t]*\[[ \t\n]*/y, next: 'names'}
const bare: TemplateRule = {kind: 'bare', match: /[^=#\t \n,[\]]+/y, next: 'names'}

/** 2.2 wants at least one character between the quotes: its `""` is a bare word of two quotes. */
const oldValueRules: readonly TemplateRule[] = [open, quotedRule(1), bare]

function quotedRule(leastLength: number): TemplateRule {
  return {kind: 'quoted', match: (text, at) => findQuoteEnd(text, at, leastLength), next: 'names'}
}

/** All of a line that has `]]>` in it. Where the next one is, is kept: a line may have thousands of values. */
function makeCdataRule(text: string): TemplateRule {
  const findSign = makeFinder(text, ']]>')
  const findEnd = makeFinder(text, '\n')
  const match = (_: string, at: number) => (findSign(at) < findEnd(at) ? findEnd(at) : undefined)
  return {kind: 'cdata', match, next: 'names'}
}

/** Returns a function that tells where something stands next; it may not be asked for an earlier place again. */
function makeFinder(text: string, what: string): (at: number) => number {
  let found = -1
  return at => {
    if (found < at) {
      const next = text.indexOf(what, at)
      found = next === -1 ? text.length : next
    }
    return found
  }
}

/**
 * The end of a quoted value that begins at an offset. A backslash is a character like any other but in front of a
 * quote; if no other quote closes the value, the last one behind a backslash does, for flex takes what it can get.
 */
export function findQuoteEnd(text: string, at: number, leastLength: number): number | undefined {
  if (text[at] !== '"') return undefined
  let fallback: number | undefined
  for (let offset = at + 1; offset < text.length; offset += 1) {
    if (text[offset] !== '"') continue
    if (offset - at - 1 < leastLength) return undefined
    if (text[offset - 1] !== '\\') return offset + 1
    fallback = offset + 1
  }
  return fallback
}
