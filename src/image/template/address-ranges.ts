// The address ranges of a network of today: AR = [TYPE = IP4, IP = …, SIZE = …] (src/vnm/AddressRange.cc of
// release-7.0.2).

import ipaddr from 'ipaddr.js'
import type {Problem} from '../../problem.ts'
import {
  formatEui64,
  formatIpv4,
  formatIpv6Behind,
  formatMacNumbers,
  type Mac,
  macOf,
  parseIpv4,
  parseMacNumbers,
} from './addresses.ts'
import type {Range, Wish} from './range.ts'
import {findVectors, placeOf, type Template, type Vector, valueIn} from './template.ts'

/** Reads them; bad ones are left out, with a problem. */
export function readAddressRanges(template: Template, problems: Problem[]): Range[] {
  return findVectors(template, 'AR').flatMap((vector, id) => {
    const range = readRange(vector, id)
    if (typeof range !== 'string') return [range]
    const place = placeOf(template, vector.nameOffset)
    problems.push({
      code: 'template-doubtful',
      ...place,
      key: 'AR',
      message: `${range}; the range is left out`,
    })
    return []
  })
}

/** What a type gives besides a MAC. */
const types: Readonly<Record<string, readonly ('ipv4' | 'prefixes' | 'ipv6')[]>> = {
  ETHER: [],
  IP4: ['ipv4'],
  IP6: ['prefixes'],
  IP6_STATIC: ['ipv6'],
  IP4_6: ['ipv4', 'prefixes'],
  IP4_6_STATIC: ['ipv4', 'ipv6'],
}

type First = {mac: Mac; ip?: number; ip6?: string; prefixes?: {name: string; prefix: string}[]}

/** Gives the range, or what is wrong with it. */
function readRange(vector: Vector, id: number): Range | string {
  const gives = types[valueIn(vector, 'TYPE').toUpperCase()]
  if (gives === undefined) return `its TYPE is none of ${Object.keys(types).join(', ')}`
  const ip = gives.includes('ipv4') ? parseIpv4(valueIn(vector, 'IP')) : undefined
  if (gives.includes('ipv4') && ip === undefined) return 'its IP is none'
  const ip6 = gives.includes('ipv6') ? valueIn(vector, 'IP6') : undefined
  if (ip6 !== undefined && !ipaddr.IPv6.isValid(ip6)) return 'its IP6 is none'
  const prefixes = gives.includes('prefixes') ? readPrefixes(vector) : undefined
  if (prefixes?.some(({prefix}) => !ipaddr.IPv6.isValid(prefix)))
    return 'one of its prefixes is no IPv6 address'
  const mac = readMac(vector, ip)
  if (mac === undefined) return 'its MAC is none'
  const size = readSize(vector, ip6)
  if (size === undefined) return 'its SIZE is no number'
  const first: First = {mac, ...(ip !== undefined && {ip}), ...(ip6 && {ip6}), ...(prefixes && {prefixes})}
  return {
    values: vector.values,
    size,
    taken: new Set(),
    leaseAt: index => leaseBehind(first, index).set('AR_ID', `${id}`),
    indexOf: (wish: Wish) => findIndex(first, wish),
  }
}

/** The front end makes a random MAC where there is neither an IPv4 address nor one given; here the first is always it. */
function readMac(vector: Vector, ip: number | undefined): Mac | undefined {
  const written = valueIn(vector, 'MAC')
  return written === '' ? macOf(ip ?? 1) : parseMacNumbers(written)
}

function readPrefixes(vector: Vector): {name: string; prefix: string}[] {
  const names = [
    ['IP6_ULA', 'ULA_PREFIX'],
    ['IP6_GLOBAL', 'GLOBAL_PREFIX'],
  ] as const
  const given = names.map(([name, key]) => ({name, prefix: valueIn(vector, key)}))
  return [{name: 'IP6_LINK', prefix: 'fe80::'}, ...given.filter(({prefix}) => prefix !== '')]
}

function readSize(vector: Vector, ip6: string | undefined): number | undefined {
  const written = valueIn(vector, 'SIZE')
  // Static IPv6 may have none: as many as there are. More than this no template has NICs.
  if (written === '' && ip6 !== undefined) return 2 ** 32
  return /^\d+$/.test(written) ? Number(written) : undefined
}

function leaseBehind({mac, ip, ip6, prefixes = []}: First, index: number): Map<string, string> {
  const own = {...mac, rest: (mac.rest + index) % 2 ** 32}
  const lease = new Map([['MAC', formatMacNumbers(own)]])
  if (ip !== undefined) lease.set('IP', formatIpv4(ip + index))
  for (const {name, prefix} of prefixes) lease.set(name, formatEui64(prefix, own))
  if (ip6 !== undefined) lease.set('IP6', formatIpv6Behind(ip6, index))
  return lease
}

function findIndex({mac, ip, ip6}: First, {attribute, value}: Wish): number | undefined {
  if (attribute === 'IP') {
    const wanted = parseIpv4(value)
    return wanted === undefined || ip === undefined ? undefined : wanted - ip
  }
  if (attribute === 'MAC') {
    const wanted = parseMacNumbers(value)
    return wanted?.prefix === mac.prefix ? wanted.rest - mac.rest : undefined
  }
  if (ip6 === undefined || !ipaddr.IPv6.isValid(value)) return undefined
  const [wanted, first] = [ipaddr.IPv6.parse(value).parts, ipaddr.IPv6.parse(ip6).parts]
  const isNear = wanted.slice(0, 6).every((part, index) => part === first[index])
  return isNear ? (wanted[6]! - first[6]!) * 65536 + wanted[7]! - first[7]! : undefined
}
