// The interfaces that a NIC stands for in these files: itself, or a VLAN and the NIC that carries it.

import type {Ipv4, Ipv6, Nic} from '../model.ts'

/** One interface with files of its own: ifcfg-NAME, ifroute-NAME, ifsysctl-NAME. */
export type Interface = Pick<Nic, 'mtu' | 'newMac' | 'ipv4' | 'ipv6'> & {
  name: string
  nic: Nic
  /** It is a VLAN of this number. */
  vlanId?: number | undefined
}

/** Gives the interfaces of a NIC, the lower one first. */
export function describeInterfaces(nic: Nic): Interface[] {
  const {device, vlan, mtu, newMac, ipv4, ipv6} = nic
  if (vlan === undefined) return [{name: device, nic, mtu, newMac, ipv4, ipv6}]
  // Not BOOTPROTO=none: the scripts would set neither MTU nor MAC then, and not even bring it up (ifup).
  const bare = {ipv4: withoutAddresses, ipv6: withoutIpv6}
  return [
    {name: device, nic, mtu, newMac, ...bare},
    {name: vlan.name, nic, vlanId: vlan.id, mtu, ipv4, ipv6},
  ]
}

const withoutAddresses: Ipv4 = {method: 'static', addresses: [], routes: []}
const withoutIpv6: Ipv6 = {method: 'disable', addresses: [], routes: []}
