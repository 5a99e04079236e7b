// ROUTES of a NIC: `DST via GW [metric N][, …]`, both families (contract §4).

import type {Address, Ipv4, Ipv6, Route} from '../../network/model.ts'
import {isIpv6, isOffSubnet, networkAddress, parseAnyAddress} from './ip-address.ts'
import {parseHostAddress, parseMask} from './ipv4.ts'
import {parseIpv6Host, parsePrefixLength} from './ipv6.ts'
import type {NicValues} from './nic-values.ts'

type Families = {ipv4?: Ipv4 | undefined; ipv6?: Ipv6 | undefined}

/** Gives each family its routes. A wrong entry is named and left out. */
export function readRoutes(values: NicValues, {ipv4, ipv6}: Families): Families {
  const variable = values.pick('ROUTES')
  const found: Route[] = []
  for (const entry of variable?.value.split(/[,\n\r]/) ?? []) {
    const text = entry.trim()
    if (text === '') continue
    const route = readRoute(text, {ipv4, ipv6})
    if (typeof route !== 'string') found.push(route)
    else values.complain(variable!, 'value-rejected', `${JSON.stringify(text)} ${route}; it is left out`)
  }
  const routes = [...new Map(found.map(route => [JSON.stringify(route), route])).values()]
  const of = (wantsIpv6: boolean) =>
    routes.filter(({destination}) => isIpv6(destination.address) === wantsIpv6)
  return {ipv4: ipv4 && {...ipv4, routes: of(false)}, ipv6: ipv6 && {...ipv6, routes: of(true)}}
}

const pattern = /^(\S+)\s+via\s+(\S+)(?:\s+metric\s+(\S+))?$/i

/** The route, or what is wrong with it, to complete a sentence. */
function readRoute(text: string, {ipv4, ipv6}: Families): Route | string {
  const [, to = '', via = '', metricText] = pattern.exec(text) ?? []
  if (to === '') return 'is not of the form `DESTINATION via GATEWAY`'
  const written = parseDestination(to)
  if (written === undefined) return 'does not begin with a network such as 10.0.0.0/8'
  const wantsIpv6 = isIpv6(written.address)
  const gateway = wantsIpv6 ? parseIpv6Host(via) : parseHostAddress(via)
  if (gateway === undefined) return `names no gateway of IPv${wantsIpv6 ? 6 : 4}`
  const metric = metricText === undefined ? undefined : parseMetric(metricText)
  if (metricText !== undefined && metric === undefined) return 'has a metric that is no number'
  if (written.prefix === 0) return 'is a default route, which GATEWAY is for'
  const family = wantsIpv6 ? ipv6 : ipv4
  if (family === undefined || family.method === 'disable')
    return `needs IPv${wantsIpv6 ? 6 : 4}, which this NIC does not get`
  // What a lease or a router will bring is not known here: then the gateway counts as a neighbour.
  const onLink = family.method === 'static' && isOffSubnet(gateway, family.addresses)
  return {
    destination: {address: networkAddress(written), prefix: written.prefix},
    gateway: {address: gateway, onLink},
    metric,
  }
}

/** A network as `10.0.0.0/8` or `10.0.0.0/255.0.0.0`, or one host. Host bits are taken for zero, as OpenNebula does. */
function parseDestination(text: string): Address | undefined {
  const [name = '', mask] = text.split('/')
  const address = parseAnyAddress(name.toLowerCase() === 'default' ? '0.0.0.0' : name)
  if (address === undefined || text.split('/').length > 2) return undefined
  if (/^0+$/.test(mask ?? '') || name.toLowerCase() === 'default') return {address, prefix: 0}
  const full = isIpv6(address) ? 128 : 32
  const prefix = mask === undefined ? full : isIpv6(address) ? parsePrefixLength(mask) : parseMask(mask)
  return prefix === undefined ? undefined : {address, prefix}
}

/** Metrics are 32 bits wide in the kernel. */
export function parseMetric(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : undefined
}
