// The texts of route-DEV and route6-DEV: each line is handed to `ip route add` (ifup-routes), and NetworkManager reads
// the same (nms-ifcfg-rh-reader.c, parse_route_line). Only lines that both take.

import type {ByteText} from '../../action.ts'
import {isWithin} from '../../context/network/ip-address.ts'
import type {Gateway, Ipv4, Ipv6, NextHop, Route} from '../model.ts'
import {readAssignments} from '../sysconfig-file.ts'

/**
 * The lines for one family. Every line names the device: a next hop that lies on two links would go by the first. A
 * next hop outside the subnets has a route of its own first.
 */
export function formatRoutes(device: string, family: Ipv4 | Ipv6 | undefined): string[] {
  if (family === undefined || family.method === 'disable') return []
  const {gateway, routes} = family
  const isOurs = gateway !== undefined && !isTakenFromIfcfg(family, gateway)
  const hops = [...(isOurs ? [gateway] : []), ...routes.flatMap(route => route.gateway ?? [])]
  return [
    ...new Set(hops.filter(hop => hop.onLink).map(({address}) => `${address} dev ${device}`)),
    ...(isOurs ? [formatLine('default', gateway, device, gateway.metric)] : []),
    ...routes.map(route => formatRoute(route, device)),
  ]
}

/**
 * Whether the scripts take the gateway from ifcfg-DEV. Of IPv4 they ignore one outside the first address's network in
 * silence (ifup-eth); that of IPv6 always gets the metric 1 (network-functions-ipv6, ipv6_add_route).
 */
export function isTakenFromIfcfg({addresses}: Ipv4 | Ipv6, {address, metric, onLink}: Gateway): boolean {
  const [first] = addresses
  if (address.includes(':')) return metric === undefined && !onLink
  return first !== undefined && isWithin(address, first)
}

/** Tells whether somebody else's line makes a default route. */
export function isDefaultRoute(line: ByteText): boolean {
  return /^[ \t]*(to[ \t]+)?(default|0(\.0\.0\.0)?\/0|::\/0)([ \t]|$)/.test(line)
}

/**
 * Whether a file of routes cannot stay beside ours. One of `ADDRESS0=` lines is sourced by the shell: none of ours can
 * stand in it, and its default is no line.
 */
export function mustYield(text: ByteText, hasRoutes: boolean, hasDefault: boolean): boolean {
  const addresses = readAssignments(text).filter(({name}) => /^ADDRESS\d+$/.test(name))
  const isDefault = hasDefault && addresses.some(({value}) => value === '0.0.0.0')
  return addresses.length > 0 && (hasRoutes || isDefault)
}

function formatRoute({destination, gateway, metric}: Route, device: string): string {
  return formatLine(`${destination.address}/${destination.prefix}`, gateway, device, metric)
}

function formatLine(
  destination: string,
  hop: NextHop | undefined,
  device: string,
  metric: number | undefined,
): string {
  const via = hop === undefined ? '' : ` via ${hop.address}`
  return `${destination}${via} dev ${device}${metric === undefined ? '' : ` metric ${metric}`}`
}
