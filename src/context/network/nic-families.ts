// The addresses of one NIC in each family: ETHx_IP, ETHx_IP6, their aliases and gateways (contract §4).

import type {Address, Gateway, Ipv4, Ipv6} from '../../network/model.ts'
import {isOffSubnet, isWithin} from './ip-address.ts'
import {parseHostAddress, parseMask} from './ipv4.ts'
import {parseIpv6Host, parsePrefixLength} from './ipv6.ts'
import type {NicValues, Value} from './nic-values.ts'

export type FamilyReader = {values: NicValues; label: string; metrics: Metrics}

/** Metric of the default route of each family. */
export type Metrics = {ipv4: number | undefined; ipv6: number | undefined}

/** METHOD, IP, MASK, GATEWAY, METRIC and the aliases. A wrong address or mask costs the family: no guess. */
export function readIpv4(reader: FamilyReader, method: Ipv4['method']): Ipv4 | undefined {
  const {values, label, metrics} = reader
  const metric = metrics.ipv4
  // Of a lease the cloud knows the address beforehand and tells it; it is the DHCP server's to give.
  if (method === 'dhcp') return {method, addresses: readAliases4(reader), metric, routes: []}
  const own = readAddress4(values, `${label} gets no IPv4`)
  if (own === 'wrong') return undefined
  const addresses = distinct([...(own === undefined ? [] : [own]), ...readAliases4(reader, own)])
  if (addresses.length === 0) return undefined
  const cost = `${label} has no default route`
  const gateway = values.read(['GATEWAY'], parseHostAddress, 'an address that a gateway can have', cost)
  return {method, addresses, gateway: placeGateway(values, gateway, addresses, metric), metric, routes: []}
}

/** The same for IPv6, with a prefix length and a second, local address of its own /64 (IP6_ULA). */
export function readIpv6(
  reader: FamilyReader,
  method: Ipv6['method'] | undefined,
  isImplied: boolean,
): Ipv6 | undefined {
  const {values, label, metrics} = reader
  const metric = metrics.ipv6
  if (method === undefined) return undefined
  if (method === 'disable') return {method, addresses: [], routes: []}
  if (method !== 'static') {
    const addresses = readAliases6(reader)
    return {method, addresses, metric, routes: [], ...(isImplied ? {isImplied} : {})}
  }
  const own = readAddresses6(values, `${label} gets no IPv6`)
  if (own === 'wrong') return undefined
  const addresses = distinct([...own, ...readAliases6(reader)])
  if (addresses.length === 0) return undefined
  const names = ['IP6_GATEWAY', 'GATEWAY6']
  const cost = `${label} has no IPv6 default route`
  const gateway = values.read(names, parseIpv6Host, 'an address that an IPv6 gateway can have', cost)
  return {method, addresses, gateway: placeGateway(values, gateway, addresses, metric), metric, routes: []}
}

/** IP and MASK. A mask may stand behind the address instead. */
function readAddress4(values: NicValues, cost: string, parent?: Address): Address | undefined | 'wrong' {
  const mask = values.read(['MASK'], parseMask, 'a mask such as 255.255.255.0, 24 or /24', cost)
  const ip = values.read(['IP'], parseCidr4, 'an IPv4 address that a NIC can have', cost)
  if (ip.isWrong || (mask.isWrong && ip.value !== undefined)) return 'wrong'
  if (ip.value === undefined) return undefined
  const {address, prefix} = ip.value
  return {address, prefix: mask.value ?? prefix ?? guessPrefix(address, parent)}
}

/** Without a mask 24; for an alias in the network of its NIC that of the network (OpenNebula/one #3578). */
function guessPrefix(address: string, parent: Address | undefined): number {
  return parent !== undefined && isWithin(address, parent) ? parent.prefix : 24
}

/** IP6 or IPV6 with IP6_PREFIX_LENGTH, and IP6_ULA. */
function readAddresses6(values: NicValues, cost: string): Address[] | 'wrong' {
  const length = values.read(['IP6_PREFIX_LENGTH'], parsePrefixLength, 'a prefix length, 1 to 128', cost)
  const ip = values.read(['IP6', 'IPV6'], parseCidr6, 'an IPv6 address that a NIC can have', cost)
  const local = values.read(['IP6_ULA'], parseCidr6, 'an IPv6 address that a NIC can have', 'it is left out')
  if (ip.isWrong || (length.isWrong && ip.value !== undefined)) return 'wrong'
  const found: Address[] = []
  if (ip.value !== undefined) {
    found.push({address: ip.value.address, prefix: length.value ?? ip.value.prefix ?? 64})
  }
  if (local.value !== undefined) {
    found.push({address: local.value.address, prefix: local.value.prefix ?? 64})
  }
  return found
}

/** Further addresses. One that the host routes (EXTERNAL) or that is being taken away is not configured. */
function listAliases(values: NicValues): NicValues[] {
  const aliases = values.numbersBehind('ALIAS').map(number => values.below(`ALIAS${number}_`))
  return aliases.filter(alias => !alias.isYes('EXTERNAL') && !alias.has('DETACH'))
}

function readAliases4({values, label}: FamilyReader, parent?: Address): Address[] {
  const found = listAliases(values).map(alias => readAddress4(alias, leftOut(label), parent))
  return found.filter(address => address !== undefined && address !== 'wrong')
}

function readAliases6({values, label}: FamilyReader): Address[] {
  return listAliases(values).flatMap(alias => {
    const found = readAddresses6(alias, leftOut(label))
    return found === 'wrong' ? [] : found
  })
}

const leftOut = (label: string) => `this alias of ${label} is left out`

/** Says how a gateway is reached. The NIC's own address is none. */
function placeGateway(
  values: NicValues,
  {value: address, variable}: Value<string>,
  addresses: readonly Address[],
  metric: number | undefined,
): Gateway | undefined {
  if (address === undefined || variable === undefined) return undefined
  if (addresses.some(own => own.address === address)) {
    values.complain(variable, 'value-rejected', 'this is the address of the NIC itself: no default route')
    return undefined
  }
  return {address, onLink: isOffSubnet(address, addresses), metric}
}

function parseCidr4(text: string): {address: string; prefix?: number | undefined} | undefined {
  const [, ip = '', mask] = /^([^/]*)(\/\d+)?$/.exec(text) ?? []
  const address = parseHostAddress(ip)
  const prefix = mask === undefined ? undefined : parseMask(mask)
  if (address === undefined || (mask !== undefined && prefix === undefined)) return undefined
  return {address, prefix}
}

function parseCidr6(text: string): {address: string; prefix?: number | undefined} | undefined {
  const [, ip = '', length] = /^([^/]*)(\/\d+)?$/.exec(text) ?? []
  const address = parseIpv6Host(ip)
  const prefix = length === undefined ? undefined : parsePrefixLength(length)
  if (address === undefined || (length !== undefined && prefix === undefined)) return undefined
  return {address, prefix}
}

/** An alias that repeats an address does not change its prefix length: the NIC's own comes first. */
function distinct(addresses: readonly Address[]): Address[] {
  return addresses.filter(
    (each, position) => addresses.findIndex(other => other.address === each.address) === position,
  )
}
