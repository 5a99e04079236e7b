// What a stanza says of the link itself: MAC, MTU, and the NIC under a VLAN. By commands: `hwaddress` takes the word
// `ether` in busybox and must not have it in ifupdown-ng; `mtu` is no option of ifupdown's `dhcp`, and its `inet6`
// methods lower nothing but the MTU of IPv6.

import type {Nic, Vlan} from '../model.ts'
import {disableIpv6, restoreIpv6} from './kernel-ipv6.ts'

/** The options of the interface that has the addresses. */
export function formatLink(nic: Nic): string[] {
  const own = nic.vlan === undefined ? formatNic(nic) : formatVlan(nic, nic.vlan)
  return [...formatMtu(nic), ...own]
}

/** ifupdown2 gives every interface without this option its default MTU. */
export function formatMtu({mtu}: Nic): string[] {
  return mtu === undefined ? [] : [`mtu ${mtu}`]
}

function formatNic({device, newMac, mtu}: Nic): string[] {
  return [...setMac(device, newMac), ...setMtu(device, mtu)]
}

/**
 * Everything that the NIC below needs stands in the VLAN's stanza too, so that `ifup eth0.7` alone will do. ifupdown
 * and its successors make an interface with such a name before the first command; busybox does not.
 */
function formatVlan({device, newMac, mtu}: Nic, {id, name}: Vlan): string[] {
  return [
    `vlan-raw-device ${device}`,
    `vlan-id ${id}`,
    ...setMac(device, newMac),
    ...setMtu(device, mtu),
    `pre-up ${disableIpv6(device)}`,
    `pre-up ip link set dev ${device} up`,
    `pre-up [ -e /sys/class/net/${name} ] || ip link add link ${device} name ${name} type vlan id ${id}`,
    ...setMtu(name, mtu),
    `post-down [ ! -e /sys/class/net/${name} ] || ip link delete dev ${name}`,
    `post-down ${restoreIpv6(device)}`,
  ]
}

/** Most drivers take another MAC only while the link is down. */
function setMac(device: string, mac: string | undefined): string[] {
  if (mac === undefined) return []
  return [`pre-up ip link set dev ${device} down && ip link set dev ${device} address ${mac}`]
}

function setMtu(device: string, mtu: number | undefined): string[] {
  return mtu === undefined ? [] : [`pre-up ip link set dev ${device} mtu ${mtu}`]
}
