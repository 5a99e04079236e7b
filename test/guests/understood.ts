// What a NIC gets in the end as plain lines, `eth0 address 10.0.0.5/8`: of the model, and of what programs that read
// network files say that they understood. Two lists are equal if they mean the same.

import {isIpv6} from '../../src/context/network/ip-address.ts'
import {
  type Ipv4,
  type Ipv6,
  interfaceOf,
  interfacesOf,
  type Network,
  type Nic,
} from '../../src/network/model.ts'

/** What a program tells of. */
export type Aspects = {
  /** A gateway off the subnet has a route of its own, or is said to be on the link. */
  neighbours?: boolean
  names?: boolean
  /** The greatest metric that it has. */
  greatestMetric?: number
}

/** The lines of a network. */
export function meantBy({nics}: Network, aspects: Aspects = {}): string[] {
  const lines = sortLines(nics.flatMap(nic => meantByNic(nic, aspects)))
  const {greatestMetric = 0xffff_ffff} = aspects
  return lines.map(line =>
    line.replace(/(?<= metric )\d+$/, metric => `${Math.min(Number(metric), greatestMetric)}`),
  )
}

/** The lines in one order, each once. */
export function sortLines(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort()
}

/** A route as a line: to where, by whom, with which metric. */
export function routeLine(device: string, to: string, via?: string, metric?: number | string): string {
  const how = [
    ...(via === undefined ? [] : ['via', via]),
    ...(metric === undefined ? [] : ['metric', metric]),
  ]
  return [device, 'route', to, ...how].join(' ')
}

/** The default route of a family. */
export function defaultOf(via: string): string {
  return isIpv6(via) ? 'default6' : 'default'
}

function meantByNic(nic: Nic, {neighbours = false, names = false}: Aspects): string[] {
  const {ipv4, ipv6, mtu, dns, searchDomains} = nic
  const device = interfaceOf(nic)
  return [
    // The NIC below a VLAN has it too.
    ...(mtu === undefined ? [] : interfacesOf(nic).map(name => `${name} mtu ${mtu}`)),
    ...(ipv4?.method === 'dhcp' ? [`${device} dhcp4`] : []),
    ...[ipv4, ipv6].flatMap(family =>
      family === undefined ? [] : meantByFamily(device, family, neighbours),
    ),
    ...(names ? dns.map(server => `${device} dns ${server}`) : []),
    ...(names ? searchDomains.map(domain => `${device} search ${domain}`) : []),
  ]
}

function meantByFamily(
  device: string,
  {addresses, gateway, routes}: Ipv4 | Ipv6,
  neighbours: boolean,
): string[] {
  const hops = [gateway, ...routes.map(route => route.gateway)].filter(hop => hop?.onLink)
  return [
    ...addresses.map(({address, prefix}) => `${device} address ${address}/${prefix}`),
    ...(gateway === undefined
      ? []
      : [routeLine(device, defaultOf(gateway.address), gateway.address, gateway.metric)]),
    ...routes.map(({destination: {address, prefix}, gateway: hop, metric}) =>
      routeLine(device, `${address}/${prefix}`, hop?.address, metric),
    ),
    ...(neighbours ? hops.map(hop => routeLine(device, hop!.address)) : []),
  ]
}
