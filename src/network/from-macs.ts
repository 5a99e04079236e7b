// The network of a 2.2 guest: every NIC gets the address in its MAC, the first one IP_PUBLIC if the context gives it
// (contract §4, way 2). Pure.

import type {FirstNicRequest} from '../context/network/first-nic.ts'
import {defaultGateway, refuseHostAddress, sameNetwork} from '../context/network/ipv4.ts'
import {decodeMac, type MacPrefix} from '../context/network/mac-address.ts'
import type {Link} from '../facts/network/links.ts'
import type {Problem} from '../problem.ts'
import type {Gateway, Network, Nic} from './model.ts'
import {withNames} from './names.ts'

export type MacNetworkRequest = {
  /** The NICs of the guest in natural order. */
  nics: readonly Link[]
  /** The MAC rule may be applied to a NIC. False: only IP_PUBLIC counts for it. */
  ruleAppliesTo(nic: Link): boolean
  macPrefix: MacPrefix
  /** Prefix length of addresses from MACs. */
  prefix: number
  /** Gateway from the settings. */
  gateway?: string | undefined
  /** What the context says of the first NIC. */
  first: FirstNicRequest
  /** Another NIC, described by an earlier context, has the default route: none is derived. */
  hasRouteElsewhere: boolean
  /** Name servers and domains of the context. */
  dns: readonly string[]
  searchDomains: readonly string[]
}

/** Decides what each NIC gets. A NIC that cannot have its address is left alone and named. */
export function describeMacNetwork(request: MacNetworkRequest): {network: Network; problems: Problem[]} {
  const problems: Problem[] = []
  const first = firstNic(request.nics)
  const nics: Nic[] = []
  for (const link of request.nics) {
    const nic = describeNic(request, link, link === first, problems)
    if (nic === undefined || isTaken(nic, nics, problems)) continue
    nics.push(nic)
  }
  return {network: withNames(withGateway(request, nics, first, problems), request), problems}
}

/** eth0, else the first by name (contract §3, IP_PUBLIC). */
function firstNic(nics: readonly Link[]): Link | undefined {
  return nics.find(nic => nic.name === 'eth0') ?? nics[0]
}

function describeNic(
  request: MacNetworkRequest,
  link: Link,
  isFirst: boolean,
  problems: Problem[],
): Nic | undefined {
  const given = isFirst ? request.first.address : undefined
  const decoded = request.ruleAppliesTo(link) ? decodeMac(link.mac, request.macPrefix) : undefined
  const address = given ?? decoded
  if (address === undefined) return undefined
  const prefix = (isFirst ? request.first.prefix : undefined) ?? request.prefix
  const refusal = refuseHostAddress(address, prefix)
  if (refusal !== undefined) {
    const source = given === undefined ? `its MAC ${link.mac} stands for` : 'IP_PUBLIC says'
    const message = `${link.name} gets no address: ${source} ${address}, ${refusal}`
    problems.push({code: 'nic-skipped', message, cure: given === undefined ? cureForMac : undefined})
    return undefined
  }
  const origin = given === undefined ? 'mac-rule' : 'ip-public'
  const {name: device, mac, hasPermanentMac} = link
  const ipv4 = {method: 'static', addresses: [{address, prefix}], routes: []} as const
  return {device, mac, hasPermanentMac, origin, ipv4, dns: [], searchDomains: []}
}

const cureForMac = 'give the NIC another MAC, or IP_PUBLIC in the context'

function isTaken(nic: Nic, others: readonly Nic[], problems: Problem[]): boolean {
  const address = nic.ipv4!.addresses[0]!.address
  const owner = others.find(other => other.ipv4!.addresses[0]!.address === address)
  if (owner === undefined) return false
  const message = `${nic.device} gets no address: ${address} is that of ${owner.device} already`
  const cure = nic.mac === owner.mac ? `both have the MAC ${nic.mac}; give each NIC its own` : undefined
  problems.push({code: 'nic-skipped', message, cure})
  return true
}

/**
 * Gives the first configured NIC the default route: the gateway that the context or the settings name, else `a.b.c.1`
 * unless that is its own address or no neighbour of it.
 */
function withGateway(
  request: MacNetworkRequest,
  nics: readonly Nic[],
  first: Link | undefined,
  problems: Problem[],
): Nic[] {
  const owner = nics.find(nic => nic.device === first?.name) ?? nics[0]
  if (owner === undefined) return []
  const {address, prefix} = owner.ipv4!.addresses[0]!
  const named = (owner.device === first?.name ? request.first.gateway : undefined) ?? request.gateway
  if (named === address) {
    const message = `${named} is the address of ${owner.device} itself, so there is no default route`
    problems.push({code: 'value-rejected', key: 'GATEWAY', message})
    return [...nics]
  }
  if (named === undefined && request.hasRouteElsewhere) return [...nics]
  const gateway = named ?? defaultGateway(address)
  const isNeighbour = sameNetwork(gateway, address, prefix)
  if (named === undefined && (gateway === address || !isNeighbour)) return [...nics]
  const route: Gateway = {address: gateway, onLink: !isNeighbour}
  return nics.map(nic => (nic === owner ? {...nic, ipv4: {...nic.ipv4!, gateway: route}} : nic))
}
