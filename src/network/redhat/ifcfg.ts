// The texts of ifcfg-DEV and route-DEV: sysconfig.txt of initscripts, nm-settings-ifcfg-rh(5).

import type {ByteText} from '../../action.ts'
import {formatMask} from '../../context/ipv4.ts'
import type {Ipv4, Nic} from '../model.ts'
import {formatSignature} from '../signature.ts'
import {readAssignments, readSysconfigVariable} from '../sysconfig-file.ts'

/** Spells ifcfg-DEV. `ipv6` are the lines about IPv6. */
export function formatIfcfg(nic: Nic, ipv4: Ipv4, ipv6: readonly ByteText[]): ByteText {
  const lines = [
    formatSignature(nic),
    `DEVICE=${nic.device}`,
    `HWADDR=${nic.mac}`,
    'TYPE=Ethernet',
    'ONBOOT=yes',
    'BOOTPROTO=none',
    ...formatAddresses(ipv4),
    ...formatGateway(ipv4),
    ...ipv6,
  ]
  return `${lines.join('\n')}\n`
}

/**
 * The lines of route-DEV. Only for a gateway off the subnet, for which ifup-eth ignores GATEWAY in silence: it takes
 * one inside the first address's network and no other.
 */
export function formatRoutes({device}: Nic, {gateway}: Ipv4): string[] {
  if (!gateway?.onLink) return []
  const metric = gateway.metric === undefined ? '' : ` metric ${gateway.metric}`
  return [`${gateway.address} dev ${device}`, `default via ${gateway.address} dev ${device}${metric}`]
}

/**
 * IPv6 as it was: the lines that defined this NIC before stay. Without IPV6INIT the readers disagree (ifup-ipv6 of
 * rhel7 takes it for yes, that of rhel6 and NetworkManager for no), so it is always said: as for the whole guest, else
 * yes, which leaves router advertisements to work.
 */
export function keepIpv6(before: ByteText, network: ByteText): ByteText[] {
  const kept = readAssignments(before).filter(({name}) => /^(IPV6|DHCPV6)/.test(name))
  if (kept.some(({name}) => name === 'IPV6INIT')) return kept.map(({text}) => text.trim())
  const isOff = /^(no|false|f|n|0)$/i.test(readSysconfigVariable(network, 'IPV6INIT') ?? '')
  return [`IPV6INIT=${isOff ? 'no' : 'yes'}`, ...kept.map(({text}) => text.trim())]
}

/** IPADDR, IPADDR1, …: both readers stop at a gap. PREFIX is what they prefer, NETMASK what older ones know. */
function formatAddresses({addresses}: Ipv4): string[] {
  return addresses.flatMap(({address, prefix}, index) => {
    const suffix = index === 0 ? '' : index
    return [
      `IPADDR${suffix}=${address}`,
      `PREFIX${suffix}=${prefix}`,
      `NETMASK${suffix}=${formatMask(prefix)}`,
    ]
  })
}

/** DEFROUTE=no keeps the GATEWAY of /etc/sysconfig/network, meant for another NIC, off one that has none. */
function formatGateway({gateway}: Ipv4): string[] {
  if (gateway === undefined) return ['DEFROUTE=no']
  if (gateway.onLink) return []
  const {address, metric} = gateway
  // The scripts read METRIC, NetworkManager the other.
  const metrics = metric === undefined ? [] : [`METRIC=${metric}`, `IPV4_ROUTE_METRIC=${metric}`]
  return [`GATEWAY=${address}`, ...metrics]
}
