// What IPv4 and IPv6 have in common.

import ipaddr from 'ipaddr.js'
import type {Address} from '../../network/model.ts'
import {parseAddress} from './ipv4.ts'
import {isLinkLocal, parseIpv6} from './ipv6.ts'

/** Reads an address of either family. */
export function parseAnyAddress(text: string): string | undefined {
  return parseAddress(text) ?? parseIpv6(text)
}

/** Tells the family of an address that has been read. */
export function isIpv6(address: string): boolean {
  return address.includes(':')
}

/** Tells whether an address lies in the network of another, of the same family. */
export function isWithin(address: string, network: Address): boolean {
  if (isIpv6(address) !== isIpv6(network.address)) return false
  const [one, other] = [ipaddr.parse(address), ipaddr.parse(network.address)]
  return one.match(other as ipaddr.IPv4 & ipaddr.IPv6, network.prefix)
}

/** The address of the network itself: all host bits zero. */
export function networkAddress({address, prefix}: Address): string {
  const cidr = `${address}/${prefix}`
  return isIpv6(address)
    ? ipaddr.IPv6.networkAddressFromCIDR(cidr).toRFC5952String()
    : ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()
}

/** A neighbour on the link that no subnet of the NIC holds. Link-local addresses are on every link. */
export function isOffSubnet(address: string, addresses: readonly Address[]): boolean {
  return !isLinkLocal(address) && !addresses.some(own => isWithin(address, own))
}
