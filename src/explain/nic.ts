// What a card gets and why, or why it gets nothing.

import {decodeMac} from '../context/network/mac-address.ts'
import type {NicRequest} from '../context/network/nics.ts'
import type {Link} from '../facts/network/links.ts'
import {type Match, matchLinks} from '../network/match-links.ts'
import {interfaceOf, type Nic} from '../network/model.ts'
import {describeNic} from '../plan/network/network.ts'
import type {Prepared} from '../prepare.ts'
import type {Problem} from '../problem.ts'
import {attribute} from './attribute.ts'
import {describeBystander} from './bystander.ts'
import {describeDialect} from './dialect.ts'
import type {ExplainedValue, Explanation} from './explanation.ts'
import {explainMac} from './mac.ts'
import {listNicValues} from './nic-values.ts'
import {probeDefaults, probeMacs, probeSettings, probeVariables} from './probes.ts'
import type {Imagine, World} from './suppose.ts'
import {escapeWord} from './words.ts'

/** Explains a card of the guest. */
export function explainLink(link: Link, prepared: Prepared, imagine: Imagine): Explanation {
  const world = imagine({}, ['network'])
  const nic = world.plan.network.nics.find(({device}) => device === link.name)
  const match = findMatches(prepared).find(each => each.link === link)
  const about = [link.name, match?.request.label, interfaceOf(nic ?? {device: link.name, mac: link.mac})]
  const problems = findProblems(world, about)
  const subject = {kind: 'nic', name: link.name} as const
  const isOn = !world.settings.stepsOff.has('network')
  if (nic === undefined || !isOn) {
    const answer = [
      `${link.name} (${link.mac}) is left as it is.`,
      ...describeBystander(link, match?.request, prepared),
    ]
    const sections = match === undefined ? describeMac(link, nic, world) : []
    return {
      subject,
      answer,
      values: [],
      lines: [],
      sections,
      problems,
      also: [],
    }
  }
  return {
    subject,
    answer: [
      `${link.name} (${link.mac}) gets ${describeGain(nic)}.`,
      describeChoice(nic, link, match, prepared),
      ...describeDialect(world, nic, prepared),
    ],
    values: explainValues(nic, match?.request, prepared, imagine),
    lines: [],
    sections: describeMac(link, nic, world),
    problems,
    also: [],
  }
}

/** Explains a card that the context describes and the guest has not. */
export function explainMissing(request: NicRequest, prepared: Prepared, imagine: Imagine): Explanation {
  const {label, mac, pciAddress} = request
  const who = pciAddress !== undefined ? `at ${pciAddress} on the PCI bus` : mac && `with the MAC ${mac}`
  const links = prepared.facts.links
  const cards = links.map(({name, mac}) => `${name} ${mac}`)
  const answer = [
    who === undefined
      ? `No card of this guest can be told to be ${label}: neither its address nor its name fits any.`
      : `This guest has no card ${who}, so what the context says of ${label} is not done.`,
    cards.length === 0
      ? 'No card at all is seen here; --links FILE names those of an image.'
      : `There is ${cards.join(', ')}.`,
  ]
  const problems = findProblems(imagine({}, ['network']), [label])
  return {
    subject: {kind: 'nic', name: label},
    answer,
    values: [],
    lines: [],
    sections: [],
    problems,
    also: [],
  }
}

/** Tells which card is meant by each that the context describes. */
export function findMatches({context, facts}: Prepared): Match[] {
  return context === undefined ? [] : matchLinks(context.nics, facts.links, context, [])
}

const shownAddresses = 6

function describeGain(nic: Nic): string {
  const [, ...words] = describeNic(nic).split(' ')
  const rest = words.join(' ').replace(/^DHCP/, 'its addresses by DHCP')
  const all = [...rest.split(/ (?=[0-9a-f.:]+\/\d)/)]
  const more = all.length - shownAddresses
  const shown = more > 0 ? `${all.slice(0, shownAddresses).join(', ')} and ${more} more` : all.join(', ')
  return `${rest === '' ? 'no address' : shown}${nic.vlan === undefined ? '' : ` on ${nic.vlan.name}`}`
}

/** Why this card, and by which of the two ways. */
function describeChoice(nic: Nic, link: Link, match: Match | undefined, prepared: Prepared): string {
  if (match !== undefined) return `It is ${match.request.label} of the context: ${describeMatch(match)}.`
  if (nic.origin === 'ip-public') {
    return `IP_PUBLIC gives the first card its address, and ${link.name} is the first.`
  }
  return `Its address stands in its MAC, and ${whyMacRule(prepared)}.`
}

function describeMatch({request, link}: Match): string {
  const {label, mac, pciAddress, ipv4, index} = request
  if (pciAddress !== undefined) return `it sits at ${pciAddress}, which ${label}_ADDRESS names`
  if (mac !== undefined) return `${label}_MAC names its MAC`
  const address = ipv4?.addresses[0]?.address
  if (address !== undefined && decodeMac(link.mac, 'any') === address)
    return `the context names no MAC, and that of ${link.name} carries ${label}_IP`
  if (link.name === `eth${index}`) return `the context names no MAC, and the card is called ${link.name}`
  return 'the context names no MAC, and as many cards as descriptions are left: their order decides'
}

function whyMacRule({context, settings}: Prepared): string {
  if (settings.macRule === 'always') return 'MAC_RULE is always'
  if (context === undefined) return 'there is no context that would say otherwise'
  return 'the context is of OpenNebula 2.2 to 4.0, whose MACs carry addresses'
}

/** A value is looked for among the variables of this card, those of all cards, the settings and the MACs. */
function explainValues(
  nic: Nic,
  request: NicRequest | undefined,
  prepared: Prepared,
  imagine: Imagine,
): ExplainedValue[] {
  const values = listNicValues(nic)
  const isNear = (name: string) =>
    !/^(ETH|PCI)\d+_/.test(name) || request === undefined || name.startsWith(`${request.label}_`)
  const probes = [
    ...probeVariables(prepared, isNear),
    ...probeSettings(prepared),
    ...probeMacs(prepared, nic.device),
    ...probeDefaults(prepared),
  ]
  const causes = attribute(
    values.length,
    probes,
    change => imagine(change, ['network']),
    world => {
      const other = world.plan.network.nics.find(({device}) => device === nic.device)
      const found = new Map(
        other === undefined ? [] : listNicValues(other).map(each => [each.key, each.value]),
      )
      return new Set(values.keys().filter(index => found.get(values[index]!.key) !== values[index]!.value))
    },
  )
  return values.map(({name, value, note}, index) => ({name, value, from: causes[index]!, note}))
}

/** Byte by byte, where the MAC rule has made the address, or might be thought to. */
function describeMac(link: Link, nic: Nic | undefined, {settings}: World) {
  if (nic !== undefined && nic.origin !== 'mac-rule') return []
  if (decodeMac(link.mac, settings.macPrefix) === undefined) return []
  const bytes = explainMac(link.mac, settings)?.values ?? []
  const title = nic === undefined ? 'Its MAC would carry' : 'Its MAC, byte by byte'
  return [{title, lines: bytes.map(({name, value}) => `${name.padEnd(8)} ${value}`)}]
}

function findProblems({plan}: World, about: readonly (string | undefined)[]): Problem[] {
  const names = about.filter(name => name !== undefined)
  const isAbout = ({key = '', message, file = ''}: Problem) =>
    names.some(
      name =>
        key === name ||
        key.startsWith(`${name}_`) ||
        new RegExp(`(^|\\W)${escapeWord(name)}(\\W|$)`).test(`${message} ${file}`),
    )
  return plan.steps.find(({name}) => name === 'network')?.problems.filter(isAbout) ?? []
}
