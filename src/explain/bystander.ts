// Why a card gets nothing: the first reason that holds.

import {refuseHostAddress} from '../context/network/ipv4.ts'
import {decodeMac} from '../context/network/mac-address.ts'
import type {NicRequest} from '../context/network/nics.ts'
import {type Link, selectNics} from '../facts/network/links.ts'
import type {Prepared} from '../prepare.ts'

type Situation = {link: Link; request: NicRequest | undefined; prepared: Prepared}
type Reason = (situation: Situation) => readonly string[] | undefined

/** Tells why, and what would change it. */
export function describeBystander(
  link: Link,
  request: NicRequest | undefined,
  prepared: Prepared,
): readonly string[] {
  for (const reason of reasons) {
    const words = reason({link, request, prepared})
    if (words !== undefined) return words
  }
  return []
}

/** In the order in which boot decides. */
const reasons: readonly Reason[] = [
  ({prepared}) =>
    prepared.settings.stepsOff.has('network')
      ? ['The step network is switched off: STEPS_OFF names it.']
      : undefined,
  ({prepared}) =>
    prepared.context?.freezesNetwork === true
      ? ['NETWORK=NO in the context freezes the network: nothing of it is touched.']
      : undefined,
  ({prepared}) =>
    prepared.facts.leavesNetwork ? ['NETCFG_TYPE=none leaves the whole network alone.'] : undefined,
  ({link, prepared}) =>
    selectNics(prepared.facts.links).includes(link)
      ? undefined
      : ['There is no device behind it: where physical cards are, only those count.'],
  ({request, prepared}) => (request === undefined ? undefined : describeRequest(request, prepared)),
  describeUndescribed,
  describeMacRule,
]

function describeRequest(request: NicRequest, {facts}: Prepared): readonly string[] {
  const {label, isSkipped, isUnclear, ipv4, ipv6, mtu} = request
  if (isSkipped) return [`It is ${label} of the context, and ${label}_METHOD=skip says hands off.`]
  if (isUnclear) return [`It is ${label} of the context, of which something that matters cannot be read.`]
  if (ipv4 === undefined && ipv6 === undefined) {
    const besides = mtu === undefined ? '' : ` Only its MTU becomes ${mtu}.`
    return [
      `It is ${label} of the context, which gives it neither an address nor a method that brings one.${besides}`,
      `${label}_IP, ${label}_IP6 or ${label}_METHOD=dhcp would.`,
    ]
  }
  return [describeNobody(facts.os.name)]
}

const describeNobody = (name: string) =>
  `There are addresses for it, but nothing that configures the network of ${name} is known here.`

function describeUndescribed({link, prepared}: Situation): readonly string[] | undefined {
  const {context, settings} = prepared
  if (!context?.describesNics || settings.macRule === 'always') return undefined
  const labels = context.nics.map(({label, mac}) => (mac === undefined ? label : `${label} ${mac}`))
  return [
    `The context describes its cards one by one, and none of them is ${link.mac}.`,
    labels.length === 0 ? 'It says NETWORK=YES and names none.' : `It knows ${labels.join(', ')}.`,
  ]
}

function describeMacRule({link, prepared}: Situation): readonly string[] {
  const {context, settings, manifest, source, facts} = prepared
  const address = decodeMac(link.mac, settings.macPrefix)
  if (settings.macRule === 'never') return ['No context describes it, and MAC_RULE is never.']
  if (source.state === 'unreadable') {
    return ['There is a context that cannot be read, so nothing is taken from a MAC: it might say otherwise.']
  }
  if (context !== undefined && !context.isOldKind && settings.macRule === 'auto') {
    return [
      'The context is one of today and does not describe it: no ETHx variable names its MAC.',
      'MACs of today carry no address for certain, so none is taken; MAC_RULE=always would take it.',
    ]
  }
  if (address === undefined) {
    return [
      `Nothing describes it, and its MAC begins with ${link.mac.slice(0, 5)}: addresses stand behind ${settings.macPrefix} (MAC_PREFIX).`,
    ]
  }
  if (manifest.nics[link.mac]?.origin === 'context') {
    return ['A context described it before, and the MAC rule never takes the place of that.']
  }
  if (facts.dialect === undefined) return [describeNobody(facts.os.name)]
  const refusal = refuseHostAddress(address, settings.macNetmask)
  if (refusal !== undefined) return [`By its MAC it would get ${address}, and that is ${refusal}.`]
  return [`By its MAC it would get ${address}; what stands in the way is told below.`]
}
