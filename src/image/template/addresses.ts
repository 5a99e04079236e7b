// Addresses as numbers, and the rules by which OpenNebula makes one of another (src/vnm/AddressRange.cc of
// release-7.0.2, src/vnm/Leases.cc of release-2.2-rc1).

import ipaddr from 'ipaddr.js'
import {defaultMacPrefix} from '../../context/network/mac-address.ts'

/** Reads a dotted IPv4 address; undefined if it is none. */
export function parseIpv4(text: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined
  return text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
}

export function formatIpv4(address: number): string {
  return bytesOf(address).join('.')
}

/** A MAC in two numbers: the two bytes in front, and the four that may be an IPv4 address. */
export type Mac = {prefix: number; rest: number}

export function parseMacNumbers(text: string): Mac | undefined {
  if (!/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(text)) return undefined
  const bytes = text.split(':').map(byte => Number.parseInt(byte, 16))
  const [first, second, ...rest] = bytes as [number, number, ...number[]]
  return {prefix: first * 256 + second, rest: rest.reduce((sum, byte) => sum * 256 + byte, 0)}
}

export function formatMacNumbers({prefix, rest}: Mac): string {
  const bytes = [prefix >> 8, prefix & 255, ...bytesOf(rest)]
  return bytes.map(byte => byte.toString(16).padStart(2, '0')).join(':')
}

/** The MAC that carries an address: MAC_PREFIX of oned.conf and the four bytes. */
export function macOf(address: number): Mac {
  return {prefix: Number.parseInt(defaultMacPrefix.replace(':', ''), 16), rest: address}
}

/** The address that a MAC carries; undefined under another prefix. */
export function addressIn(mac: Mac): number | undefined {
  return mac.prefix === macOf(0).prefix ? mac.rest : undefined
}

/** The address of a host in an IPv6 network of 64 bits: its lower half is made of the MAC (EUI-64). */
export function formatEui64(prefix: string, {prefix: front, rest}: Mac): string {
  const upper = ipaddr.IPv6.parse(prefix).parts.slice(0, 4)
  const lower = [
    front ^ 0x0200,
    (Math.floor(rest / 2 ** 24) << 8) | 0xff,
    0xfe00 | ((rest >>> 16) & 255),
    rest & 0xffff,
  ]
  return new ipaddr.IPv6([...upper, ...lower]).toRFC5952String()
}

/** The address so many behind another; only the last 32 bits count on, as the front end has it. */
export function formatIpv6Behind(first: string, index: number): string {
  const {parts} = ipaddr.IPv6.parse(first)
  const last = (parts[6]! * 65536 + parts[7]! + index) % 2 ** 32
  return new ipaddr.IPv6([...parts.slice(0, 6), Math.floor(last / 65536), last % 65536]).toRFC5952String()
}

function bytesOf(number: number): number[] {
  return [24, 16, 8, 0].map(shift => (number >>> shift) & 255)
}
