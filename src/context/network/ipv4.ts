// IPv4 addresses and masks as a context may spell them. Strict: what cannot be an address of a host is none.

import ipaddr from 'ipaddr.js'

/** Why an address cannot be that of a host, in words that complete "192.168.0.0 is …". Undefined if it can. */
export function refuseHostAddress(address: string, prefix: number): string | undefined {
  const value = toNumber(address)
  const first = value >>> 24
  if (first === 0) return 'no address of a host (0.x is "this network")'
  if (first === 127) return 'a loopback address'
  if (first >= 224) return 'a multicast or reserved address'
  if (prefix >= 31) return undefined
  const hostBits = (2 ** (32 - prefix) - 1) >>> 0
  if ((value & hostBits) === 0) return `the network's own address with /${prefix}`
  if ((value & hostBits) >>> 0 === hostBits) return `the broadcast address with /${prefix}`
  return undefined
}

/**
 * Reads a dotted address; undefined if the text is none. Leading zeros are refused: some programs read them as octal.
 */
export function parseAddress(text: string): string | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text) ? text : undefined
}

/** Reads an address that a host of some network can have, as a gateway must. */
export function parseHostAddress(text: string): string | undefined {
  const address = parseAddress(text)
  return address === undefined || refuseHostAddress(address, 32) !== undefined ? undefined : address
}

/** Reads a mask as `255.255.0.0`, `16` or `/16` and gives the prefix length, 1 to 32; undefined if it is none. */
export function parseMask(text: string): number | undefined {
  const number = /^\/?(\d{1,2})$/.exec(text)?.[1]
  const dotted = parseAddress(text)
  const prefix =
    number !== undefined ? Number(number) : dotted && ipaddr.IPv4.parse(dotted).prefixLengthFromSubnetMask()
  return typeof prefix === 'number' && prefix >= 1 && prefix <= 32 ? prefix : undefined
}

/** Tells whether two addresses lie in one network of this prefix length. */
export function sameNetwork(one: string, other: string, prefix: number): boolean {
  return ipaddr.IPv4.parse(one).match(ipaddr.IPv4.parse(other), prefix)
}

/** The dotted mask of a prefix length: 24 is 255.255.255.0. */
export function formatMask(prefix: number): string {
  return ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString()
}

/** The first host address that 2.2 took for the gateway: `a.b.c.1` of `a.b.c.d`, whatever the mask. */
export function defaultGateway(address: string): string {
  return address.replace(/\d+$/, '1')
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0)
}
