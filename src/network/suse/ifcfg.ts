// The text of ifcfg-DEV: ifcfg(5), ifcfg-vlan(5), wicked's ifcfg(5).

import type {ByteText} from '../../action.ts'
import type {Address} from '../model.ts'
import {formatSignature} from '../signature.ts'
import type {Interface} from './interfaces.ts'
import {type Former, type FormerAddress, readFormer} from './kept.ts'

/**
 * Spells ifcfg-DEV. `before` is the file without us: what it says of a family that is left alone stays. `isMadeLate`:
 * a VLAN comes into being only after ifsysctl-DEV has been read.
 */
export function formatIfcfg(one: Interface, before: ByteText, {isMadeLate}: {isMadeLate: boolean}): ByteText {
  const former = readFormer(before)
  const lines = [
    formatSignature(one.nic),
    `BOOTPROTO='${chooseProtocol(one, former)}'`,
    `STARTMODE='auto'`,
    ...formatVlan(one, isMadeLate),
    ...(one.newMac === undefined ? [] : [`LLADDR='${one.newMac}'`]),
    ...(one.mtu === undefined ? [] : [`MTU='${one.mtu}'`]),
    ...formatIpv4(one, former),
    ...formatIpv6(one, former),
  ]
  return `${lines.join('\n')}\n`
}

/**
 * One word for both families. `dhcp` is content with an answer in either, `dhcp6` waits for its own: a `dhcp` of before
 * is no reason for it where IPv4 becomes static. Addresses count beside each of them.
 */
function chooseProtocol({ipv4, ipv6}: Interface, {protocol}: Former): string {
  const by4 = ipv4 === undefined ? /^dhcp(4|\b)/.test(protocol) : ipv4.method === 'dhcp'
  const was6 = /dhcp6/.test(protocol) || (by4 && /^dhcp(\+|$)/.test(protocol))
  const by6 = ipv6 === undefined ? was6 : ipv6.method === 'dhcp'
  if (by4 && by6) return 'dhcp'
  return by4 ? 'dhcp4' : by6 ? 'dhcp6' : 'static'
}

/**
 * The name is not to tell the number: it may be another where the device's is long. The scripts find what runs after
 * `ifup` in a directory of their own; there ifup-sysctl reads the file once more.
 */
function formatVlan({nic, vlanId, ipv6}: Interface, isMadeLate: boolean): string[] {
  if (vlanId === undefined) return []
  const postUp = isMadeLate && ipv6 !== undefined ? [`POST_UP_SCRIPT='ifup-sysctl'`] : []
  return [`ETHERDEVICE='${nic.device}'`, `VLAN_ID='${vlanId}'`, ...postUp]
}

function formatIpv4({ipv4}: Interface, former: Former): string[] {
  const name = (index: number) => (index === 0 ? '' : `_${index}`)
  if (ipv4 === undefined) return [...formatFormer(former.ipv4, name), ...former.options4]
  // Of wicked; the scripts cannot say it (see findUnsaid).
  const hasMetric = ipv4.method === 'dhcp' && ipv4.metric !== undefined
  const metric = hasMetric ? [`DHCLIENT_ROUTE_PRIORITY='${ipv4.metric}'`] : []
  return [...formatAddresses(ipv4.addresses, name), ...metric]
}

/** Any suffix will do, but for one of an IPv4 address. */
function formatIpv6({ipv6}: Interface, former: Former): string[] {
  const name = (index: number) => `_6_${index}`
  if (ipv6 === undefined) return [...formatFormer(former.ipv6, name), ...former.options6]
  // Asked for, not only where a router says so.
  const mode = ipv6.method === 'dhcp' ? [`DHCLIENT6_MODE='managed'`] : []
  return [...formatAddresses(ipv6.addresses, name), ...mode]
}

/** The length stands at the address: PREFIXLEN of one is that of the next in the scripts, if it has none. */
function formatAddresses(addresses: readonly Address[], name: (index: number) => string): string[] {
  return addresses.map(({address, prefix}, index) => `IPADDR${name(index)}='${address}/${prefix}'`)
}

function formatFormer(addresses: readonly FormerAddress[], name: (index: number) => string): string[] {
  return addresses.flatMap(({address, fields}, index) =>
    [['IPADDR', address] as const, ...fields].map(([field, value]) => `${field}${name(index)}='${value}'`),
  )
}
