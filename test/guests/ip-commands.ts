// What commands of ip(8) do to links, as plain lines: ifup shows them when it shall do nothing (`ifup -n`).

import {isIpv6} from '../../src/context/network/ip-address.ts'
import {defaultOf, routeLine} from './understood.ts'

/** The lines of a list of commands. Others than of `ip` and DHCP clients say nothing. */
export function readCommands(text: string): string[] {
  return text.split('\n').flatMap(line => {
    // ifupdown asks the kernel in a variable first. The client of IPv6 is started by a command of ours.
    const asked = /\bdhclient -4 .* -df \S+ (\S+)/.exec(line)?.[1]
    return asked === undefined ? readCommand(line.trim().split(/\s+/)) : [`${asked} dhcp4`]
  })
}

/** What one command does. */
export function readCommand([program, ...rest]: readonly string[]): string[] {
  if (program === 'udhcpc') return [`${rest[rest.indexOf('-i') + 1]} dhcp4`]
  if (program !== 'ip') return []
  const words = rest.filter(word => word !== '-4' && word !== '-6')
  const after = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined)
  const [object = '', verb = '', value = ''] = words
  if (!/^(add|replace|set)$/.test(verb)) return []
  if (/^addr(ess)?$/.test(object)) return [`${after('dev')} address ${formatAddress(value)}`]
  if (object === 'route') return [readRoute(value, after)]
  const mtu = after('mtu')
  const device = after('dev') ?? words.find((word, index) => index > 1 && !/^(up|down|mtu|\d+)$/.test(word))
  return object === 'link' && mtu !== undefined ? [`${device} mtu ${mtu}`] : []
}

/** `10.0.0.5/255.0.0.0` is 10.0.0.5/8. */
export function formatAddress(text: string): string {
  const [address = '', mask = ''] = text.split('/')
  return `${address}/${prefixOf(mask)}`
}

function readRoute(to: string, after: (name: string) => string | undefined): string {
  const via = after('via')
  const destination = to === 'default' || to === '::/0' ? defaultOf(via ?? '') : to
  return routeLine(after('dev') ?? '', destination, via, after('metric'))
}

function prefixOf(mask: string): number {
  if (!mask.includes('.')) return Number(mask)
  return mask.split('.').reduce((sum, part) => sum + Number(part).toString(2).replaceAll('0', '').length, 0)
}

/** An address without a length is one host. */
export function withLength(address: string, length: string | undefined): string {
  if (address.includes('/')) return formatAddress(address)
  return `${address}/${length === undefined ? (isIpv6(address) ? 128 : 32) : prefixOf(length)}`
}
