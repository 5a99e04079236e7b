// What ifcfg-DEV says of IPv6: sysconfig.txt of initscripts, nm-settings-ifcfg-rh(5).
//
// Without IPV6INIT the readers disagree (ifup-ipv6 of rhel7 takes it for yes, that of rhel6 and NetworkManager for no),
// so it is always said.

import type {ByteText} from '../../action.ts'
import type {Ipv6} from '../model.ts'
import {readAssignments, readSysconfigVariable} from '../sysconfig-file.ts'
import {isTakenFromIfcfg} from './routes.ts'

/** The lines about IPv6. */
export function formatIpv6(device: string, ipv6: Ipv6): string[] {
  // The first is for the scripts, the second for NetworkManager from 1.20 on; a sysctl file sees to the kernel.
  if (ipv6.method === 'disable') return ['IPV6INIT=no', 'IPV6_DISABLED=yes']
  return [
    'IPV6INIT=yes',
    `IPV6_AUTOCONF=${ipv6.method === 'static' ? 'no' : 'yes'}`,
    `DHCPV6C=${ipv6.method === 'dhcp' ? 'yes' : 'no'}`,
    'IPV6_FAILURE_FATAL=no',
    ...formatAddresses(ipv6),
    ...formatGateway(device, ipv6),
  ]
}

/**
 * IPv6 as it was: the lines that defined this NIC before stay. Where none says whether there is any: as for the whole
 * guest, else yes, which leaves router advertisements to work.
 */
export function keepIpv6(before: ByteText, network: ByteText): ByteText[] {
  const kept = readAssignments(before).filter(({name}) => /^(IPV6|DHCPV6)/.test(name))
  if (kept.some(({name}) => name === 'IPV6INIT')) return kept.map(({text}) => text.trim())
  const isOff = /^(no|false|f|n|0)$/i.test(readSysconfigVariable(network, 'IPV6INIT') ?? '')
  return [`IPV6INIT=${isOff ? 'no' : 'yes'}`, ...kept.map(({text}) => text.trim())]
}

function formatAddresses({addresses}: Ipv6): string[] {
  const [first, ...others] = addresses.map(({address, prefix}) => `${address}/${prefix}`)
  if (first === undefined) return []
  return [`IPV6ADDR=${first}`, ...(others.length === 0 ? [] : [`IPV6ADDR_SECONDARIES="${others.join(' ')}"`])]
}

/**
 * NetworkManager takes the gateway from here alone, and cuts off what follows the `%`. The scripts take it only if
 * that is this interface: where route6-DEV has it for them, it is none.
 */
function formatGateway(device: string, ipv6: Ipv6): string[] {
  const {gateway, metric} = ipv6
  const weight = gateway === undefined ? metric : gateway.metric
  const scope = gateway !== undefined && isTakenFromIfcfg(ipv6, gateway) ? device : 'route6'
  return [
    ...(gateway === undefined ? [] : [`IPV6_DEFAULTGW=${gateway.address}%${scope}`]),
    ...(weight === undefined || (ipv6.method === 'static' && gateway === undefined)
      ? []
      : [`IPV6_ROUTE_METRIC=${weight}`]),
  ]
}
