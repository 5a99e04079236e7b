// What a context of today says of each NIC: ETHx_*, ETHx_ALIASy_*, PCIx_* (contract §4). Old names end here.

import type {Address, Gateway, Ipv4, Ipv6} from '../network/model.ts'
import type {Problem} from '../problem.ts'
import type {Disc} from './disc.ts'
import {isWithin} from './ip-address.ts'
import {parseHostAddress, parseMask} from './ipv4.ts'
import {isLinkLocal, parseIpv6Host, parsePrefixLength} from './ipv6.ts'
import {parseHostMac} from './mac-address.ts'
import {parseNameServer, parseSearchDomain} from './name-servers.ts'
import {NicValues} from './nic-values.ts'
import {readRoutes} from './routes.ts'
import type {Assignment} from './shell.ts'
import type {Variables} from './variables.ts'

/** What one NIC is to get. It is complete but for the link that it is about, and for what depends on other NICs. */
export type NicRequest = {
  /** As the context calls it: `ETH0`, `PCI1`. */
  label: string
  /** The number in its label. */
  index: number
  /** The MAC that its link has; for a PCI device the one that it shall have. */
  mac?: string | undefined
  /** `0000:01:00.0`, for a device that is passed through. */
  pciAddress?: string | undefined
  vlanId?: number | undefined
  /** Which NIC it is about cannot be told, or what it would be part of: hands off. */
  isUnclear: boolean
  /** METHOD=skip: hands off. */
  isSkipped: boolean
  mtu?: number | undefined
  ipv4?: Ipv4 | undefined
  ipv6?: Ipv6 | undefined
  dns: readonly string[]
  searchDomains: readonly string[]
}

const nicPattern = /^(ETH|PCI)(\d{1,5})_./

/** Tells whether a variable is about a NIC. */
export function isNicVariable(name: string): boolean {
  return nicPattern.test(name)
}

/** Reads the request of every NIC that the context names, ETHx before PCIx, each by number. */
export function readNics(disc: Disc, problems: Problem[]): NicRequest[] {
  return groupByNic(disc.variables).map(({bus, index, variables}) => {
    return readNic(bus, index, new NicValues({...disc, variables}, `${bus}${index}_`, problems))
  })
}

/** Tells whether something is to be done about the NIC, so that it is worth waiting for. */
export function isAwaited({isUnclear, isSkipped, ipv4, ipv6, mtu}: NicRequest): boolean {
  return !isUnclear && !isSkipped && (ipv4 !== undefined || ipv6 !== undefined || mtu !== undefined)
}

type Group = {bus: string; index: number; variables: Map<string, Assignment>}

function groupByNic(variables: Variables): Group[] {
  const groups = new Map<string, Group>()
  for (const variable of variables.values()) {
    const [, bus, digits] = nicPattern.exec(variable.name) ?? []
    if (bus === undefined || digits === undefined || variable.value === '') continue
    const group = groups.get(bus + digits) ?? {bus, index: Number(digits), variables: new Map()}
    groups.set(bus + digits, group)
    group.variables.set(variable.name, variable)
  }
  return [...groups.values()].sort(
    (one, other) => one.bus.localeCompare(other.bus) || one.index - other.index,
  )
}

function readNic(bus: string, index: number, values: NicValues): NicRequest {
  const label = `${bus}${index}`
  const cost = `${label} is left as it is`
  const isPci = bus === 'PCI'
  const mac = values.read(['MAC'], parseHostMac, 'a MAC that a NIC can have', cost)
  const pci = isPci ? values.read(['ADDRESS'], parsePciAddress, 'an address on the PCI bus', cost) : none
  const vlan = isPci ? values.read(['VLAN_ID'], parseVlanId, 'a VLAN id, 1 to 4094', cost) : none
  const methods = readMethods(values)
  const family = {values, label, aliases: readAliases(values, label), metrics: readMetrics(values)}
  return {
    label,
    index,
    mac: mac.value,
    pciAddress: pci.value,
    vlanId: vlan.value,
    // Which NIC is meant, and on which network it shall be, is not guessed.
    isUnclear: mac.isWrong || pci.isWrong || vlan.isWrong || (isPci && pci.value === undefined),
    isSkipped: methods.isSkipped,
    mtu: readMtu(values, label),
    ...readRoutes(values, {ipv4: readIpv4(family, methods), ipv6: readIpv6(family, methods)}),
    dns: values.list(['DNS'], parseNameServer, 'an address of a name server'),
    searchDomains: values.list(['SEARCH_DOMAIN'], parseSearchDomain, 'a domain'),
  }
}

const none = {value: undefined, isWrong: false}

type Methods = {isSkipped: boolean; ipv4: Ipv4['method']; ipv6: Ipv6['method'] | undefined}
type Metrics = {ipv4: number | undefined; ipv6: number | undefined}

const parseMethod = (text: string) => choose(text, ['static', 'dhcp', 'skip'] as const)
const parseMethod6 = (text: string) => choose(text, ['static', 'auto', 'dhcp', 'disable', 'skip'] as const)

function choose<T extends string>(text: string, choices: readonly T[]): T | undefined {
  return choices.find(choice => choice === text.toLowerCase())
}

/** METHOD and IP6_METHOD; the second follows the first. */
function readMethods(values: NicValues): Methods {
  const taken = (choices: string) => [`one of ${choices}`, 'the addresses given are taken'] as const
  const ipv4 = values.read(['METHOD'], parseMethod, ...taken('static, dhcp, skip'))
  const ipv6 = values.read(['IP6_METHOD'], parseMethod6, ...taken('static, auto, dhcp, disable, skip'))
  const isSkipped = ipv4.value === 'skip'
  const method = ipv4.value === 'dhcp' ? 'dhcp' : 'static'
  const method6 = ipv6.value ?? method
  return {isSkipped, ipv4: method, ipv6: method6 === 'skip' ? undefined : method6}
}

type FamilyReader = {values: NicValues; label: string; aliases: Aliases; metrics: Metrics}

/** METHOD, IP, MASK, GATEWAY, METRIC and the aliases. A wrong address or mask costs the family: no guess. */
function readIpv4(reader: FamilyReader, {ipv4: method}: Methods): Ipv4 | undefined {
  const {values, label, aliases, metrics} = reader
  const metric = metrics.ipv4
  // Of a lease the cloud knows the address beforehand and tells it; it is the DHCP server's to give.
  if (method === 'dhcp') return {method, addresses: aliases.ipv4, metric, routes: []}
  const own = readAddress4(values, `${label} gets no IPv4`)
  if (own === 'wrong') return undefined
  const addresses = distinct([...(own === undefined ? [] : [own]), ...aliases.ipv4])
  if (addresses.length === 0) return undefined
  const cost = `${label} has no default route`
  const gateway = values.read(['GATEWAY'], parseHostAddress, 'an address that a gateway can have', cost)
  return {method, addresses, gateway: placeGateway(values, gateway, addresses, metric), metric, routes: []}
}

/** The same for IPv6, with a prefix length and a second, local address of its own /64 (IP6_ULA). */
function readIpv6(reader: FamilyReader, {ipv6: method}: Methods): Ipv6 | undefined {
  const {values, label, aliases, metrics} = reader
  const metric = metrics.ipv6
  if (method === undefined) return undefined
  if (method === 'disable') return {method, addresses: [], routes: []}
  if (method !== 'static') return {method, addresses: aliases.ipv6, metric, routes: []}
  const own = readAddresses6(values, `${label} gets no IPv6`)
  if (own === 'wrong') return undefined
  const addresses = distinct([...own, ...aliases.ipv6])
  if (addresses.length === 0) return undefined
  const names = ['IP6_GATEWAY', 'GATEWAY6']
  const cost = `${label} has no IPv6 default route`
  const gateway = values.read(names, parseIpv6Host, 'an address that an IPv6 gateway can have', cost)
  return {method, addresses, gateway: placeGateway(values, gateway, addresses, metric), metric, routes: []}
}

/** IP and MASK. A mask may stand behind the address instead. */
function readAddress4(values: NicValues, cost: string): Address | undefined | 'wrong' {
  const mask = values.read(['MASK'], parseMask, 'a mask such as 255.255.255.0, 24 or /24', cost)
  const ip = values.read(['IP'], parseCidr4, 'an IPv4 address that a NIC can have', cost)
  if (ip.isWrong || (mask.isWrong && ip.value !== undefined)) return 'wrong'
  if (ip.value === undefined) return undefined
  const {address, prefix = mask.value ?? 24} = ip.value
  return {address, prefix: mask.value ?? prefix}
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

type Aliases = {ipv4: Address[]; ipv6: Address[]}

/** Further addresses of the NIC. One that the host routes (EXTERNAL) or that is being taken away is not configured. */
function readAliases(values: NicValues, label: string): Aliases {
  const numbers = values.numbersBehind('ALIAS')
  const aliases: Aliases = {ipv4: [], ipv6: []}
  for (const number of numbers) {
    const alias = values.below(`ALIAS${number}_`)
    if (alias.isYes('EXTERNAL') || alias.has('DETACH')) continue
    const cost = `this alias of ${label} is left out`
    const [own, own6] = [readAddress4(alias, cost), readAddresses6(alias, cost)]
    if (own !== undefined && own !== 'wrong') aliases.ipv4.push(own)
    if (own6 !== 'wrong') aliases.ipv6.push(...own6)
  }
  return aliases
}

/** Says how a gateway is reached. The NIC's own address is none. */
function placeGateway(
  values: NicValues,
  {value: address, variable}: ReturnType<typeof values.read<string>>,
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

/** A neighbour on the link that no subnet of the NIC holds. Link-local addresses are on every link. */
export function isOffSubnet(address: string, addresses: readonly Address[]): boolean {
  return !isLinkLocal(address) && !addresses.some(own => isWithin(address, own))
}

/** METRIC is for both families unless IP6_METRIC says otherwise. */
function readMetrics(values: NicValues): Metrics {
  const read = (name: string) =>
    values.read([name], parseMetric, 'a metric, 0 to 4294967295', 'the default holds')
  const [all, ipv6] = [read('METRIC').value, read('IP6_METRIC')]
  return {ipv4: all, ipv6: ipv6.variable === undefined ? all : ipv6.value}
}

function readMtu(values: NicValues, label: string): number | undefined {
  return values.read(['MTU'], parseMtu, 'an MTU, 68 to 65535', `${label} keeps the one it has`).value
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

/** Metrics are 32 bits wide in the kernel. */
export function parseMetric(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : undefined
}

/** 68 is the least that IPv4 allows (RFC 791), 65535 the most that a link has. */
function parseMtu(text: string): number | undefined {
  const mtu = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return mtu >= 68 && mtu <= 65535 ? mtu : undefined
}

function parseVlanId(text: string): number | undefined {
  const id = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return id >= 1 && id <= 4094 ? id : undefined
}

/** `01:00.0`, with or without the domain in front. */
function parsePciAddress(text: string): string | undefined {
  const [, domain = '0000', rest] = /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(text) ?? []
  return rest === undefined ? undefined : `${domain}:${rest}`.toLowerCase()
}

function distinct(addresses: readonly Address[]): Address[] {
  return [...new Map(addresses.map(each => [each.address, each])).values()]
}
