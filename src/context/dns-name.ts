// Names that name servers know a guest by (contract §3).

import ipaddr from 'ipaddr.js'
import type {Disc} from './disc.ts'
import {type Hostname, parseHostname} from './hostname.ts'
import {parseAnyAddress} from './network/ip-address.ts'
import {isYes, pickVariable} from './variables.ts'

/** Reads DNS_HOSTNAME: the name servers are asked if the context itself has no name, not even one that is no good. */
export function readDnsHostname({variables, dropped, isComplete}: Disc): boolean {
  const names = ['SET_HOSTNAME', 'HOSTNAME']
  if (pickVariable(variables, ...names) !== undefined) return false
  if (!isComplete || names.some(name => dropped.has(name))) return false
  return isYes(pickVariable(variables, 'DNS_HOSTNAME')?.value ?? '')
}

/** Reads the servers of a resolv.conf(5). A link-local one (`fe80::1%eth0`) cannot be asked by c-ares and is left out. */
export function parseNameServers(text: string): string[] {
  const lines = Array.from(text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm), match => match[1]!)
  return lines.flatMap(word => parseAnyAddress(word) ?? [])
}

/** The domain under which an address has its name (RFC 1035 §3.5, RFC 3596 §2.5). */
export function formatReverseDomain(address: string): string {
  const bytes = ipaddr.parse(address).toByteArray()
  if (bytes.length === 4) return `${bytes.reverse().join('.')}.in-addr.arpa`
  const digits = bytes.map(byte => byte.toString(16).padStart(2, '0')).join('')
  return `${[...digits].reverse().join('.')}.ip6.arpa`
}

/**
 * Makes a host name of what a name server answered, which may be anybody's text. Of what a host name cannot have only
 * `_` is taken, as names in the field have it. A name that stands for every machine, or for an address, is none.
 */
export function parseDnsName(answer: string): Hostname | undefined {
  const name = answer.replace(/\.$/, '').toLowerCase()
  const isEverybodys = /^((ip6-)?localhost\d?|localdomain\d?)(\.|$)|^[\d.]+$|\.arpa$/.test(name)
  return isEverybodys || /[^\w.-]/.test(name) ? undefined : parseHostname(name)
}
