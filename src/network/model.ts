// The network as the guest shall have it: complete before a dialect spells it. Masks are prefixes, defaults are
// applied, every NIC is matched to a link. No text of the context gets in here that was not an address, a number or a
// name.

/** Why a NIC is configured: a context names it, its MAC carries the address, or IP_PUBLIC gives it. */
export type NicOrigin = 'context' | 'mac-rule' | 'ip-public'

/** An address of either family with the length of its network prefix: `192.168.0.5`, 24. */
export type Address = {address: string; prefix: number}

/** Who takes packets on. `onLink`: it lies outside every subnet of the NIC, and is a neighbour all the same. */
export type NextHop = {address: string; onLink: boolean}

/** The next hop of the default route. */
export type Gateway = NextHop & {metric?: number | undefined}

/** A route to a network, whose host bits are zero. Without a gateway the destination itself is on the link. */
export type Route = {destination: Address; gateway?: NextHop | undefined; metric?: number | undefined}

type Family = {
  /** The first is the primary one. `static` has at least one; beside other methods these are further addresses. */
  addresses: readonly Address[]
  gateway?: Gateway | undefined
  /** Metric of the default route that DHCP or a router brings. */
  metric?: number | undefined
  routes: readonly Route[]
}

/** What a NIC gets of IPv4. */
export type Ipv4 = Family & {method: 'static' | 'dhcp'}

/**
 * What a NIC gets of IPv6. `static`: no router advertisements, no autoconfiguration; `auto`: both, and no DHCPv6;
 * `dhcp`: router advertisements and DHCPv6; `disable`: no IPv6 on the link at all.
 */
export type Ipv6 = Family & {
  method: 'static' | 'auto' | 'dhcp' | 'disable'
  /** Nobody said so: it follows from the method of IPv4. What cannot be done about it is no failure. */
  isImplied?: boolean | undefined
}

/** An 802.1Q interface on a NIC. `name` is at most 15 characters, the kernel's limit. */
export type Vlan = {id: number; name: string}

/** What is to be found again later: the kernel's name of a link, its MAC, and the VLAN interface on it, if any. */
export type LinkName = {device: string; mac: string; vlan?: Vlan | undefined}

/** One network card and all that it gets. A family that is undefined is left as it is. */
export type Nic = LinkName & {
  /** The MAC is the card's own, not one that somebody gave the link: it can be matched before the link has a name. */
  hasPermanentMac: boolean
  origin: NicOrigin
  /** A MAC that the link shall have; from then on it is its `mac` too. Nothing may be matched by either. */
  newMac?: string | undefined
  /** In bytes. With a VLAN: of the NIC and of the VLAN. */
  mtu?: number | undefined
  /** With a VLAN the addresses are the VLAN's, and the NIC below it has none. */
  ipv4?: Ipv4 | undefined
  ipv6?: Ipv6 | undefined
  /** Name servers of either family, in order; of the first configured NIC also those that are for all. */
  dns: readonly string[]
  searchDomains: readonly string[]
}

/** Every NIC that is ours to configure, in the order of their names. */
export type Network = {
  nics: readonly Nic[]
  /** Name servers of all NICs without duplicates, in the order of the context; then those that are for all. */
  dns: readonly string[]
  searchDomains: readonly string[]
}

export const noNetwork: Network = {nics: [], dns: [], searchDomains: []}

/** The interface that has the addresses: the NIC, or the VLAN on it. */
export function interfaceOf({device, vlan}: LinkName): string {
  return vlan?.name ?? device
}

/** Every interface that a link stands for, the lower one first: the NIC, and the VLAN on it. */
export function interfacesOf({device, vlan}: LinkName): string[] {
  return vlan === undefined ? [device] : [device, vlan.name]
}
