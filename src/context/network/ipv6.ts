// IPv6 addresses as a context may spell them, given in the one spelling of RFC 5952.

import ipaddr from 'ipaddr.js'

/** Reads an address in any spelling; undefined if the text is none. A zone (`%eth0`) is refused. */
export function parseIpv6(text: string): string | undefined {
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  return ipaddr.IPv6.parse(text).toRFC5952String()
}

/** Reads an address that an interface of some host can have. */
export function parseIpv6Host(text: string): string | undefined {
  const address = parseIpv6(text)
  if (address === undefined) return undefined
  const range = ipaddr.IPv6.parse(address).range()
  return ['unspecified', 'loopback', 'multicast', 'ipv4Mapped'].includes(range) ? undefined : address
}

/** Reads a prefix length, 1 to 128, with or without a slash. */
export function parsePrefixLength(text: string): number | undefined {
  const number = Number(/^\/?(\d{1,3})$/.exec(text)?.[1])
  return number >= 1 && number <= 128 ? number : undefined
}

/** fe80::/10, where every host of a link is a neighbour. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/.test(address)
}
