// What an ifcfg file says of each family, to be said again where a family is left as it is.

import type {ByteText} from '../../action.ts'
import {isIpv6, parseAnyAddress} from '../../context/network/ip-address.ts'
import {parseMask} from '../../context/network/ipv4.ts'
import {readAssignments} from '../sysconfig-file.ts'

/** An address with its length, and what else is said of it. */
export type FormerAddress = {address: string; fields: readonly (readonly [string, ByteText])[]}

export type Former = {
  /** BOOTPROTO in lower case. */
  protocol: ByteText
  ipv4: readonly FormerAddress[]
  ipv6: readonly FormerAddress[]
  /** Lines about the DHCP client of each family. */
  options4: readonly ByteText[]
  options6: readonly ByteText[]
}

/** Reads the file. An address of either family may stand under any suffix. */
export function readFormer(text: ByteText): Former {
  const assignments = readAssignments(text)
  const fields = new Map(assignments.map(({name, value}) => [name, value]))
  const addresses = [...fields.keys()].flatMap(name => readAddress(name, fields))
  const linesOf = (prefix: string) =>
    assignments.filter(({name}) => name.startsWith(prefix)).map(({text}) => text.trim())
  return {
    protocol: fields.get('BOOTPROTO')?.toLowerCase() ?? '',
    ipv4: addresses.filter(({address}) => !isIpv6(address)),
    ipv6: addresses.filter(({address}) => isIpv6(address)),
    options4: linesOf('DHCLIENT_'),
    options6: linesOf('DHCLIENT6_'),
  }
}

type Fields = ReadonlyMap<string, ByteText>

function readAddress(name: string, fields: Fields): FormerAddress[] {
  if (!name.startsWith('IPADDR')) return []
  const suffix = name.slice('IPADDR'.length)
  const [spelled = '', length] = fields.get(name)!.split('/')
  const address = parseAnyAddress(spelled)
  if (address === undefined) return []
  const prefix = length ?? readPrefix(address, suffix, fields)
  if (!/^\d{1,3}$/.test(prefix)) return []
  const others = ['BROADCAST', 'REMOTE_IPADDR', 'LABEL', 'SCOPE', 'IP_OPTIONS'].flatMap(field => {
    const value = fields.get(`${field}${suffix}`)
    return value && /^[\w .:+/-]+$/.test(value) ? [[field, value] as const] : []
  })
  return [{address: `${address}/${prefix}`, fields: others}]
}

/** Without any length it is a host's, for ip(8) and for wicked. */
function readPrefix(address: string, suffix: string, fields: Fields): string {
  const length = fields.get(`PREFIXLEN${suffix}`)
  if (length) return length
  if (isIpv6(address)) return '128'
  return `${parseMask(fields.get(`NETMASK${suffix}`) ?? '') ?? 32}`
}
