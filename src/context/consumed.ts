// Which step takes which variable. What no step takes is for the scripts on the disc: they run again in the same boot if
// it changes (contract §5).

import type {StepName} from '../steps.ts'
import {keyVariables} from './login/keys.ts'
import {passwordVariables} from './login/password.ts'
import {sudoVariables} from './login/sudo.ts'
import {isNicVariable} from './network/nics.ts'
import {diskVariables, isShareVariable, swapVariables} from './storage/disks.ts'

/** By step, besides the variables that have a number in them. */
const consumedVariables = {
  network: [
    ...['IP_PUBLIC', 'NETMASK', 'GATEWAY', 'NETWORK', 'MAC_PREFIX', 'MAC_RULE', 'NETCFG_TYPE'],
    ...['NETCFG_NETPLAN_RENDERER', 'DNS', 'SEARCH_DOMAIN'],
  ],
  hostname: ['SET_HOSTNAME', 'HOSTNAME'],
  account: ['USERNAME', 'USERNAME_SHELL'],
  keys: keyVariables,
  password: passwordVariables,
  sudo: sudoVariables,
  'time-zone': ['TIMEZONE'],
  console: ['SECURETTY'],
  onegate: ['ONEGATE_ENDPOINT', 'ONEGATE_TOKEN', 'TOKEN'],
  disks: diskVariables,
  swap: swapVariables,
  online: ['ONLINE_WAIT'],
  'dns-name': ['DNS_HOSTNAME'],
  'user-data': ['USER_DATA', 'USERDATA', 'USER_DATA_ENCODING', 'USERDATA_ENCODING'],
  'start-script': ['START_SCRIPT', 'START_SCRIPT_BASE64', 'START_SCRIPT_ONCE'],
  scripts: ['INIT_SCRIPTS'],
  ready: [
    ...['REPORT_READY', 'VMCONTEXT_REPORT', 'READY_SCRIPT', 'READY_SCRIPT_PATH', 'READY_CA', 'READY_TIMEOUT'],
    ...['RETRY_COUNT', 'RETRY_WAIT_PERIOD'],
  ],
} satisfies Partial<Record<StepName, readonly string[]>>

const consumers = new Map<string, StepName>(
  Object.entries(consumedVariables).flatMap(([step, names]) => names.map(name => [name, step as StepName])),
)

/** The names that a step takes, besides those that have a number in them. */
export function variablesOf(step: StepName): readonly string[] {
  return (consumedVariables as Partial<Record<StepName, readonly string[]>>)[step] ?? []
}

/** Tells whether some step takes a variable. */
export function isConsumed(name: string): boolean {
  return consumerOf(name) !== undefined
}

/** The step that takes a variable; undefined if it is for scripts. */
export function consumerOf(name: string): StepName | undefined {
  return (
    consumers.get(name) ?? (isNicVariable(name) ? 'network' : isShareVariable(name) ? 'mounts' : undefined)
  )
}
