// Deeds on the network of the running guest, besides files and commands.

import type {Action} from '../action.ts'

export type NetworkAction = ProbeGatewaysAction | VerifyNetworkAction | AwaitNetworkAction | SetMtuAction

/** Finds out which of the kernel's gateways answer now, for a later verification to compare with. */
export type ProbeGatewaysAction = {kind: 'probe-gateways'}

/** What an interface shall have: `192.168.0.5/24`, and if it is to get a lease some other IPv4 address. */
export type ExpectedInterface = {
  name: string
  addresses: readonly string[]
  needsLease: boolean
  /** It is to get an IPv6 address of a router's network. */
  needsIpv6?: boolean | undefined
  gateways: readonly string[]
}

/**
 * Waits until every interface has its addresses, and some gateway answers if one did before; `undo` is done if that
 * never comes about.
 */
export type VerifyNetworkAction = {
  kind: 'verify-network'
  expected: readonly ExpectedInterface[]
  timeoutMs: number
  undo: readonly Action[]
}

/** Waits until every interface has its addresses, `timeoutMs` at most; what is missing then is told. */
export type AwaitNetworkAction = {
  kind: 'await-network'
  expected: readonly ExpectedInterface[]
  timeoutMs: number
}

/** Gives a link of the running kernel another MTU, in bytes. */
export type SetMtuAction = {kind: 'set-mtu'; device: string; mtu: number}
