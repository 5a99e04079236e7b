// What ifcfg-DEV says of IPv4: sysconfig.txt of initscripts, nm-settings-ifcfg-rh(5).

import type {ByteText} from '../../action.ts'
import {formatMask} from '../../context/network/ipv4.ts'
import type {Address, Ipv4} from '../model.ts'
import {readAssignments} from '../sysconfig-file.ts'
import {isTakenFromIfcfg} from './routes.ts'

/** The lines about IPv4. `gatewayDevice`: GATEWAYDEV of the shared file. */
export function formatIpv4(device: string, ipv4: Ipv4, gatewayDevice: string | undefined): string[] {
  if (ipv4.method === 'static') {
    const gateway = formatGateway(device, ipv4, gatewayDevice === device)
    return ['BOOTPROTO=none', ...formatAddresses(ipv4.addresses), ...gateway]
  }
  // Without the second line dhclient gives up for good where no server answers in time. dhclient-script reads METRIC.
  return ['BOOTPROTO=dhcp', 'PERSISTENT_DHCLIENT=yes', ...formatMetrics(ipv4.metric)]
}

/**
 * IPv4 as it was: the lines that defined this NIC before stay. DHCP that fails would keep ifup-eth from IPv6: where
 * nothing says otherwise it goes on in the background.
 */
export function keepIpv4(before: ByteText): ByteText[] {
  const kept = readAssignments(before).filter(({name}) => ipv4Names.test(name))
  const protocol = kept.findLast(({name}) => name === 'BOOTPROTO')?.value.toLowerCase()
  const isPersistent = protocol !== 'dhcp' || kept.some(({name}) => name === 'PERSISTENT_DHCLIENT')
  return [
    ...(protocol === undefined ? ['BOOTPROTO=none'] : []),
    ...kept.map(({text}) => text.trim()),
    ...(isPersistent ? [] : ['PERSISTENT_DHCLIENT=yes']),
  ]
}

/** The name servers of an IPv4 that is left alone, where the context names none. */
export function keepNames(before: ByteText): ByteText[] {
  const kept = readAssignments(before).filter(({name}) => /^(DNS\d|DOMAIN|SEARCH|PEERDNS)$/.test(name))
  return kept.map(({text}) => text.trim())
}

const ipv4Names =
  /^(BOOTPROTO|(IPADDR|PREFIX|NETMASK|NETWORK|BROADCAST|GATEWAY|ARPCHECK|ARPUPDATE)\d*|DEFROUTE|METRIC|IPV4_\w+|DHCP_\w+|DHCPRELEASE|DHCLIENT\w+|PERSISTENT_DHCLIENT|PEERROUTES|ARPING_WAIT|SRCADDR|SCOPE|WINDOW|NOZEROCONF)$/

/**
 * IPADDR, IPADDR1, …: both readers stop at a gap. PREFIX is what they prefer, NETMASK what older ones know. The scripts
 * ask by ARP for each address whether it is taken and then announce it, 2 s each: they do so for the first alone.
 */
function formatAddresses(addresses: readonly Address[]): string[] {
  return addresses.flatMap(({address, prefix}, index) => {
    const suffix = index === 0 ? '' : index
    return [
      `IPADDR${suffix}=${address}`,
      `PREFIX${suffix}=${prefix}`,
      `NETMASK${suffix}=${formatMask(prefix)}`,
      ...(index === 0 ? [] : [`ARPCHECK${index}=no`, `ARPUPDATE${index}=no`]),
    ]
  })
}

/**
 * GATEWAY is for NetworkManager in any case: it ignores a default route in route-DEV ("ignoring manual default route").
 * DEFROUTE=no keeps the GATEWAY of /etc/sysconfig/network, meant for another NIC, off one that has none.
 */
function formatGateway(device: string, ipv4: Ipv4, isOnlyGatewayDevice: boolean): string[] {
  const {gateway} = ipv4
  if (gateway === undefined) return ['DEFROUTE=no']
  const {address, metric} = gateway
  if (isTakenFromIfcfg(ipv4, gateway)) {
    // Of several NICs on one network ifup-eth would make every default route through the first.
    const only = metric === undefined ? [] : [`GATEWAYDEV=${device}`]
    return [`GATEWAY=${address}`, ...only, ...formatMetrics(metric)]
  }
  // With GATEWAYDEV the scripts would make a default route without a gateway, in the place of that in route-DEV; for
  // NetworkManager GATEWAYDEV overrides DEFROUTE.
  const off = isOnlyGatewayDevice ? ['DEFROUTE=no'] : []
  return [`GATEWAY=${address}`, ...off, ...(metric === undefined ? [] : [`IPV4_ROUTE_METRIC=${metric}`])]
}

/** The scripts read METRIC, NetworkManager the other. */
function formatMetrics(metric: number | undefined): string[] {
  return metric === undefined ? [] : [`METRIC=${metric}`, `IPV4_ROUTE_METRIC=${metric}`]
}
