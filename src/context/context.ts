// What a context means: its variables as typed requests, with everything refused that is not what its variable
// takes. Pure. What a request does to a guest is decided in src/plan.

import {hasFailure, type Problem} from '../problem.ts'
import {forEachStep, type StepName} from '../steps.ts'
import {type OneGate, readOneGate} from './cloud/onegate.ts'
import {type ReadyRequest, readReady} from './cloud/ready.ts'
import type {Disc} from './disc.ts'
import {readDnsHostname} from './dns-name.ts'
import type {Hostname} from './hostname.ts'
import {readAccount, readHostname} from './login/account.ts'
import {type KeysByAccount, keyVariables, readKeys} from './login/keys.ts'
import {type PasswordRequest, readPassword} from './login/password.ts'
import {readSecuretty, type Securetty} from './login/securetty.ts'
import {readSudo, type SudoRequest} from './login/sudo.ts'
import {type NetworkRequest, readNetwork} from './network/network.ts'
import {readScripts} from './scripts/scripts.ts'
import {readStartScript, type StartScript} from './scripts/start-script.ts'
import {readUserData, type UserData} from './scripts/user-data.ts'
import {
  areSharesKnown,
  type GrowRequest,
  readGrowth,
  readShares,
  readUsesSwap,
  type Share,
} from './storage/disks.ts'
import {readTimeZone} from './time-zone.ts'
import type {Variables} from './variables.ts'

export type Context = NetworkRequest & {
  file: string
  variables: Variables
  /** A context of OpenNebula 2.2 to 4.0: its MACs carry addresses (contract §4, way 2). */
  isOldKind: boolean
  hostname?: Hostname | undefined
  /** The name servers are to be asked for the name: the context has none. */
  wantsDnsName: boolean
  timeZone?: string | undefined
  securetty: Securetty
  /** The account that keys and scripts are for; undefined: root. */
  username?: string | undefined
  shell?: string | undefined
  /** The account that is meant could be read. False: `username` is not there, and root is not meant. */
  accountIsKnown: boolean
  /** What the password of the account is to be; undefined: left as it is. */
  password?: PasswordRequest | undefined
  sudo: SudoRequest
  keys: KeysByAccount
  /** Every key that was meant could be read. False: keys that are not here may be wanted all the same. */
  keysAreKnown: boolean
  /** The file systems that shall fill their disks. */
  growth: readonly GrowRequest[]
  /** Swap that is found is used. */
  usesSwap: boolean
  /** Directories of the host to be mounted. */
  shares: readonly Share[]
  /** Those are all. False: one that is not here may be wanted all the same. */
  sharesAreKnown: boolean
  oneGateAccess: OneGate
  /** What the cloud is to be told in the end; undefined: nothing. */
  ready?: ReadyRequest | undefined
  /** Scripts on the disc, in order. */
  scripts: readonly string[]
  /** What a user hands to the machine at its first boot. */
  userData?: UserData | undefined
  startScript?: StartScript | undefined
}

/** What was found wrong while reading, under the step that it costs. */
export type ContextProblems = Readonly<Record<StepName, Problem[]>>

/** Nothing is wrong. */
export function noProblems(): ContextProblems {
  return forEachStep(() => [])
}

/** Reads the requests of a context. */
export function readContext(disc: Disc): {context: Context; problems: ContextProblems} {
  const problems = noProblems()
  const {file, variables} = disc
  const {isRefused, ...account} = readAccount(disc, problems.account)
  const oneGateAccess = readOneGate(disc, problems.onegate)
  const keys = isRefused ? new Map() : readKeys(disc, account.username, problems.keys)
  const context: Context = {
    file,
    variables,
    isOldKind: disc.isOldKind || standsInDoubleQuotes(variables),
    hostname: readHostname(disc, problems.hostname),
    wantsDnsName: readDnsHostname(disc),
    timeZone: readTimeZone(disc, problems['time-zone']),
    securetty: readSecuretty(disc, problems.console),
    ...account,
    accountIsKnown: !isRefused,
    password: isRefused ? undefined : readPassword(disc, problems.password),
    sudo: readSudo(disc, problems.sudo),
    ...readNetwork(disc, problems.network),
    keys,
    growth: readGrowth(disc, problems.disks),
    usesSwap: readUsesSwap(disc, problems.swap),
    shares: readShares(disc, problems.mounts),
    sharesAreKnown: areSharesKnown(disc),
    oneGateAccess,
    ready: readReady(disc, oneGateAccess, problems.ready),
    keysAreKnown: !isRefused && areKeysKnown(disc, problems.keys),
    scripts: readScripts(disc, problems.scripts),
    userData: readUserData(disc, problems['user-data']),
    startScript: readStartScript(disc, problems['start-script']),
  }
  return {context, problems}
}

/** 2.2 to 4.0 wrote every value in double quotes, since 4.2 they stand in single ones (contract §2). */
function standsInDoubleQuotes(variables: Variables): boolean {
  const quotings = [...variables.values()].map(({quoting}) => quoting)
  return quotings.includes('double') && quotings.every(quoting => quoting === 'double' || quoting === 'none')
}

/** No key variable was dropped, no named file missing, no line refused, and nothing stands below what was not read. */
function areKeysKnown({dropped, isComplete, lacksFiles}: Disc, problems: readonly Problem[]): boolean {
  if (!isComplete || lacksFiles || keyVariables.some(name => dropped.has(name))) return false
  return !hasFailure(problems)
}
