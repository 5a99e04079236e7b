// What a context of today says of each NIC: ETHx_*, ETHx_ALIASy_*, PCIx_* (contract §4). Old names end here.

import type {Ipv4, Ipv6} from '../../network/model.ts'
import type {Problem} from '../../problem.ts'
import type {Disc} from '../disc.ts'
import type {Assignment} from '../shell.ts'
import {isBlank, type Variables} from '../variables.ts'
import {parseHostMac} from './mac-address.ts'
import {parseNameServer, parseSearchDomain} from './name-servers.ts'
import {type Metrics, readIpv4, readIpv6} from './nic-families.ts'
import {NicValues} from './nic-values.ts'
import {parseMetric, readRoutes} from './routes.ts'

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
    if (bus === undefined || digits === undefined || isBlank(variable)) continue
    const group = groups.get(bus + digits) ?? {bus, index: Number(digits), variables: new Map()}
    groups.set(bus + digits, group)
    group.variables.set(variable.name, variable)
  }
  // Not localeCompare: the first call of it loads the rules of a language, 9 ms.
  const rank = ({bus}: Group) => (bus === 'ETH' ? 0 : 1)
  return [...groups.values()].sort((one, other) => rank(one) - rank(other) || one.index - other.index)
}

function readNic(bus: string, index: number, values: NicValues): NicRequest {
  const label = `${bus}${index}`
  const cost = `${label} is left as it is`
  const isPci = bus === 'PCI'
  const mac = values.read(['MAC'], parseHostMac, 'a MAC that a NIC can have', cost)
  const pci = isPci ? values.read(['ADDRESS'], parsePciAddress, 'an address on the PCI bus', cost) : none
  const vlan = isPci ? values.read(['VLAN_ID'], parseVlanId, 'a VLAN id, 1 to 4094', cost) : none
  const methods = readMethods(values)
  const nic = {
    label,
    index,
    mac: mac.value,
    pciAddress: pci.value,
    vlanId: vlan.value,
    // Which NIC is meant, and on which network it shall be, is not guessed.
    isUnclear: mac.isWrong || pci.isWrong || vlan.isWrong || (isPci && pci.value === undefined),
    isSkipped: methods.isSkipped,
  }
  // Of a NIC that is left alone nothing else counts, and so nothing can be wrong with it.
  if (nic.isSkipped) return {...nic, dns: [], searchDomains: []}
  const family = {values, label, metrics: readMetrics(values)}
  const families = readRoutes(values, {
    ipv4: readIpv4(family, methods.ipv4),
    ipv6: readIpv6(family, methods.ipv6, methods.isImplied),
  })
  return {
    ...nic,
    mtu: readMtu(values, label, families.ipv6),
    ...families,
    dns: values.list(['DNS'], parseNameServer, 'an address of a name server'),
    searchDomains: values.list(['SEARCH_DOMAIN'], parseSearchDomain, 'a domain'),
  }
}

const none = {value: undefined, isWrong: false}

type Methods = {
  isSkipped: boolean
  ipv4: Ipv4['method']
  ipv6: Ipv6['method'] | undefined
  isImplied: boolean
}

const parseMethod = (text: string) => choose(text, ['static', 'dhcp', 'skip'] as const)
// The other two names are cloud-init's (#6814).
const otherNames = new Map([
  ['slaac', 'auto'],
  ['dhcp6', 'dhcp'],
])
const parseMethod6 = (text: string) =>
  choose(otherNames.get(text.toLowerCase()) ?? text, ['static', 'auto', 'dhcp', 'disable', 'skip'] as const)

function choose<T extends string>(text: string, choices: readonly T[]): T | undefined {
  return choices.find(choice => choice === text.toLowerCase())
}

/** METHOD and IP6_METHOD; the second follows the first. */
function readMethods(values: NicValues): Methods {
  // OpenNebula 7.2 may write the NIC's MODEL there, `virtio` (OpenNebula/one #7648): no reason to have no network.
  const read = <T>(name: string, parse: (text: string) => T | undefined, choices: string) =>
    values.read([name], parse, `one of ${choices}`, 'the addresses given are taken', 'value-ignored')
  const ipv4 = read('METHOD', parseMethod, 'static, dhcp, skip')
  const ipv6 = read('IP6_METHOD', parseMethod6, 'static, auto, dhcp, disable, skip')
  const isSkipped = ipv4.value === 'skip'
  const method = ipv4.value === 'dhcp' ? 'dhcp' : 'static'
  const method6 = ipv6.value ?? method
  const isImplied = ipv6.value === undefined
  return {isSkipped, ipv4: method, ipv6: method6 === 'skip' ? undefined : method6, isImplied}
}

/** METRIC is for both families unless IP6_METRIC says otherwise. */
function readMetrics(values: NicValues): Metrics {
  const read = (name: string) =>
    values.read([name], parseMetric, 'a metric, 0 to 4294967295', 'the default holds')
  const [all, ipv6] = [read('METRIC').value, read('IP6_METRIC').value]
  return {ipv4: all, ipv6: ipv6 ?? all}
}

/** 68 is the least that IPv4 allows (RFC 791), 1280 IPv6 (RFC 8200): a link below that takes none of its addresses. */
function readMtu(values: NicValues, label: string, ipv6: Ipv6 | undefined): number | undefined {
  const wantsIpv6 = ipv6 !== undefined && ipv6.method !== 'disable' && !ipv6.isImplied
  const [least, beside] = wantsIpv6 ? [1280, ' beside IPv6'] : [68, '']
  const parse = (text: string) => parseMtu(text, least)
  const expected = `an MTU${beside}, ${least} to 65535`
  return values.read(['MTU'], parse, expected, `${label} keeps the one it has`).value
}

/** 65535 is the most that a link has. */
function parseMtu(text: string, least: number): number | undefined {
  const mtu = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return mtu >= least && mtu <= 65535 ? mtu : undefined
}

function parseVlanId(text: string): number | undefined {
  const id = /^\d{1,4}$/.test(text) ? Number(text) : 0
  return id >= 1 && id <= 4094 ? id : undefined
}

/** `01:00.0`, with or without the domain in front. */
function parsePciAddress(text: string): string | undefined {
  const [, domain = '0000', rest] =
    /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(text) ?? []
  return rest === undefined ? undefined : `${domain}:${rest}`.toLowerCase()
}
