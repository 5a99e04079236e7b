// The network of a guest of today: every NIC gets what the context says of it (contract §4, way 1). Pure.

import {isOffSubnet} from '../context/network/ip-address.ts'
import {isAwaited, type NicRequest} from '../context/network/nics.ts'
import type {Link} from '../facts/network/links.ts'
import {naturally} from '../natural-order.ts'
import type {Problem} from '../problem.ts'
import {matchLinks} from './match-links.ts'
import {withMetrics} from './metrics.ts'
import type {Ipv4, LinkName, Network, Nic, Vlan} from './model.ts'
import {withNames} from './names.ts'

export type ContextNetworkRequest = {
  nics: readonly NicRequest[]
  links: readonly Link[]
  /** Name servers and domains for all NICs. */
  dns: readonly string[]
  searchDomains: readonly string[]
  /** OneGate's address on the link, if that is where it is. */
  oneGate?: string | undefined
  /** The context's name for messages. */
  file: string
  /** MACs of NICs that were configured and may have been taken out since, while the guest ran. */
  former?: ReadonlySet<string> | undefined
}

/** A link that gets nothing but another MTU. */
export type MtuRequest = {device: string; mtu: number}

export type ContextNetwork = {
  network: Network
  /** Links that the context speaks of and that keep whatever defines them. */
  untouched: readonly LinkName[]
  /** Which link is meant by some NIC cannot be told, so that any other one may be it. */
  isAnyUnclear: boolean
  mtus: readonly MtuRequest[]
  problems: Problem[]
}

/** Decides what each NIC gets. One that is described and not there is named, and costs itself. */
export function describeContextNetwork(request: ContextNetworkRequest): ContextNetwork {
  const problems: Problem[] = []
  const matches = matchLinks(request.nics, request.links, request, problems)
  const untouched: LinkName[] = []
  const mtus: MtuRequest[] = []
  const found: {nic: Nic; request: NicRequest}[] = []
  for (const {request: nic, link} of matches) {
    const name = {device: link.name, mac: link.mac}
    if (nic.isSkipped || nic.isUnclear) untouched.push(name)
    else if (nic.ipv4 === undefined && nic.ipv6 === undefined) {
      untouched.push(name)
      if (nic.mtu !== undefined) mtus.push({device: link.name, mtu: nic.mtu})
    } else found.push({nic: describeNic(nic, link), request: nic})
  }
  const nics = withOneGate(withMetrics(found, problems), request.oneGate)
  // The name servers of a NIC are right even where its address is not.
  const matched = new Set(matches.map(match => match.request))
  const sources = request.nics.filter(nic => !nic.isSkipped && (nic.isUnclear || matched.has(nic)))
  const network = withNames(nics, request, sources)
  return {
    network: {...network, nics: [...network.nics].sort((one, other) => naturally(one.device, other.device))},
    untouched,
    isAnyUnclear: request.nics.some(nic => nic.isUnclear || (!matched.has(nic) && isElsewhere(nic))),
    mtus,
    problems,
  }
}

/** It gets something, and no MAC says who it was when it was there. A GPU gets nothing. */
function isElsewhere(nic: NicRequest): boolean {
  return isAwaited(nic) && (nic.mac === undefined || nic.pciAddress !== undefined)
}

function describeNic(nic: NicRequest, link: Link): Nic {
  const {mtu, ipv4, ipv6, dns, searchDomains} = nic
  // Once it has been set the link has it, and its own is not to be seen any more: what is written must not depend on it.
  const newMac = nic.pciAddress === undefined ? undefined : nic.mac
  return {
    device: link.name,
    mac: link.mac,
    hasPermanentMac: link.hasPermanentMac && newMac === undefined,
    origin: 'context',
    newMac,
    vlan: nic.vlanId === undefined ? undefined : nameVlan(link.name, nic.vlanId, nic.label),
    mtu,
    ipv4,
    ipv6,
    dns,
    searchDomains,
  }
}

/** `eth0.10`; where that is longer than the kernel allows (IFNAMSIZ), a name after what the context calls the NIC. */
function nameVlan(device: string, id: number, label: string): Vlan {
  const name = `${device}.${id}`
  return {id, name: name.length <= 15 ? name : `${label.toLowerCase()}-${id}`}
}

/** The host route to OneGate, on the first NIC that has IPv4. */
function withOneGate(nics: readonly Nic[], address: string | undefined): Nic[] {
  const first = nics.find(nic => nic.ipv4 !== undefined)
  if (address === undefined || first?.ipv4 === undefined) return [...nics]
  const ipv4: Ipv4 = first.ipv4
  if (!isOffSubnet(address, ipv4.addresses)) return [...nics]
  const route = {destination: {address, prefix: 32}}
  return nics.map(nic => (nic === first ? {...nic, ipv4: {...ipv4, routes: [...ipv4.routes, route]}} : nic))
}
