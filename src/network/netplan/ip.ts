// The part of an entry that is about addresses, routes and name servers: netplan-yaml(5).

import {isIpv6} from '../../context/network/ip-address.ts'
import type {Address, Gateway, Ipv4, Ipv6, Nic, Route} from '../model.ts'
import type {Spelling} from './entry.ts'
import {type Fields, type Value, withoutGaps} from './fields.ts'
import {listForManager, passThrough, usableServers} from './for-manager.ts'
import {keepFamily} from './kept-family.ts'
import {limitMetric} from './metric.ts'

/** Spells what a NIC, or the VLAN on it, gets of either family. */
export function spellIp(nic: Nic, spelling: Spelling): Record<string, Value | undefined> {
  const {ipv4, ipv6, dns, searchDomains} = nic
  const {former = {}} = spelling
  const former4 = ipv4 === undefined ? keepFamily(former, 4) : undefined
  const former6 = ipv6 === undefined ? keepFamily(former, 6) : undefined
  const lists = [spellLists(ipv4, spelling), spellLists(ipv6, spelling), former4 ?? {}, former6 ?? {}]
  const joined = (key: 'addresses' | 'routes') =>
    orNothing(lists.flatMap(each => (each[key] as Value[] | undefined) ?? []))
  const names = {addresses: orNothing(usableServers(nic, spelling)), search: orNothing(searchDomains)}
  return {
    ...(ipv4 === undefined ? {dhcp4: false, ...former4} : spellMethod4(ipv4, spelling)),
    ...(ipv6 === undefined ? {dhcp6: false, ...former6} : spellMethod6(ipv6, spelling)),
    ...joinOverrides({...former4, ...former6, ...spellMetrics(nic, spelling)}, nic, spelling),
    addresses: joined('addresses'),
    routes: joined('routes'),
    nameservers: dns.length + searchDomains.length === 0 ? undefined : withoutGaps(names),
    ...passThrough(listForManager(nic, former4, spelling), spelling),
    optional: hasNoAddress(nic) && former4 === undefined && former6 === undefined ? true : undefined,
  }
}

function spellMethod4({method}: Ipv4, {renderer}: Spelling): Record<string, Value> {
  if (method !== 'dhcp') return {dhcp4: false}
  // By default networkd is known to the server by the machine-id, which guests copied from one image may share.
  return {dhcp4: true, ...(renderer === 'networkd' ? {'dhcp-identifier': 'mac'} : {})}
}

function spellMethod6({method}: Ipv6, {renderer}: Spelling): Record<string, Value> {
  // To NetworkManager this is the one way to say that routers are to be listened to.
  if (renderer === 'NetworkManager') return {dhcp6: method === 'auto' || method === 'dhcp'}
  const acceptRa = method === 'auto' || method === 'dhcp'
  return {
    dhcp6: method === 'dhcp',
    'accept-ra': acceptRa,
    ...(method === 'disable' ? {'link-local': []} : {}),
  }
}

/** networkd has one metric for both kinds of DHCP: that of IPv6 stands in our drop-in. */
function spellMetrics({ipv4, ipv6}: Nic, {renderer}: Spelling): Fields {
  const metric4 = ipv4?.method === 'dhcp' ? ipv4.metric : undefined
  const metric6 = renderer === 'NetworkManager' ? dynamicMetric(ipv6) : undefined
  return withoutGaps({'dhcp4-overrides': overrides(metric4), 'dhcp6-overrides': overrides(metric6)})
}

/** For networkd netplan refuses settings that are not the same for both kinds of DHCP. */
function joinOverrides(
  fields: Fields,
  {ipv4, ipv6}: Nic,
  {renderer}: Spelling,
): Record<string, Value | undefined> {
  const {'dhcp4-overrides': four, 'dhcp6-overrides': six} = fields
  const asks4 = ipv4 === undefined ? fields.dhcp4 === true : ipv4.method === 'dhcp'
  const asks6 = ipv6 === undefined ? fields.dhcp6 === true : ipv6.method === 'dhcp'
  if (renderer === 'NetworkManager' || !asks4 || !asks6)
    return {'dhcp4-overrides': four, 'dhcp6-overrides': six}
  return {'dhcp4-overrides': four ?? six, 'dhcp6-overrides': four ?? six}
}

/** The metric that the default route of a router shall have. */
export function dynamicMetric(ipv6: Ipv6 | undefined): number | undefined {
  return ipv6?.method === 'auto' || ipv6?.method === 'dhcp' ? ipv6.metric : undefined
}

function overrides(metric: number | undefined): Value | undefined {
  return metric === undefined ? undefined : {'route-metric': limitMetric(metric)}
}

function spellLists(family: Ipv4 | Ipv6 | undefined, spelling: Spelling): Record<string, Value[]> {
  if (family === undefined) return {}
  const {addresses, gateway, routes} = family
  const isOf6 = [...addresses, ...(gateway ? [gateway] : [])].some(({address}) => isIpv6(address))
  const zero = isOf6 ? '::/0' : '0.0.0.0/0'
  return {
    addresses: addresses.map(formatAddress),
    routes: [
      ...(gateway === undefined
        ? []
        : [spellRoute(spelling.isOld ? zero : 'default', gateway, metricOf(gateway, spelling))]),
      ...routes.map((route: Route) =>
        spellRoute(formatAddress(route.destination), route.gateway, route.metric),
      ),
    ],
  }
}

/**
 * NetworkManager gives a route of an Ethernet NIC the metric 100 by itself, and one of a VLAN 400. The further default
 * routes of the model begin at 100, so the first one has to say where it stands.
 */
function metricOf({metric}: Gateway, {renderer}: Spelling): number | undefined {
  return metric ?? (renderer === 'NetworkManager' ? 99 : undefined)
}

function spellRoute(to: string, hop: Gateway | Route['gateway'], wanted: number | undefined): Fields {
  const metric = wanted === undefined ? undefined : limitMetric(wanted)
  // netplan before 0.104 wants the scope of a route without a gateway to be told.
  if (hop === undefined) return withoutGaps({to, scope: 'link', metric})
  return withoutGaps({to, via: hop.address, 'on-link': hop.onLink ? true : undefined, metric})
}

function formatAddress({address, prefix}: Address): string {
  return `${address}/${prefix}`
}

function hasNoAddress({ipv4, ipv6}: Nic): boolean {
  return ipv4 === undefined && ipv6?.method === 'disable'
}

function orNothing(list: readonly Value[]): readonly Value[] | undefined {
  return list.length === 0 ? undefined : list
}
