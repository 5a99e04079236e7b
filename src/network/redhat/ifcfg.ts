// The texts of the ifcfg files of one NIC: its own, that of the VLAN on it, and those of further addresses beside DHCP.

import type {ByteText} from '../../action.ts'
import {formatMask} from '../../context/network/ipv4.ts'
import {interfaceOf, type Nic} from '../model.ts'
import {formatSignature} from '../signature.ts'
import {formatIpv4, keepIpv4, keepNames} from './ipv4.ts'
import {formatIpv6, keepIpv6} from './ipv6.ts'

/** What the texts depend on besides the NIC. */
export type Setting = {
  /** The file that defined the interface before us. */
  before: ByteText
  /** /etc/sysconfig/network. */
  shared: ByteText
  gatewayDevice: string | undefined
  /** The lines about name servers. */
  names: readonly string[]
}

/** Spells the file of the interface that has the addresses. */
export function formatIfcfg(nic: Nic, {before, shared, gatewayDevice, names}: Setting): ByteText {
  const device = interfaceOf(nic)
  const {ipv4, ipv6} = nic
  return formatFile(nic, [
    ...(nic.vlan === undefined ? formatCard(nic) : formatVlan(nic)),
    ...(ipv4 === undefined ? keepIpv4(before) : formatIpv4(device, ipv4, gatewayDevice)),
    ...(ipv6 === undefined ? keepIpv6(before, shared) : formatIpv6(device, ipv6)),
    ...(ipv4 === undefined && names.length === 0 ? keepNames(before) : names),
  ])
}

/** Spells the file of a NIC that only carries a VLAN. */
export function formatCarrier(nic: Nic): ByteText {
  return formatFile(nic, [...formatCard(nic), 'BOOTPROTO=none', 'IPV6INIT=no', 'IPV6_DISABLED=yes'])
}

/**
 * Spells the files of further addresses beside DHCP, by the name of the alias: the scripts ignore IPADDR there, and
 * NetworkManager reads these too. NO_ALIASROUTING: ifup-aliases would set the default route anew with each.
 */
export function formatAliases(nic: Nic): Map<string, ByteText> {
  const device = interfaceOf(nic)
  const addresses = nic.ipv4?.method === 'dhcp' ? nic.ipv4.addresses : []
  return new Map(
    addresses.map(({address, prefix}, index) => {
      const name = `${device}:${index + 1}`
      const mask = [`PREFIX=${prefix}`, `NETMASK=${formatMask(prefix)}`]
      const options = ['NO_ALIASROUTING=yes', 'IPV6INIT=no', 'ARPCHECK=no', 'ARPUPDATE=no']
      return [name, formatFile(nic, [`DEVICE=${name}`, `IPADDR=${address}`, ...mask, ...options])]
    }),
  )
}

function formatFile(nic: Nic, lines: readonly ByteText[]): ByteText {
  return `${[formatSignature(nic), ...lines].join('\n')}\n`
}

/** HWADDR is the MAC that the card has by itself: beside another one it may no longer be known. */
function formatCard({device, mac, newMac, mtu}: Nic): string[] {
  return [
    `DEVICE=${device}`,
    newMac === undefined ? `HWADDR=${mac}` : `MACADDR=${newMac}`,
    'TYPE=Ethernet',
    'ONBOOT=yes',
    ...formatMtu(mtu),
  ]
}

/** The scripts read VID, NetworkManager VLAN_ID. */
function formatVlan({device, vlan, mtu}: Nic): string[] {
  const {name, id} = vlan!
  const options = ['TYPE=Vlan', 'VLAN=yes', `PHYSDEV=${device}`, `VID=${id}`, `VLAN_ID=${id}`]
  return [`DEVICE=${name}`, ...options, 'REORDER_HDR=yes', 'ONBOOT=yes', ...formatMtu(mtu)]
}

function formatMtu(mtu: number | undefined): string[] {
  return mtu === undefined ? [] : [`MTU=${mtu}`]
}
