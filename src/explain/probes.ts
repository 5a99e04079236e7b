// The changes that are tried to find out what something depends on: each variable and setting is taken away once, and
// once given another value; a card gets another MAC; and where nobody said anything, somebody says something.

import {consumerOf} from '../context/consumed.ts'
import {parseMask} from '../context/network/ipv4.ts'
import {parseMac} from '../context/network/mac-address.ts'
import type {Assignment} from '../context/shell.ts'
import {isBlank, pickVariable, type Variables} from '../context/variables.ts'
import {showValue} from '../image/disc/shown-values.ts'
import type {Prepared} from '../prepare.ts'
import {type SettingsLayer, settingNames} from '../settings/settings.ts'
import {nicDefaults, ruleFor, settingDefaults} from './defaults.ts'
import type {Origin} from './explanation.ts'
import type {Supposition} from './suppose.ts'

/** Something that may be a cause. `changes` are tried in order: the first tells whether it matters at all. */
export type Probe = {origin: Origin; changes: readonly Supposition[]}

/** Probes for the variables of the context that a step takes, as far as they are `wanted`. */
export function probeVariables({disc}: Prepared, wanted: (name: string) => boolean): Probe[] {
  const variables = disc?.variables ?? new Map<string, Assignment>()
  const candidates = [...variables.values()].filter(
    each => !isBlank(each) && consumerOf(each.name) !== undefined && wanted(each.name),
  )
  return candidates.map(variable => ({
    origin: describeVariable(variable, disc?.file),
    changes: [
      {variables: without(variables, variable.name)},
      {variables: withValue(variables, {...variable, value: disturb(variable.value)})},
      ...otherPrefix(variables, variable),
      ...otherMethod(variables, variable),
    ],
  }))
}

/** A prefix may stand behind the address. */
function otherPrefix(variables: Variables, variable: Assignment): Supposition[] {
  const [, address, length] = /^([^/]+)\/(\d+)$/.exec(variable.value) ?? []
  if (address === undefined) return []
  return [{variables: withValue(variables, {...variable, value: `${address}/${length === '15' ? 14 : 15}`})}]
}

/** A card that has its address of its method alone would lose all of it: it gets one instead. */
function otherMethod(variables: Variables, {name}: Assignment): Supposition[] {
  const label = /^(?:ETH|PCI)\d+_(?=METHOD$)/.exec(name)?.[0]
  if (label === undefined || pickVariable(variables, `${label}IP`) !== undefined) return []
  const address = withValue(without(variables, name), assign(`${label}IP`, '192.0.2.2'))
  return [{variables: address}]
}

/** Probes for what the image's owner has set. */
export function probeSettings({layers}: Prepared): Probe[] {
  return layers.flatMap(layer =>
    [...layer.variables.values()]
      .filter(({name}) => settingNames.includes(name))
      .map(setting => ({
        origin: describeSetting(setting, layer),
        changes: [
          {layers: replaceLayer(layers, layer, without(layer.variables, setting.name))},
          {
            layers: replaceLayer(
              layers,
              layer,
              withValue(layer.variables, {...setting, value: disturb(setting.value)}),
            ),
          },
        ],
      })),
  )
}

/** Probes for the MACs of the cards, or of one. */
export function probeMacs({facts: {links}, disc}: Prepared, device?: string): Probe[] {
  const probed = links.filter(({name}) => device === undefined || name === device)
  return probed.map(link => {
    const mac = disturbMac(link.mac)
    const changed = {links: links.map(other => (other === link ? {...link, mac} : other))}
    // Where the context names the MAC it shall go on naming this card: what stands there for the MAC itself is seen.
    const renamed = disc && {...changed, variables: replaceValues(disc.variables, link.mac, mac)}
    const absent = {links: links.filter(other => other !== link)}
    return {
      origin: {kind: 'mac', name: link.name, value: link.mac},
      changes: [absent, changed, ...(renamed === undefined ? [] : [renamed])],
    }
  })
}

/** Probes for what holds because nobody says otherwise. */
export function probeDefaults({disc, layers, context}: Prepared): Probe[] {
  const settings = settingDefaults.map(({name, rule, probe}): Probe => {
    const others = layers.map(layer => ({...layer, variables: without(layer.variables, name)}))
    const layer = {file: '', variables: new Map([[name, assign(name, probe)]])}
    return {origin: {kind: 'default', name, rule}, changes: [{layers: [...others, layer]}]}
  })
  if (disc === undefined || context === undefined) return settings
  const pick = (label: string, ends: readonly string[]) =>
    pickVariable(disc.variables, ...ends.map(end => label + end))
  const labels = context.nics.flatMap(({label}) => [`${label}_`, ...aliasesOf(disc.variables, label)])
  // A prefix behind an address leaves no room for a default.
  const ofNics = labels.flatMap(label =>
    nicDefaults
      .filter(
        ({suffix, beside}) => !pick(label, [suffix]) && pick(label, beside)?.value.includes('/') === false,
      )
      .map((each): Probe => {
        const name = label + each.suffix
        const variables = withValue(disc.variables, assign(name, each.probe))
        return {origin: {kind: 'default', name, rule: ruleFor(each, name)}, changes: [{variables}]}
      }),
  )
  return [...settings, ...ofNics]
}

/** Names a variable of the context and shows what may be shown of it. */
export function describeVariable(variable: Assignment, file: string | undefined): Origin {
  return {kind: 'variable', name: variable.name, file, line: variable.line, value: showValue(variable, 60)}
}

/** Names a setting; options have no line. */
export function describeSetting({name, line, value}: Assignment, {file}: SettingsLayer): Origin {
  const isFile = file?.endsWith('.conf') === true
  return {kind: 'setting', name, file, line: isFile ? line : undefined, value}
}

/** The variables but for some. */
export function without(variables: Variables, ...names: readonly string[]): Variables {
  return new Map([...variables].filter(([name]) => !names.includes(name)))
}

function withValue(variables: Variables, variable: Assignment): Variables {
  return new Map([...variables, [variable.name, variable]])
}

function replaceValues(variables: Variables, from: string, to: string): Variables {
  return new Map(
    [...variables].map(([name, each]) => {
      const isIt = /_MAC$/.test(name) && parseMac(each.value) === from
      return [name, isIt ? {...each, value: to} : each]
    }),
  )
}

function assign(name: string, value: string): Assignment {
  return {name, written: name, value, line: 0, quoting: 'single'}
}

function replaceLayer(
  layers: readonly SettingsLayer[],
  layer: SettingsLayer,
  variables: Variables,
): readonly SettingsLayer[] {
  return layers.map(other => (other === layer ? {...layer, variables} : other))
}

function aliasesOf(variables: Variables, label: string): string[] {
  const found = [...variables.keys()].flatMap(
    name => new RegExp(`^${label}_ALIAS\\d+_`).exec(name)?.slice(0, 1) ?? [],
  )
  return [...new Set(found)]
}

/**
 * Another value of the same look: its last letter or digit, before the length of a prefix, becomes another one. Of a
 * mask that would leave no mask, and what costs the whole address explains nothing.
 */
export function disturb(value: string): string {
  if (isMask(value)) return parseMask(value) === parseMask(otherMask) ? '255.255.255.0' : otherMask
  const [head = '', ...tail] = value.split('/')
  const changed = head.replace(/[0-9a-z](?=[^0-9a-z]*$)/i, last => (last === '2' ? '3' : '2'))
  return [changed, ...tail].join('/')
}

/** Plain numbers are of anything. */
function isMask(value: string): boolean {
  return /^255\.|^\//.test(value) && parseMask(value) !== undefined
}

/** Hardly any address is that of its network or of all there. */
const otherMask = '255.254.0.0'

/** Not 0 or 255, which would be no address of a host. */
function disturbMac(mac: string): string {
  return mac.endsWith('07') ? `${mac.slice(0, -2)}08` : `${mac.slice(0, -2)}07`
}
