// What the kernel has of a NIC, held against what it is to have. Asked for by several checks: the first thing that is
// missing is the cause, and what follows from it is not told beside it.

import type {ExpectedInterface} from '../../action/network.ts'
import {isWithin} from '../../context/network/ip-address.ts'
import {parseIpv6} from '../../context/network/ipv6.ts'
import {interfaceOf, type Nic} from '../../network/model.ts'
import {describeExpected} from '../../plan/network/verification.ts'
import {
  hasCarrier,
  type RankedRoute,
  readAddresses,
  readLinkState,
  readRankedRoutes,
} from '../../system/kernel-network.ts'
import type {Exam} from '../exam.ts'

/** The first thing that a NIC lacks: until it is there, nothing that needs it is looked for. */
export type Lacking = {kind: 'gone' | 'down' | 'carrier' | 'address' | 'lease'; words: string}

/** What keeps a NIC from taking part in the network, in words: "eth0 is down". Undefined: nothing. */
export function findLacking(nic: Nic, exam: Exam): Lacking | undefined {
  const name = interfaceOf(nic)
  const state = readLinkState(exam.system, name)
  if (state === undefined) return {kind: 'gone', words: `${name} is not there`}
  if (!state.isUp) return {kind: 'down', words: `${name} is down`}
  // Of a link without a carrier the addresses are not to be seen either (getifaddrs in Node asks for IFF_RUNNING).
  if (hasCarrier(exam.system, name) === false) return {kind: 'carrier', words: `${name} has no carrier`}
  return findMissingAddress(describeExpected(nic), nic)
}

function findMissingAddress(expected: ExpectedInterface, nic: Nic): Lacking | undefined {
  const {name, addresses, needsLease} = expected
  const present = presentOn(name)
  const missing = addresses.filter(address => !present.includes(address))
  const others = foreignIpv4(nic)
  if (missing.length > 0) {
    const instead = others.length === 0 ? '' : ` but ${others.join(', ')}`
    return {kind: 'address', words: `${name} does not have ${missing.join(', ')}${instead}`}
  }
  return needsLease && others.length === 0 ? {kind: 'lease', words: `${name} has no lease`} : undefined
}

/** IPv4 addresses that nobody gave it here. 169.254.0.0/16 a client takes that got no answer (RFC 3927). */
export function foreignIpv4(nic: Nic): string[] {
  const wanted = describeExpected(nic).addresses
  return presentOn(interfaceOf(nic)).filter(
    address => !address.includes(':') && !address.startsWith('169.254.') && !wanted.includes(address),
  )
}

/** `192.168.0.5/24`, IPv6 in the one spelling of RFC 5952. */
function presentOn(name: string): string[] {
  return (readAddresses().get(name) ?? []).map(cidr => {
    const [address = '', prefix] = cidr.split('/')
    return `${parseIpv6(address) ?? address}/${prefix}`
  })
}

/** Tells whether an address lies in a subnet that this guest is in, by whomever. */
export function isNeighbour(address: string): boolean {
  const subnets = [...readAddresses().values()].flat().map(cidr => cidr.split('/'))
  return subnets.some(([own = '', prefix]) => isWithin(address, {address: own, prefix: Number(prefix)}))
}

/** Tells whether the kernel has a default route, if only by a tunnel, where it needs no gateway (route(8)). */
export function hasDefaultRoute({system}: Exam): boolean {
  const routes = system.files.readText('/proc/net/route') ?? ''
  return readRankedRoutes(system).length > 0 || /^[^*\s]+\t0{8}\t/m.test(routes)
}

/** The kernel's default routes, their gateways spelled as the plan spells them. */
export function listRoutes({system}: Exam): RankedRoute[] {
  return readRankedRoutes(system).map(route => ({
    ...route,
    gateway: parseIpv6(route.gateway) ?? route.gateway,
  }))
}
