// Which of the two ways holds, and the network that comes of it (contract §4, what each NIC gets).

import {type Link, selectNics} from '../../facts/network/links.ts'
import {naturally} from '../../natural-order.ts'
import {type ContextNetwork, describeContextNetwork} from '../../network/from-context.ts'
import {describeMacNetwork} from '../../network/from-macs.ts'
import type {NicRecord} from '../../report/owned-nics.ts'
import type {PlanInput} from '../input.ts'

/** The network, and what is left as it is. */
export type NetworkDecision = ContextNetwork

/** Decides the network of this guest. */
export function decideNetwork(input: PlanInput): NetworkDecision {
  if (!input.context?.describesNics) return decideByMacs(input)
  const {context, facts, settings, manifest} = input
  const former = facts.networkStarted ? new Set(Object.keys(manifest.nics)) : undefined
  const described = describeContextNetwork({...context, links: facts.links, former})
  if (settings.macRule !== 'always') return described
  const taken = new Set([...described.network.nics, ...described.untouched].map(({mac}) => mac))
  const others = selectNics(facts.links).filter(({mac}) => !taken.has(mac))
  const besides = decideByMacs(input, others)
  const nics = [...described.network.nics, ...besides.network.nics]
  return {
    ...described,
    network: {...described.network, nics: nics.sort((one, other) => naturally(one.device, other.device))},
    problems: [...described.problems, ...besides.problems],
  }
}

/** Way 2. Beside a context that describes NICs it gives the others an address and no default route. */
function decideByMacs(input: PlanInput, nics = selectNics(input.facts.links)): NetworkDecision {
  const {context, settings, facts} = input
  const {network, problems} = describeMacNetwork({
    nics,
    ruleAppliesTo: nic => appliesMacRule(input, nic),
    macPrefix: settings.macPrefix,
    prefix: settings.macNetmask,
    gateway: settings.gateway,
    first: context?.firstNic ?? {},
    hasRouteElsewhere: context?.describesNics || (context === undefined && hasDescribedNic(input)),
    dns: context?.describesNics ? [] : (context?.dns ?? []),
    searchDomains: context?.describesNics ? [] : (context?.searchDomains ?? []),
  })
  if (input.isContextUnreadable && network.nics.length === 0 && facts.links.length > 0) {
    const message = 'no address is taken from a MAC: there is a context, and it cannot be read'
    problems.push({code: 'context-note', message})
  }
  return {network, untouched: [], isAnyUnclear: false, mtus: [], problems}
}

/** A context that is gone described a NIC that is still there: then it decided about the default route as well. */
function hasDescribedNic({facts, manifest}: PlanInput): boolean {
  return facts.links.some(({mac}) => {
    const record = manifest.nics[mac]
    return record !== undefined && !isOfMacAlone(record)
  })
}

function isOfMacAlone({origin, isShaped}: NicRecord): boolean {
  return origin === 'mac-rule' && !isShaped
}

/**
 * Contract §4: the rule is for guests without a context and for contexts of 2.2's kind; MAC_RULE may say otherwise. A
 * NIC that a context once described is never overwritten by it; where a context is there that cannot be read, or not
 * all that it says of NICs, only those count that had their address from it before.
 */
function appliesMacRule(input: PlanInput, nic: Link): boolean {
  const {context, isContextUnreadable, settings, manifest} = input
  if (settings.macRule === 'never') return false
  if (settings.macRule === 'always') return true
  const record = manifest.nics[nic.mac]
  if (context?.nicsAreKnown) return context.isOldKind && record?.origin !== 'context'
  if (context?.isOldKind === false) return false
  return record === undefined ? context === undefined && !isContextUnreadable : isOfMacAlone(record)
}
