// How ifupdown is told of a NIC: interfaces(5), THE INET ADDRESS FAMILY, the static method.

import type {ByteText} from '../../action.ts'
import {formatMask} from '../../context/ipv4.ts'
import type {Address, Gateway, Ipv4, Nic} from '../model.ts'
import {formatSignature} from '../signature.ts'

/** Spells the stanza of one NIC. `comments` stood in the stanza before and stay in it. */
export function formatStanza(nic: Nic, ipv4: Ipv4, comments: ByteText): ByteText {
  const [{address, prefix}, ...others] = ipv4.addresses as [Address, ...Address[]]
  const options = [
    // Both lines: busybox knows no `address A/24`, and an old ifupdown takes the mask of the address's class.
    `address ${address}`,
    `netmask ${formatMask(prefix)}`,
    ...formatGateway(nic.device, ipv4.gateway),
    // Not a second stanza: ifupdown before 0.7 calls it a duplicate and reads no further.
    ...others.map(other => `up ip address replace ${other.address}/${other.prefix} dev ${nic.device}`),
  ]
  const signature = `    ${formatSignature(nic)}\n`
  const lines = options.map(option => `    ${option}\n`)
  return [`iface ${nic.device} inet static\n`, signature, comments, ...lines].join('')
}

/** busybox and ifupdown before 0.8.7 add no `onlink`: a gateway off the subnet needs a route of its own first. */
function formatGateway(device: string, gateway: Gateway | undefined): string[] {
  if (gateway === undefined) return []
  const {address, metric} = gateway
  const isPlain = metric === undefined
  if (!gateway.onLink) return [`gateway ${address}`, ...(isPlain ? [] : [`metric ${metric}`])]
  const suffix = isPlain ? '' : ` metric ${metric}`
  return [
    `up ip route replace ${address} dev ${device}`,
    `up ip route replace default via ${address} dev ${device}${suffix}`,
  ]
}
