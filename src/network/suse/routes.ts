// Routes: routes(5) and wicked's routes(5). One line each: DESTINATION GATEWAY NETMASK INTERFACE OPTIONS, `-` for
// nothing; in ifroute-DEV for one interface, in `routes` for all.

import type {ByteText, FileAction} from '../../action.ts'
import {isIpv6, isWithin, networkAddress, parseAnyAddress} from '../../context/network/ip-address.ts'
import {parseMask} from '../../context/network/ipv4.ts'
import {splitLines} from '../file-edit.ts'
import type {Ground} from '../former.ts'
import type {Ipv4, Ipv6, NextHop} from '../model.ts'
import {editRoutes, recallLines} from '../route-lines.ts'
import type {Interface} from './interfaces.ts'
import {planText} from './own-lines.ts'

/**
 * The lines of ifroute-DEV, of both families; each names the device. No `-` in the fifth column: the scripts skip it,
 * wicked takes it for the name of a route type and drops the line.
 */
export function formatRoutes({name, ipv4, ipv6}: Interface): string[] {
  return [ipv4, ipv6].flatMap(family => {
    if (family === undefined) return []
    const {gateway} = family
    const route = (destination: string, hop?: NextHop, metric?: number) =>
      `${destination} ${hop?.address ?? '-'} - ${name}${metric === undefined ? '' : ` metric ${metric}`}`
    const lines = [
      ...listNeighbours(family).map(address => route(address)),
      ...(gateway === undefined ? [] : [route('default', gateway, gateway.metric)]),
      ...family.routes.map(({destination, gateway, metric}) =>
        route(`${destination.address}/${destination.prefix}`, gateway, metric),
      ),
    ]
    return [...new Set(lines)]
  })
}

/** Gateways off every subnet of the NIC get a route of their own, above those that lead over them. */
function listNeighbours({gateway, routes}: Ipv4 | Ipv6): string[] {
  return [gateway, ...routes.map(route => route.gateway)].flatMap(hop =>
    hop?.onLink ? [`${hop.address}/${isIpv6(hop.address) ? 128 : 32}`] : [],
  )
}

type Line = {destination: string; gateway?: string | undefined; device?: string | undefined}

/** Where a line leads: `10.0.0.0/8`, `::/0`. */
export function destinationOf(line: ByteText): string | undefined {
  return parseRoute(line)?.destination
}

function parseRoute(line: ByteText): Line | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined
  const [spelled = '', gateway, mask, device] = line
    .trim()
    .split(/[ \t]+/)
    .map(field => (field === '-' ? undefined : field))
  if (spelled === 'default') {
    return {destination: gateway?.includes(':') ? '::/0' : '0.0.0.0/0', gateway, device}
  }
  const [start = '', length = mask] = spelled.split('/')
  const address = parseAnyAddress(start.includes(':') ? start : fillUp(start))
  if (address === undefined) return undefined
  const prefix = readLength(address, length)
  if (prefix === undefined) return undefined
  return {destination: `${networkAddress({address, prefix})}/${prefix}`, gateway, device}
}

/** The scripts read `10.8/16`. */
function fillUp(address: string): string {
  return `${address}.0.0.0`.split('.').slice(0, 4).join('.')
}

function readLength(address: string, length: string | undefined): number | undefined {
  const longest = isIpv6(address) ? 128 : 32
  if (length === undefined) return longest
  const number = /^\d{1,3}$/.test(length) ? Number(length) : parseMask(length)
  return number !== undefined && number <= longest ? number : undefined
}

/**
 * `routes` speaks for all interfaces, and ifup-route applies it again with each: a default route there through a NIC
 * whose gateway is ours would win as soon as another NIC comes up. The line that 2.2 left goes in any case.
 */
export function planSharedRoutes(
  ground: Ground,
  path: string,
  interfaces: readonly Interface[],
): FileAction[] {
  const {files, originals} = ground
  const text = recallDefaults(files.get(path)?.content ?? '', originals.get(path)?.content)
  // Nobody's lines are nobody's business: a file of blank ones stays as well.
  if (text.trim() === '') return []
  const isRival = (line: ByteText) => {
    const route = parseRoute(line)
    if (route === undefined || interfaces.length === 0) return false
    return isOfOpenNebula2(line) || interfaces.some(each => leadsThrough(each, route))
  }
  return planText(ground, path, editRoutes(text, {signature: '', lines: []}, isRival))
}

/** `default A.B.C.1` and nothing more: share/scripts/openSUSE/net-vmcontext/vmcontext of OpenNebula 2.2. */
function isOfOpenNebula2(line: ByteText): boolean {
  return /^default \d+\.\d+\.\d+\.1\s*$/.test(line)
}

function leadsThrough({name, ipv4, ipv6}: Interface, {destination, gateway = '', device}: Line): boolean {
  const family = destination === '0.0.0.0/0' ? ipv4 : destination === '::/0' ? ipv6 : undefined
  if (family?.gateway === undefined) return false
  if (device !== undefined) return device === name
  const address = parseAnyAddress(gateway)
  return address !== undefined && family.addresses.some(own => isWithin(address, own))
}

/** The default routes that we took out come back, unless somebody changed the file meanwhile. */
function recallDefaults(now: ByteText, original: ByteText | undefined): ByteText {
  if (original === undefined) return now
  const left = new Set(splitLines(now))
  const isDefault = (line: ByteText) => /^(0\.0\.0\.0|::)\/0$/.test(destinationOf(line) ?? '')
  return recallLines(now, original, line => !left.has(line) && isDefault(line))
}
