// What a context means: its variables as typed requests, with everything refused that is not what its variable
// takes. Pure. What a request does to a guest is decided in src/plan.

import {type Problem, weighProblem} from '../problem.ts'
import {readAccount, readHostname} from './account.ts'
import type {Disc} from './disc.ts'
import {type FirstNicRequest, readFirstNic} from './first-nic.ts'
import type {Hostname} from './hostname.ts'
import {type KeysByAccount, readKeys} from './keys.ts'
import {readScripts} from './scripts.ts'
import {isYes, pickVariable, type Variables} from './variables.ts'

export type Context = {
  file: string
  variables: Variables
  /** A context of OpenNebula 2.2 to 4.0: its MACs carry addresses (contract §4, way 2). */
  isOldKind: boolean
  /** It describes NICs itself (contract §4, way 1). */
  describesNics: boolean
  /** NETWORK=NO: the network is not to be touched. */
  freezesNetwork: boolean
  /** NETCFG_TYPE: who writes the network. */
  networkType?: string | undefined
  hostname?: Hostname | undefined
  /** The account that keys and scripts are for; undefined: root. */
  username?: string | undefined
  shell?: string | undefined
  firstNic: FirstNicRequest
  keys: KeysByAccount
  /** Every key that was meant could be read. False: keys that are not here may be wanted all the same. */
  keysAreKnown: boolean
  /** Scripts on the disc, in order. */
  scripts: readonly string[]
}

/** What was found wrong while reading, under the step that it costs. */
export type ContextProblems = {
  network: Problem[]
  hostname: Problem[]
  account: Problem[]
  keys: Problem[]
  scripts: Problem[]
}

/** The variables that each step takes; those nobody takes are for scripts. */
export const consumedVariables = {
  network: ['IP_PUBLIC', 'NETMASK', 'GATEWAY', 'NETWORK', 'MAC_PREFIX', 'MAC_RULE', 'NETCFG_TYPE'],
  hostname: ['SET_HOSTNAME', 'HOSTNAME'],
  account: ['USERNAME', 'USERNAME_SHELL'],
  keys: ['SSH_PUBLIC_KEY', 'EC2_PUBLIC_KEY', 'SSH_KEY', 'USER_PUBKEY', 'ROOT_PUBKEY'],
} as const

/** Reads the requests of a context. */
export function readContext(disc: Disc): {context: Context; problems: ContextProblems} {
  const problems: ContextProblems = {network: [], hostname: [], account: [], keys: [], scripts: []}
  const {file, variables} = disc
  const {isRefused, ...account} = readAccount(disc, problems.account)
  const keys = isRefused ? new Map() : readKeys(disc, account.username, problems.keys)
  const context: Context = {
    file,
    variables,
    isOldKind: disc.isOldKind || standsInDoubleQuotes(variables),
    describesNics: describesNics(variables),
    freezesNetwork: /^(no|false|0|n)$/i.test(variables.get('NETWORK')?.value.trim() ?? ''),
    networkType: pickVariable(variables, 'NETCFG_TYPE')?.value,
    hostname: readHostname(disc, problems.hostname),
    ...account,
    firstNic: readFirstNic(disc, problems.network),
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

function describesNics(variables: Variables): boolean {
  const network = variables.get('NETWORK')
  if (network !== undefined && isYes(network.value)) return true
  return [...variables.values()].some(
    ({name, value}) => value !== '' && /^(ETH\d+_.|PCI\d+_ADDRESS$)/.test(name),
  )
}

/** No key variable was dropped, no named file missing, no line refused, and nothing stands below what was not read. */
function areKeysKnown({dropped, isComplete}: Disc, problems: readonly Problem[]): boolean {
  if (!isComplete || consumedVariables.keys.some(name => dropped.has(name))) return false
  return problems.every(problem => weighProblem(problem) !== 'failure')
}
