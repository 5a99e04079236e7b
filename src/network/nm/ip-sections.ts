// The groups [ipv4] and [ipv6] of a profile: nm-settings-keyfile(5), nm-settings(5).

import type {Ipv4, Ipv6, Route} from '../model.ts'
import type {Section} from './keyfile.ts'

/** Name servers and domains that stand with a family. */
export type FamilyNames = {dns: readonly string[]; searchDomains: readonly string[]}

/** A NIC that has no IPv4 in the model gets none, and no DHCP either. */
export function formatIpv4(ipv4: Ipv4 | undefined, names: FamilyNames): Section {
  if (ipv4 === undefined) return {name: 'ipv4', lines: ['method=disabled']}
  const lines = ipv4.method === 'static' ? ['method=manual'] : ['method=auto', ...patience]
  return {name: 'ipv4', lines: [...lines, ...formatFamily(ipv4, '0.0.0.0'), ...formatNames(names)]}
}

/**
 * IPv6 that is left alone is that of the kernel as near as NetworkManager has it: router advertisements, and no harm if
 * none come. Both `auto` and `dhcp` are its `auto`, which asks for DHCPv6 where the router says so; its own `dhcp`
 * takes no advertisements, so that there would be no default route. `knowsDisabled`: it has a method for that (1.20).
 */
export function formatIpv6(ipv6: Ipv6 | undefined, names: FamilyNames, knowsDisabled: boolean): Section {
  if (ipv6?.method === 'disable') {
    return {name: 'ipv6', lines: [`method=${knowsDisabled ? 'disabled' : 'link-local'}`]}
  }
  const isStatic = ipv6?.method === 'static'
  // Addresses that the MAC tells are those that OpenNebula shows, and lets pass where it filters.
  const lines = [
    `method=${isStatic ? 'manual' : 'auto'}`,
    'addr-gen-mode=eui64',
    ...(isStatic ? [] : ['may-fail=true']),
  ]
  const family = ipv6 === undefined ? [] : formatFamily(ipv6, '::')
  return {name: 'ipv6', lines: [...lines, ...family, ...formatNames(names)]}
}

/**
 * DHCP is tried as long as it takes (the largest number means that): after 45 s it would count as failed, and further
 * addresses would go with it. Advertisements of a router alone make a NIC ready after 20 s, and not at once.
 */
const patience = ['dhcp-timeout=2147483647', 'required-timeout=20000']

/**
 * Of a default route without a metric: it comes before those that the model numbers from 100 on. Without any number
 * NetworkManager would take 100 or the next that is free, by which NIC is up first.
 */
const firstMetric = 99

function formatFamily(family: Ipv4 | Ipv6, unspecified: string): string[] {
  const {addresses, gateway, method, routes} = family
  const metric = gateway === undefined ? family.metric : (gateway.metric ?? firstMetric)
  // Beside a gateway of DHCP there is no place for another one but among the routes.
  const isKey = method === 'static'
  const defaultRoute: Route[] =
    gateway === undefined || isKey ? [] : [{destination: {address: unspecified, prefix: 0}, gateway}]
  return [
    ...addresses.map(({address, prefix}, index) => `address${index + 1}=${address}/${prefix}`),
    ...(gateway === undefined || !isKey ? [] : [`gateway=${gateway.address}`]),
    ...(metric === undefined || (isKey && gateway === undefined) ? [] : [`route-metric=${metric}`]),
    ...[...defaultRoute, ...routes].flatMap((route, index) => formatRoute(route, index + 1, unspecified)),
  ]
}

/** DESTINATION[,GATEWAY[,METRIC]]; the unspecified address holds the place of a gateway. */
function formatRoute({destination, gateway, metric}: Route, number: number, unspecified: string): string[] {
  const to = `${destination.address}/${destination.prefix}`
  const via = gateway?.address ?? (metric === undefined ? undefined : unspecified)
  const fields = [to, via, metric].filter(field => field !== undefined)
  const options = gateway?.onLink ? [`route${number}_options=onlink=true`] : []
  return [`route${number}=${fields.join(',')}`, ...options]
}

function formatNames({dns, searchDomains}: FamilyNames): string[] {
  return [
    ...(dns.length === 0 ? [] : [`dns=${dns.map(server => `${server};`).join('')}`]),
    ...(searchDomains.length === 0
      ? []
      : [`dns-search=${searchDomains.map(domain => `${domain};`).join('')}`]),
  ]
}
