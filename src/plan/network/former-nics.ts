// NICs that were ours and are no longer: they lose our definition, and what stood there before comes back (contract
// §4).

import {interfaceOf, type LinkName, type NicOrigin} from '../../network/model.ts'
import {listRecords} from '../../report/owned-nics.ts'
import type {PlanInput} from '../input.ts'
import type {NetworkDecision} from './decide-network.ts'

/**
 * Finds the NICs to give back. A context that still describes others has let them go; without a context, or with one
 * of which not everything is known, only those that are no longer in the machine and had their address from their MAC.
 */
export function findFormerNics(input: PlanInput, decision: NetworkDecision): LinkName[] {
  const {facts, manifest} = input
  if (facts.links.length === 0) return []
  const isFormer = createJudge(input, decision)
  const current = new Map(decision.network.nics.map(nic => [nic.mac, interfaceOf(nic)]))
  const taken = new Set(current.values())
  const former = Object.entries(manifest.nics).flatMap(([mac, nic]) => {
    const names = listRecords(nic).map(({device, vlan}) => ({device, mac, vlan}))
    // A NIC that has another name now leaves its definition under the old one behind.
    const isOld = (name: LinkName) =>
      current.has(mac) ? current.get(mac) !== interfaceOf(name) : isFormer(mac, nic.origin)
    return names.filter(name => isOld(name) && !taken.has(interfaceOf(name)))
  })
  // A NIC that was given another MAC stands there under both.
  return [...new Map(former.map(name => [interfaceOf(name), name])).values()]
}

function createJudge({context, facts, isContextUnreadable}: PlanInput, decision: NetworkDecision) {
  const present = new Set(facts.links.map(({mac}) => mac))
  const kept = new Set(decision.untouched.map(({mac}) => mac))
  const described = new Set(context?.nics.map(({mac}) => mac))
  const isKnown = context?.nicsAreKnown && described.size > 0 && !decision.isAnyUnclear
  return (mac: string, origin: NicOrigin) => {
    if (kept.has(mac) || described.has(mac)) return false
    if (context?.describesNics) return isKnown === true
    return !present.has(mac) && origin === 'mac-rule' && !isContextUnreadable
  }
}
