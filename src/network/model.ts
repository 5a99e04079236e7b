// The network as the guest shall have it: complete before a dialect spells it. Masks are prefixes, defaults are
// applied, every NIC is matched to a link. No text of the context gets in here that was not an address or a number.

/** Why a NIC is configured: a context names it, its MAC carries the address, or IP_PUBLIC gives it. */
export type NicOrigin = 'context' | 'mac-rule' | 'ip-public'

/** An address with the length of its network prefix: `192.168.0.5`, 24. */
export type Address = {address: string; prefix: number}

/** The next hop of the default route. `onLink`: it lies outside every subnet of the NIC. */
export type Gateway = {address: string; onLink: boolean; metric?: number | undefined}

/** Fixed addresses of one family. The first is the primary one. */
export type StaticAddresses = {
  method: 'static'
  addresses: readonly [Address, ...Address[]]
  gateway?: Gateway | undefined
}

/** One network card and all that it gets. A family that is undefined is left as it is. */
export type Nic = {
  /** The kernel's name for the link, e.g. `eth0`. */
  device: string
  /** The link's MAC, lower case with colons. */
  mac: string
  origin: NicOrigin
  ipv4?: StaticAddresses | undefined
}

/** Every NIC that is ours to configure, in the order of their names. */
export type Network = {nics: readonly Nic[]}
