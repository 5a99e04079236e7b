// What netplan is told of a NIC: netplan-yaml(5).

import type {Address, Gateway, Ipv4, Ipv6, Nic, Route} from '../model.ts'
import type {Renderer} from './renderer.ts'
import {asFields, type Fields, type Value} from './yaml-file.ts'

export type Spelling = {
  /** The ID of the entry below `ethernets`. */
  id: string
  renderer: Renderer
  rendererLine?: Renderer | undefined
  /** netplan before 0.106: it matches a MAC by MACAddress=, knows no `to: default`, and gives nothing to NM as it is. */
  isOld: boolean
  /** What others said of the NIC before us; a family that is not ours to define keeps its part. */
  former?: Fields | undefined
  /** The name that others have the NIC given: rules and services may speak of it by that. */
  givenName?: Value | undefined
  /** Another entry can be about the NIC too, and NetworkManager would choose by priority. */
  hasRival: boolean
}

export type NicEntries = {ethernet: Fields; vlan?: Fields | undefined}

/** Spells a NIC, and the VLAN on it. */
export function spellNic(nic: Nic, spelling: Spelling): NicEntries {
  const {vlan, newMac, mtu} = nic
  const link = {...spellMatch(nic, spelling), ...rendererOf(spelling), macaddress: newMac, mtu}
  if (vlan === undefined) return {ethernet: withoutGaps({...link, ...spellIp(nic, spelling)})}
  return {
    ethernet: withoutGaps({...link, ...bare(spelling)}),
    vlan: withoutGaps({
      id: vlan.id,
      link: spelling.id,
      ...rendererOf(spelling),
      mtu,
      ...spellIp(nic, spelling),
    }),
  }
}

function spellMatch(nic: Nic, {id, isOld, givenName}: Spelling): Record<string, Value | undefined> {
  const {device, mac, hasPermanentMac, vlan, newMac} = nic
  // MACAddress= would no longer fit once the NIC has another MAC, and would fit the VLAN too.
  const isByMac = hasPermanentMac && !(isOld && (vlan !== undefined || newMac !== undefined))
  if (isByMac) return {match: {macaddress: mac}, 'set-name': givenName === device ? device : undefined}
  return id === device ? {} : {match: {name: device}}
}

function rendererOf({rendererLine}: Spelling): Record<string, Value | undefined> {
  return {renderer: rendererLine}
}

/** The NIC below a VLAN: no address of any kind. It would never be "online", and is not waited for. */
function bare(spelling: Spelling): Record<string, Value | undefined> {
  const manual = {'ipv4.method': 'disabled', 'ipv6.method': 'disabled'}
  return {
    dhcp4: false,
    dhcp6: false,
    'accept-ra': false,
    'link-local': [],
    optional: true,
    ...passThrough(manual, spelling),
  }
}

function spellIp(nic: Nic, spelling: Spelling): Record<string, Value | undefined> {
  const {ipv4, ipv6, dns, searchDomains} = nic
  const {former = {}} = spelling
  const former4 = ipv4 === undefined ? keepFamily(former, 4) : undefined
  const former6 = ipv6 === undefined ? keepFamily(former, 6) : undefined
  const lists = [spellLists(ipv4, spelling), spellLists(ipv6, spelling), former4 ?? {}, former6 ?? {}]
  const joined = (key: 'addresses' | 'routes') =>
    orNothing(lists.flatMap(each => (each[key] as Value[] | undefined) ?? []))
  const names = {addresses: orNothing(usableServers(nic, spelling)), search: orNothing(searchDomains)}
  return {
    ...(ipv4 === undefined ? {dhcp4: false, ...former4} : spellMethod4(ipv4)),
    ...(ipv6 === undefined ? {dhcp6: false, ...former6} : spellMethod6(ipv6, spelling)),
    ...joinOverrides({...former4, ...former6, ...spellMetrics(nic, spelling)}, nic, spelling),
    addresses: joined('addresses'),
    routes: joined('routes'),
    nameservers: dns.length + searchDomains.length === 0 ? undefined : withoutGaps(names),
    ...passThrough(listForManager(nic, former4, spelling), spelling),
    optional: hasNoAddress(nic) && former4 === undefined && former6 === undefined ? true : undefined,
  }
}

/** What of a definition is about one family. Undefined: nothing that matters. */
function keepFamily(former: Fields, family: 4 | 6): Fields | undefined {
  const isOfFamily = (text: Value | undefined) =>
    typeof text === 'string' && text !== '' && text.includes(':') === (family === 6)
  const addresses = asList(former.addresses).filter(item =>
    isOfFamily(typeof item === 'string' ? item : Object.keys(asFields(item))[0]),
  )
  const routes = asList(former.routes).filter(route => {
    const {to, via} = asFields(route)
    return isOfFamily(via) || isOfFamily(to === 'default' ? undefined : to)
  })
  const scalars = family === 4 ? scalarsOf4 : scalarsOf6
  const kept = Object.entries(former).flatMap(([key, value]) =>
    scalars.has(key) ? [[key, typed(value)] as const] : [],
  )
  if (kept.length + addresses.length + routes.length === 0) return undefined
  return {...Object.fromEntries(kept), addresses, routes}
}

/** Others' values are texts; these are the words by which netplan tells booleans. */
function typed(value: Value): Value {
  if (typeof value !== 'string') return value
  if (/^(true|on|yes|y)$/i.test(value)) return true
  if (/^(false|off|no|n)$/i.test(value)) return false
  return value
}

const scalarsOf4 = new Set(['dhcp4', 'dhcp4-overrides', 'dhcp-identifier', 'gateway4'])
const scalarsOf6 = new Set([
  'dhcp6',
  'dhcp6-overrides',
  'accept-ra',
  'ra-overrides',
  'gateway6',
  'ipv6-privacy',
  'ipv6-mtu',
  'ipv6-address-generation',
  'ipv6-address-token',
  'link-local',
])

function spellMethod4({method}: Ipv4): Record<string, Value> {
  return {dhcp4: method === 'dhcp'}
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
  return metric === undefined ? undefined : {'route-metric': metric}
}

function spellLists(family: Ipv4 | Ipv6 | undefined, spelling: Spelling): Record<string, Value[]> {
  if (family === undefined) return {}
  const {addresses, gateway, routes} = family
  const isIpv6 = [...addresses, ...(gateway ? [gateway] : [])].some(({address}) => isIn6(address))
  const zero = isIpv6 ? '::/0' : '0.0.0.0/0'
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

function spellRoute(to: string, hop: Gateway | Route['gateway'], metric: number | undefined): Fields {
  // netplan before 0.104 wants the scope of a route without a gateway to be told.
  if (hop === undefined) return withoutGaps({to, scope: 'link', metric})
  return withoutGaps({to, via: hop.address, 'on-link': hop.onLink ? true : undefined, metric})
}

function formatAddress({address, prefix}: Address): string {
  return `${address}/${prefix}`
}

/** NetworkManager refuses a profile with name servers of a family that has no addresses. */
export function usableServers(
  {dns, ipv4, ipv6}: Nic,
  {renderer}: Pick<Spelling, 'renderer'>,
): readonly string[] {
  if (renderer === 'networkd') return dns
  return dns.filter(server => {
    const family = isIn6(server) ? ipv6 : ipv4
    return family !== undefined && family.method !== 'disable'
  })
}

/** What NetworkManager has to be told in its own words, for netplan has none. */
function listForManager({ipv4, ipv6}: Nic, former4: Fields | undefined, {hasRival}: Spelling): Fields {
  return withoutGaps({
    // netplan would make `link-local` of it: an address that nobody asked for.
    'ipv4.method': ipv4 === undefined && former4 === undefined ? 'disabled' : undefined,
    'ipv6.method': ipv6?.method === 'disable' ? 'disabled' : undefined,
    'connection.autoconnect-priority': hasRival ? '120' : undefined,
  })
}

function passThrough(settings: Fields, {renderer, isOld}: Spelling): Record<string, Value | undefined> {
  const isNeeded = renderer === 'NetworkManager' && !isOld && Object.keys(settings).length > 0
  return {networkmanager: isNeeded ? {passthrough: settings} : undefined}
}

function isIn6(address: string): boolean {
  return address.includes(':')
}

function hasNoAddress({ipv4, ipv6}: Nic): boolean {
  return ipv4 === undefined && ipv6?.method === 'disable'
}

function orNothing(list: readonly Value[]): readonly Value[] | undefined {
  return list.length === 0 ? undefined : list
}

function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : []
}

function withoutGaps(fields: Record<string, Value | undefined>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter((pair): pair is [string, Value] => pair[1] !== undefined),
  )
}
