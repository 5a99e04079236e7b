// How ifupdown is told of a NIC, interfaces(5), in words that ifupdown from 0.6 on, ifupdown2, ifupdown-ng and busybox
// all take in the same way.

import type {ByteText} from '../../action.ts'
import {isOffSubnet} from '../../context/network/ip-address.ts'
import {formatMask} from '../../context/network/ipv4.ts'
import {type Gateway, type Ipv4, type Ipv6, interfaceOf, type Nic} from '../model.ts'
import {formatSignature} from '../signature.ts'
import {addAddresses, addGateway, addRoutes} from './commands.ts'
import {runClient6, setLeaseMetric} from './dhcp-clients.ts'
import {restoreIpv6, setUpIpv6} from './kernel-ipv6.ts'
import {formatLink, formatMtu} from './link-options.ts'

/** What the spelling of a NIC depends on besides the NIC. */
export type Spelling = {
  landmarks: ReadonlySet<string>
  /** Some NIC gets its default route by DHCP: `gateway` would find it in its place and fail. */
  hasLeases: boolean
}

/** Spells the stanzas of one NIC. `comments` stood in a stanza before and stay in the first. */
export function formatStanzas(nic: Nic, spelling: Spelling, comments: ByteText): ByteText {
  const name = interfaceOf(nic)
  const stanzas = [...formatInet(nic, spelling), ...formatInet6(nic, spelling)]
  const [first, ...others] = stanzas.map(({method, options}, index) => {
    const shared = index === 0 ? formatShared(nic) : []
    const commands = options.filter(isCommand)
    const plain = options.filter(option => !isCommand(option))
    const lines = [...plain, ...shared, ...commands].map(option => `    ${option}\n`)
    return {heading: `iface ${name} ${method}\n    ${formatSignature(nic)}\n`, lines: lines.join('')}
  })
  return [first!.heading, comments, first!.lines, ...others.map(({heading, lines}) => heading + lines)].join(
    '',
  )
}

/** The NIC under a VLAN: nobody else shall give it addresses. The VLAN's stanza brings it up. */
export function formatParent(nic: Nic, comments: ByteText): ByteText {
  const lines = formatMtu(nic).map(option => `    ${option}\n`)
  return [`iface ${nic.device} inet manual\n    ${formatSignature(nic)}\n`, comments, ...lines].join('')
}

type Stanza = {method: string; options: readonly string[]}

function isCommand(option: string): boolean {
  return /^(up|down) /.test(option)
}

/** What is said once, before any link comes up, whatever families follow. */
function formatShared(nic: Nic): string[] {
  const {ipv6, dns, searchDomains} = nic
  const name = interfaceOf(nic)
  return [
    ...(dns.length === 0 ? [] : [`dns-nameservers ${dns.join(' ')}`]),
    ...(searchDomains.length === 0 ? [] : [`dns-search ${searchDomains.join(' ')}`]),
    ...formatLink(nic),
    ...(ipv6 === undefined
      ? []
      : [`pre-up ${setUpIpv6(name, ipv6)}`, ...(nic.vlan ? [] : [`post-down ${restoreIpv6(name)}`])]),
  ]
}

function formatInet(nic: Nic, spelling: Spelling): Stanza[] {
  const {ipv4, ipv6} = nic
  if (ipv4 === undefined) return []
  const options = ipv4.method === 'dhcp' ? formatLease(nic, ipv4) : formatStatic(nic, ipv4, spelling)
  // ifupdown2 runs a DHCP client for both families if one of them has one, and waits for it without end.
  const besides = ipv6 !== undefined && ipv4.method === 'dhcp' ? formatManual6(nic, ipv6, spelling) : []
  return [{method: `inet ${ipv4.method}`, options: [...options, ...besides]}]
}

function formatLease(nic: Nic, ipv4: Ipv4): string[] {
  const name = interfaceOf(nic)
  const {metric, gateway, addresses, routes} = ipv4
  return [
    ...(metric === undefined ? [] : setLeaseMetric(name, metric)),
    ...addAddresses(name, addresses),
    ...(gateway === undefined ? [] : addGateway(name, gateway)),
    ...addRoutes(name, routes),
  ]
}

function formatStatic(nic: Nic, ipv4: Ipv4, {hasLeases}: Spelling): string[] {
  const {address, prefix} = ipv4.addresses[0]!
  return [
    // Both lines: busybox knows no `address A/24`, and an old ifupdown takes the mask of the address's class.
    `address ${address}`,
    `netmask ${formatMask(prefix)}`,
    ...formatRest(nic, ipv4, !hasLeases),
  ]
}

function formatInet6(nic: Nic, spelling: Spelling): Stanza[] {
  const {ipv4, ipv6} = nic
  if (ipv6 === undefined || ipv4?.method === 'dhcp') return []
  if (ipv6.method === 'static') return [{method: 'inet6 static', options: formatStatic6(nic, ipv6)}]
  // busybox knows neither `auto` nor `dhcp`, and its `manual` leaves the link down.
  const up = ipv6.method === 'disable' ? [] : [`up ip link set dev ${interfaceOf(nic)} up`]
  return [{method: 'inet6 manual', options: [...up, ...formatManual6(nic, ipv6, spelling)]}]
}

function formatStatic6(nic: Nic, ipv6: Ipv6): string[] {
  const {address, prefix} = ipv6.addresses[0]!
  return [
    `address ${address}`,
    `netmask ${prefix}`,
    // Otherwise ifup waits up to 6 s for duplicate address detection, and fails if the link has no carrier.
    'dad-attempts 0',
    ...formatRest(nic, ipv6, true),
  ]
}

function formatRest(nic: Nic, family: Ipv4 | Ipv6, mayUseOption: boolean): string[] {
  const name = interfaceOf(nic)
  const {gateway, addresses, routes} = family
  const isOption = gateway !== undefined && mayUseOption && isPlain(gateway, family)
  return [
    ...(isOption ? [`gateway ${gateway.address}`] : []),
    ...addAddresses(name, addresses.slice(1)),
    ...(gateway === undefined || isOption ? [] : addGateway(name, gateway)),
    ...addRoutes(name, routes),
  ]
}

/**
 * Tells whether `gateway` says it all. `metric` would count for both families in ifupdown-ng; what lies in the subnet
 * of a further address cannot be reached when `gateway` is read.
 */
function isPlain(gateway: Gateway, {addresses}: Ipv4 | Ipv6): boolean {
  if (gateway.onLink || gateway.metric !== undefined) return false
  return !isOffSubnet(gateway.address, addresses.slice(0, 1))
}

/** IPv6 by commands alone. */
function formatManual6(nic: Nic, ipv6: Ipv6, {landmarks}: Spelling): string[] {
  const name = interfaceOf(nic)
  const {method, gateway, addresses, routes} = ipv6
  return [
    ...addAddresses(name, addresses),
    ...(gateway === undefined ? [] : addGateway(name, gateway)),
    ...addRoutes(name, routes),
    ...(method === 'dhcp' ? runClient6(nic, landmarks) : []),
  ]
}
