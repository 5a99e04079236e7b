// In what two worlds differ, in lines for a person.

import {diffArrays} from 'diff'
import type {Action, Step} from '../action.ts'
import type {Nic, NicOrigin} from '../network/model.ts'
import {count, idleWords} from '../report/lines.ts'
import {Secret} from '../secret.ts'
import {listNicValues, type NicValue} from './nic-values.ts'
import type {World} from './suppose.ts'
import {hideSecrets} from './words.ts'

/** Texts that are the same exactly where worlds are. They hold secrets: for comparing only. */
export function fingerprint({plan, settings}: World): string {
  const own = {...settings, stepsOff: [...settings.stepsOff]}
  return JSON.stringify([plan.network, plan.steps.map(fingerprintStep), own])
}

/** Tells what `world` has and `other` has not, card by card, step by step, file by file. */
export function describeDifferences(world: World, other: World): string[] {
  return [
    ...describeNics(world, other),
    ...describeSteps(world, other),
    ...describeFiles(world, other),
    ...describeSettings(world, other),
  ]
}

function fingerprintStep({name, summary, actions, idle}: Step): unknown {
  return [name, summary, idle, actions.map(fingerprintAction)]
}

/** Scripts see every variable: that they see one variable less is no difference in what is done. */
function fingerprintAction(action: Action): string {
  return JSON.stringify(action, function (key, value) {
    const original = (this as Record<string, unknown>)[key]
    if (original instanceof Secret) return original.reveal()
    return key === 'environment' ? undefined : value
  })
}

function describeNics({plan}: World, {plan: other}: World): string[] {
  return plan.network.nics.flatMap(nic => {
    const counterpart = other.network.nics.find(({device}) => device === nic.device)
    if (counterpart === undefined) return [`${nic.device} gets what it gets; without it: nothing`]
    return [
      ...describeOrigins(nic, counterpart),
      ...compareValues(listNicValues(nic), listNicValues(counterpart)).map(each => `${nic.device}, ${each}`),
    ]
  })
}

/** Of what there may be several of, what is there now stands beside what would be in its place. */
function compareValues(values: readonly NicValue[], others: readonly NicValue[]): string[] {
  const [gone, come] = [takeOut(values, others), takeOut(others, values)]
  return [...new Set([...gone, ...come].map(({name}) => name))].flatMap(name => {
    const [now, instead] = [gone, come].map(all => all.filter(each => each.name === name))
    return Array.from({length: Math.max(now!.length, instead!.length)}, (_, index) => {
      const [one, other] = [now, instead].map(all => all![index]?.value ?? 'none')
      return `${name}: ${one}; without it: ${other}`
    })
  })
}

/** The values but for those that stand among others, each of which counts once. */
function takeOut(values: readonly NicValue[], others: readonly NicValue[]): NicValue[] {
  const left = [...others]
  return values.filter(({name, value}) => {
    const index = left.findIndex(each => each.name === name && each.value === value)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}

/** The same address may come by another way. */
function describeOrigins({device, origin}: Nic, {origin: other}: Nic): string[] {
  return origin === other ? [] : [`${device}, way: ${originWords[origin]}; without it: ${originWords[other]}`]
}

const originWords: Readonly<Record<NicOrigin, string>> = {
  context: 'the context describes it',
  'mac-rule': 'its MAC carries its address',
  'ip-public': 'IP_PUBLIC gives the first card its address',
}

function describeSteps({plan}: World, {plan: other}: World): string[] {
  return plan.steps.flatMap(step => {
    const counterpart = other.steps.find(({name}) => name === step.name)
    if (step.name === 'network' || counterpart === undefined) return []
    if (JSON.stringify(fingerprintStep(step)) === JSON.stringify(fingerprintStep(counterpart))) return []
    const [now, instead] = [describeStep(step), describeStep(counterpart)]
    return [
      `step ${step.name}: ${now}; without it: ${now === instead ? 'the same of other content' : instead}`,
    ]
  })
}

function describeStep({summary, idle, actions}: Step): string {
  if (idle !== undefined) return idleWords[idle]
  return summary || (actions.length === 0 ? 'nothing to do' : 'something to do')
}

const lineLimit = 12

/** Lines that are there because of it, and those that would stand there instead. */
function describeFiles(world: World, other: World): string[] {
  const [now, instead] = [contentsOf(world), contentsOf(other)]
  return [...new Set([...now.keys(), ...instead.keys()])].flatMap(path => {
    const [one, two] = [now, instead].map(each => (each.get(path) ?? original(world, path)).split('\n'))
    const changes = diffArrays(two!, one!).flatMap(({added, removed, value}) =>
      added || removed ? value.map(line => `  ${added ? '+' : '-'} ${hideSecrets(line)}`.trimEnd()) : [],
    )
    if (changes.length === 0) return []
    const rest = changes.length - lineLimit
    return [
      `${path}:`,
      ...changes.slice(0, lineLimit),
      ...(rest > 0 ? [`  and ${count(rest, 'line')} more`] : []),
    ]
  })
}

/** The text of each file that a world writes. */
export function contentsOf({plan}: World): Map<string, string> {
  const actions = plan.steps.flatMap(step => step.actions)
  return new Map(
    actions.flatMap(action =>
      action.kind === 'write' || action.kind === 'write-sudo-rule'
        ? [[action.path, decode(action.content)] as const]
        : action.kind === 'remove'
          ? [[action.path, ''] as const]
          : [],
    ),
  )
}

function original({facts}: World, path: string): string {
  return decode(facts.files.get(path)?.content ?? '')
}

/** Bytes as text. */
export function decode(content: string): string {
  return Buffer.from(content, 'latin1').toString('utf8')
}

function describeSettings({settings}: World, {settings: other}: World): string[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    const instead = (other as Record<string, unknown>)[key]
    if (JSON.stringify(listed(value)) === JSON.stringify(listed(instead))) return []
    const word = settingWords[key]
    return word === undefined ? [] : [`${word}: ${show(value)}; without it: ${show(instead)}`]
  })
}

/** Settings that no plan shows. */
const settingWords: Readonly<Record<string, string>> = {
  macPrefix: 'MACs that carry addresses begin with',
  macRule: 'the MAC rule holds',
  target: 'the disc is looked for in',
  mountPoint: 'the disc is mounted at',
  scriptTimeoutMs: 'milliseconds that a script has',
  readyTimeoutMs: 'milliseconds for one attempt to report',
  readyAuthorityFile: "certificates besides the guest's own",
  contextWaitMs: 'milliseconds to wait for the disc',
  nicWaitMs: 'milliseconds to wait for cards',
  onlineWaitMs: 'milliseconds to wait for the network',
  stepsOff: 'steps that are off',
}

function listed(value: unknown): unknown {
  return value instanceof Set ? [...value] : value
}

function show(value: unknown): string {
  const list = listed(value)
  if (Array.isArray(list)) return list.join(' ') || 'none'
  return list === undefined ? 'none' : `${list}`
}
