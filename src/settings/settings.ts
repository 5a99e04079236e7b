// What the owner of the image decides: /etc/vmcontext.conf, the kernel command line, options of the command.

import {parseHostAddress, parseMask} from '../context/network/ipv4.ts'
import {defaultMacPrefix, type MacPrefix, parseMacPrefix} from '../context/network/mac-address.ts'
import {type NetplanRenderer, parseRenderer} from '../context/network/network.ts'
import type {Assignment} from '../context/shell.ts'
import {
  indexVariables,
  pickVariable,
  readPlainValue,
  splitNames,
  type Variables,
} from '../context/variables.ts'
import type {Place, Problem} from '../problem.ts'
import {type StepName, stepNames} from '../steps.ts'

export type MacRule = 'auto' | 'always' | 'never'

export type Settings = {
  /** False after `vmcontext=off` on the kernel command line. */
  enabled: boolean
  macPrefix: MacPrefix
  /** `auto`: where no context of today speaks (contract §4). */
  macRule: MacRule
  /** Prefix length of addresses from MACs. */
  macNetmask: number
  /** Gateway of the first NIC; undefined: `a.b.c.1`. */
  gateway?: string | undefined
  /** Device of the context disc by its kernel name, e.g. `sdc`. */
  target?: string | undefined
  mountPoint: string
  /** Forces who spells the network; undefined: whoever is in charge. */
  networkType?: string | undefined
  /** Who carries out what netplan reads; undefined: whoever is there. */
  netplanRenderer?: NetplanRenderer | undefined
  scriptTimeoutMs: number
  /** A file with certificates of authorities that vouch for OneGate, besides the guest's own. */
  readyAuthorityFile?: string | undefined
  /** For one attempt to reach OneGate. */
  readyTimeoutMs: number
  contextWaitMs: number
  /** True if CONTEXT_WAIT was set: then even an empty drive is waited for. */
  contextWaitGiven: boolean
  nicWaitMs: number
  /** How long the final stage waits for the network, where the context needs it. */
  onlineWaitMs: number
  stepsOff: ReadonlySet<StepName>
}

/** One place that says something about settings; `file` is its name in messages. */
export type SettingsLayer = {file?: string | undefined; variables: Variables}

const defaults = {
  mountPoint: '/mnt',
  scriptTimeoutMs: 600_000,
  readyTimeoutMs: 30_000,
  contextWaitMs: 5_000,
  nicWaitMs: 5_000,
  onlineWaitMs: 60_000,
  macNetmask: 24,
} as const

/**
 * Settles what holds. `owner` are the layers of whoever owns the image, strongest first; the context is asked last
 * (contract §7). Of NETMASK, GATEWAY and NETCFG_TYPE only the owner's are settled here: those of a context say what
 * its first NIC gets and stand above these.
 *
 * A setting that cannot be understood is reported and the default holds, never a weaker layer: its owner meant to
 * change it.
 */
export function settle(
  owner: readonly SettingsLayer[],
  context: SettingsLayer | undefined,
  problems: Problem[],
): Settings {
  const of = createReader(owner, problems)
  const any = createReader(context === undefined ? owner : [...owner, context], problems)
  return {
    enabled: of('VMCONTEXT', parseSwitch, '`on` or `off`') ?? true,
    macPrefix: any('MAC_PREFIX', parseMacPrefix, 'two bytes such as 02:00, or `any`') ?? defaultMacPrefix,
    macRule: any('MAC_RULE', parseMacRule, '`auto`, `always` or `never`') ?? 'auto',
    macNetmask: of('NETMASK', parseMask, 'a mask such as 255.255.255.0 or 24') ?? defaults.macNetmask,
    gateway: of('GATEWAY', parseHostAddress, 'an address that a gateway can have'),
    target: of('TARGET', parseDevice, 'a device name such as sdc'),
    mountPoint: of('MOUNT_POINT', parsePath, 'an absolute path') ?? defaults.mountPoint,
    networkType: of('NETCFG_TYPE', value => value.toLowerCase(), 'a name'),
    netplanRenderer: of('NETCFG_NETPLAN_RENDERER', parseRenderer, '`networkd` or `NetworkManager`'),
    scriptTimeoutMs:
      any('SCRIPT_TIMEOUT', parseTimeout, 'a number of seconds above 0') ?? defaults.scriptTimeoutMs,
    readyAuthorityFile: any('READY_CA', parsePath, 'an absolute path'),
    readyTimeoutMs:
      any('READY_TIMEOUT', parseTimeout, 'a number of seconds above 0') ?? defaults.readyTimeoutMs,
    contextWaitMs: of('CONTEXT_WAIT', parseSeconds, 'a number of seconds') ?? defaults.contextWaitMs,
    contextWaitGiven: owner.some(layer => pickVariable(layer.variables, 'CONTEXT_WAIT') !== undefined),
    nicWaitMs: any('NIC_WAIT', parseSeconds, 'a number of seconds') ?? defaults.nicWaitMs,
    onlineWaitMs: any('ONLINE_WAIT', parseSeconds, 'a number of seconds') ?? defaults.onlineWaitMs,
    stepsOff: settleSteps(any, problems),
  }
}

/** Every name that vmcontext.conf understands. */
export const settingNames: readonly string[] = [
  'VMCONTEXT',
  'MAC_PREFIX',
  'MAC_RULE',
  'NETMASK',
  'GATEWAY',
  'TARGET',
  'MOUNT_POINT',
  'NETCFG_TYPE',
  'NETCFG_NETPLAN_RENDERER',
  'SCRIPT_TIMEOUT',
  'READY_CA',
  'READY_TIMEOUT',
  'CONTEXT_WAIT',
  'NIC_WAIT',
  'ONLINE_WAIT',
  'STEPS_OFF',
]

/** Names the settings of a layer that mean nothing: most often they are misspelt. */
export function findUnknownSettings(layer: SettingsLayer): Problem[] {
  const unknown = [...layer.variables.values()].filter(variable => !settingNames.includes(variable.name))
  return unknown.map(({name, line}) => ({
    code: 'value-ignored',
    file: layer.file,
    line,
    key: name,
    message: 'there is no such setting',
    cure: suggestSetting(name),
  }))
}

/** Most misspellings are in the second half of a name. */
function suggestSetting(name: string): string {
  const near = settingNames.find(known => known.slice(0, 5) === name.slice(0, 5))
  return near === undefined ? 'vmcontext.conf(5) lists them' : `did you mean ${near}?`
}

/** Reads what the kernel was started with: `vmcontext.KEY=value` and `vmcontext=off` (bootparam(7) quoting). */
export function parseKernelCommandLine(text: string): Variables {
  const words = text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []
  const assignments = words.flatMap(word => {
    const match = /^vmcontext(?:\.([A-Za-z0-9_]+))?=(.*)$/s.exec(word.replaceAll('"', ''))
    return match === null ? [] : [assign(match[1] ?? 'VMCONTEXT', match[2]!)]
  })
  return indexVariables(assignments)
}

/** Reads `KEY=VALUE` as given with `--set`; undefined if it is no assignment. */
export function parseOverride(text: string): Assignment | undefined {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text)
  return match === null ? undefined : assign(match[1]!, match[2]!)
}

function assign(name: string, value: string): Assignment {
  return {name: name.toUpperCase(), written: name, value, line: 1, quoting: 'none'}
}

type Reader = ReturnType<typeof createReader>

function createReader(layers: readonly SettingsLayer[], problems: Problem[]) {
  return <T>(
    key: string,
    parse: (value: string, place: Place) => T | undefined,
    expected: string,
  ): T | undefined => {
    const layer = layers.find(({variables}) => pickVariable(variables, key) !== undefined)
    const variable = layer && pickVariable(layer.variables, key)
    if (variable === undefined) return undefined
    const value = readPlainValue(variable)
    const place = {file: layer?.file, line: variable.line, key}
    const parsed = value === undefined ? undefined : parse(value, place)
    if (parsed === undefined) {
      const message = `this is not ${expected}, so the default holds`
      problems.push({code: 'value-ignored', ...place, message})
    }
    return parsed
  }
}

function parseSwitch(value: string): boolean | undefined {
  if (/^(off|no|0|false)$/i.test(value)) return false
  return /^(on|yes|1|true)$/i.test(value) ? true : undefined
}

function parseMacRule(value: string): MacRule | undefined {
  const rule = value.toLowerCase()
  return rule === 'auto' || rule === 'always' || rule === 'never' ? rule : undefined
}

function parseSeconds(value: string): number | undefined {
  return /^\d{1,5}(\.\d+)?$/.test(value) ? Math.round(Number(value) * 1000) : undefined
}

/** Without any time nothing would be done at all, which STEPS_OFF says better. */
function parseTimeout(value: string): number | undefined {
  return parseSeconds(value) || undefined
}

function parseDevice(value: string): string | undefined {
  const name = value.replace(/^\/dev\//, '')
  return /^[A-Za-z0-9][A-Za-z0-9._!-]*$/.test(name) ? name : undefined
}

function parsePath(value: string): string | undefined {
  return /^\/[^\0]*$/.test(value) && !value.split('/').includes('..')
    ? value.replace(/(?<=.)\/+$/, '')
    : undefined
}

/** Of a list the names that are steps hold; the others are named. */
function settleSteps(read: Reader, problems: Problem[]): ReadonlySet<StepName> {
  const isStep = (name: string): name is StepName => (stepNames as readonly string[]).includes(name)
  const parse = (value: string, place: Place) => {
    const names = splitNames(value.toLowerCase())
    const unknown = names.filter(name => !isStep(name))
    if (unknown.length > 0) {
      const message = `${unknown.map(name => JSON.stringify(name)).join(', ')} is no step`
      const cure = `the steps are ${stepNames.join(' ')}`
      problems.push({code: 'value-ignored', ...place, message, cure})
    }
    return new Set(names.filter(isStep))
  }
  return read('STEPS_OFF', parse, 'a list') ?? new Set()
}
