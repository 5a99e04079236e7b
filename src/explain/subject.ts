// What somebody asks about, found out from one or two words.

import {posix} from 'node:path'
import {variablesOf} from '../context/consumed.ts'
import {parseMac} from '../context/network/mac-address.ts'
import {isNicVariable, type NicRequest} from '../context/network/nics.ts'
import type {Link} from '../facts/network/links.ts'
import type {Prepared} from '../prepare.ts'
import {settingNames} from '../settings/settings.ts'
import {type StepName, stepNames} from '../steps.ts'
import {isOfFile} from './file.ts'
import {findNearest} from './nearest.ts'
import {findMatches} from './nic.ts'

export type Subject =
  | {kind: 'link'; link: Link}
  | {kind: 'missing'; request: NicRequest}
  | {kind: 'variable'; name: string}
  | {kind: 'file'; path: string}
  | {kind: 'step'; name: StepName}

/** Words that stand before a subject to say what it is. */
export const subjectKinds = ['nic', 'variable', 'file', 'step'] as const
export type AskedKind = (typeof subjectKinds)[number]

/**
 * Finds what a word may mean, the likeliest first: a card by its name as the kernel spells it; a step in small letters;
 * a card by its MAC or as the context calls it; a file; a variable.
 */
export function findSubjects(word: string, prepared: Prepared, kind?: AskedKind): Subject[] {
  const finders: Record<AskedKind, () => Subject[]> = {
    nic: () => findCards(word, prepared),
    step: () => findSteps(word),
    file: () => findFiles(word, prepared),
    variable: () => findVariables(word, prepared),
  }
  if (kind !== undefined) return finders[kind]()
  const isStep = (stepNames as readonly string[]).includes(word)
  const order: readonly AskedKind[] = isStep
    ? ['nic', 'step', 'file', 'variable']
    : ['nic', 'file', 'variable', 'step']
  return order.flatMap(each => finders[each]())
}

/** Names what a word that means nothing was perhaps meant to be. */
export function suggest(word: string, prepared: Prepared): string[] {
  return findNearest(word, listNames(prepared))
}

/** Everything that can be asked about here. */
export function listNames({facts, context, disc, manifest, plan}: Prepared): string[] {
  return [
    ...facts.links.map(({name}) => name),
    ...(context?.nics.map(({label}) => label) ?? []),
    ...stepNames,
    ...(disc?.variables.keys() ?? []),
    ...settingNames,
    ...stepNames.flatMap(variablesOf),
    ...Object.keys(manifest.files),
    ...listPlannedFiles(plan),
  ]
}

function listPlannedFiles({steps}: Prepared['plan']): string[] {
  return steps.flatMap(({actions}) => actions).flatMap(action => (isOfFile(action) ? [action.path] : []))
}

function findCards(word: string, prepared: Prepared): Subject[] {
  const {facts, context} = prepared
  const mac = parseMac(word)
  const links = facts.links.filter(link => link.name === word || link.mac === mac)
  const label = /^\d+$/.test(word) ? `ETH${word}` : word.toUpperCase()
  const request = context?.nics.find(each => each.label === label || (mac !== undefined && each.mac === mac))
  const match = findMatches(prepared).find(each => each.request === request)
  const called: Subject[] =
    request === undefined
      ? []
      : match === undefined
        ? [{kind: 'missing', request}]
        : [{kind: 'link', link: match.link}]
  const all: Subject[] = [...links.map((link): Subject => ({kind: 'link', link})), ...called]
  // eth0 of the kernel may be ETH1 of the context: then the word, in its own letters, decides which comes first.
  const ordered = /^[A-Z]/.test(word) && called.length > 0 ? [...called, ...all] : all
  return ordered.filter((each, index) => ordered.findIndex(other => isSame(other, each)) === index)
}

function isSame(one: Subject, other: Subject): boolean {
  return one.kind === 'link' && other.kind === 'link' ? one.link === other.link : one === other
}

function findSteps(word: string): Subject[] {
  const name = stepNames.find(each => each === word.toLowerCase())
  return name === undefined ? [] : [{kind: 'step', name}]
}

function findFiles(word: string, {manifest, plan}: Prepared): Subject[] {
  if (word.startsWith('/')) return [{kind: 'file', path: posix.resolve(word)}]
  const paths = [...new Set([...Object.keys(manifest.files), ...listPlannedFiles(plan)])]
  return paths.filter(path => path.endsWith(`/${word}`)).map(path => ({kind: 'file', path}))
}

/** Set somewhere, or one that could be. */
function findVariables(word: string, {disc, layers}: Prepared): Subject[] {
  const name = word.toUpperCase()
  const isSet =
    disc?.variables.has(name) || disc?.dropped.has(name) || layers.some(each => each.variables.has(name))
  const isKnown = settingNames.includes(name) || stepNames.some(step => variablesOf(step).includes(name))
  const isNicName = isNicVariable(name) && nicEnds.test(name)
  return isSet || isKnown || isNicName || name === 'VMID' ? [{kind: 'variable', name}] : []
}

/** What may stand behind ETHx_ and PCIx_ (contract §4). */
const nicEnds =
  /^(ETH|PCI)\d+_(ALIAS\d+_)?(MAC|IP|MASK|GATEWAY|METRIC|METHOD|IP6|IPV6|IP6_\w+|GATEWAY6|ROUTES|MTU|VLAN_ID|DNS|SEARCH_DOMAIN|EXTERNAL|DETACH|ADDRESS)$/
