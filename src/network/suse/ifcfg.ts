// The texts of ifcfg-DEV and ifroute-DEV: ifcfg(5), routes(5), wicked's ifcfg(5).

import type {ByteText} from '../../action.ts'
import type {Ipv4, Nic} from '../model.ts'
import {formatSignature} from '../signature.ts'
import {readAssignments} from '../sysconfig-file.ts'

/** Spells ifcfg-DEV. `before` is the file as it was: what it says of IPv6 stays. */
export function formatIfcfg(nic: Nic, {addresses}: Ipv4, before: ByteText): ByteText {
  const ipv6 = keepIpv6(before)
  const lines = [
    formatSignature(nic),
    `BOOTPROTO='${ipv6.protocol}'`,
    `STARTMODE='auto'`,
    ...addresses.map(
      ({address, prefix}, index) => `IPADDR${index === 0 ? '' : `_${index}`}='${address}/${prefix}'`,
    ),
    ...ipv6.addresses.map((address, index) => `IPADDR_6_${index}='${address}'`),
  ]
  return `${lines.join('\n')}\n`
}

/**
 * The lines of ifroute-DEV; each names the device. No `-` in the fifth column: the scripts skip it, wicked takes it for
 * the name of a route type and drops the line.
 */
export function formatRoutes({device}: Nic, {gateway}: Ipv4): string[] {
  if (gateway === undefined) return []
  const {address, metric, onLink} = gateway
  const suffix = metric === undefined ? '' : ` metric ${metric}`
  return [...(onLink ? [`${address}/32 - - ${device}`] : []), `default ${address} - ${device}${suffix}`]
}

/** IPv6 addresses stand among the IPv4 ones, under any suffix; DHCPv6 is a BOOTPROTO of its own. */
function keepIpv6(before: ByteText): {protocol: 'static' | 'dhcp6'; addresses: ByteText[]} {
  const fields = new Map(readAssignments(before).map(({name, value}) => [name, value]))
  const addresses = [...fields].flatMap(([name, value]) => {
    if (!name.startsWith('IPADDR') || !/^[0-9a-f:.]*:[0-9a-f:.]*(\/\d+)?$/i.test(value)) return []
    return [value.includes('/') ? value : `${value}/${fields.get(`PREFIXLEN${name.slice(6)}`) || 128}`]
  })
  return {protocol: fields.get('BOOTPROTO')?.toLowerCase() === 'dhcp6' ? 'dhcp6' : 'static', addresses}
}
