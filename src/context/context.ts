// What a context means: its variables as typed requests, with everything refused that is not what its variable
// takes. Pure. What a request does to a guest is decided in src/plan.

import {type Problem, weighProblem} from '../problem.ts'
import {forEachStep, type StepName} from '../steps.ts'
import {readAccount, readHostname} from './account.ts'
import type {Disc} from './disc.ts'
import type {Hostname} from './hostname.ts'
import {type KeysByAccount, readKeys} from './keys.ts'
import {type NetworkRequest, readNetwork} from './network.ts'
import {isNicVariable} from './nics.ts'
import {readScripts} from './scripts.ts'
import type {Variables} from './variables.ts'

export type Context = NetworkRequest & {
  file: string
  variables: Variables
  /** A context of OpenNebula 2.2 to 4.0: its MACs carry addresses (contract §4, way 2). */
  isOldKind: boolean
  hostname?: Hostname | undefined
  /** The account that keys and scripts are for; undefined: root. */
  username?: string | undefined
  shell?: string | undefined
  keys: KeysByAccount
  /** Every key that was meant could be read. False: keys that are not here may be wanted all the same. */
  keysAreKnown: boolean
  /** Scripts on the disc, in order. */
  scripts: readonly string[]
}

/** What was found wrong while reading, under the step that it costs. */
export type ContextProblems = Readonly<Record<StepName, Problem[]>>

/** Nothing is wrong. */
export function noProblems(): ContextProblems {
  return forEachStep(() => [])
}

/** The variables that each step takes, besides those of NICs; those nobody takes are for the scripts on the disc. */
const consumedVariables = {
  network: [
    ...['IP_PUBLIC', 'NETMASK', 'GATEWAY', 'NETWORK', 'MAC_PREFIX', 'MAC_RULE', 'NETCFG_TYPE'],
    ...['NETCFG_NETPLAN_RENDERER', 'DNS', 'SEARCH_DOMAIN'],
  ],
  hostname: ['SET_HOSTNAME', 'HOSTNAME'],
  account: ['USERNAME', 'USERNAME_SHELL'],
  keys: ['SSH_PUBLIC_KEY', 'EC2_PUBLIC_KEY', 'SSH_KEY', 'USER_PUBKEY', 'ROOT_PUBKEY'],
} satisfies Partial<Record<StepName, readonly string[]>>

const consumed = new Set<string>(Object.values(consumedVariables).flat())

/** Tells whether some step other than the scripts takes a variable. */
export function isConsumed(name: string): boolean {
  return consumed.has(name) || isNicVariable(name)
}

/** Reads the requests of a context. */
export function readContext(disc: Disc): {context: Context; problems: ContextProblems} {
  const problems = noProblems()
  const {file, variables} = disc
  const {isRefused, ...account} = readAccount(disc, problems.account)
  const keys = isRefused ? new Map() : readKeys(disc, account.username, problems.keys)
  const context: Context = {
    file,
    variables,
    isOldKind: disc.isOldKind || standsInDoubleQuotes(variables),
    hostname: readHostname(disc, problems.hostname),
    ...account,
    ...readNetwork(disc, problems.network),
    keys,
    keysAreKnown: !isRefused && areKeysKnown(disc, problems.keys),
    scripts: readScripts(disc, problems.scripts),
  }
  return {context, problems}
}

/** 2.2 to 4.0 wrote every value in double quotes, since 4.2 they stand in single ones (contract §2). */
function standsInDoubleQuotes(variables: Variables): boolean {
  const quotings = [...variables.values()].map(({quoting}) => quoting)
  return quotings.includes('double') && quotings.every(quoting => quoting === 'double' || quoting === 'none')
}

/** No key variable was dropped, no named file missing, no line refused, and nothing stands below what was not read. */
function areKeysKnown({dropped, isComplete}: Disc, problems: readonly Problem[]): boolean {
  if (!isComplete || consumedVariables.keys.some(name => dropped.has(name))) return false
  return problems.every(problem => weighProblem(problem) !== 'failure')
}
