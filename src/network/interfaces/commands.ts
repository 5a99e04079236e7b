// Commands in a stanza, interfaces(5), IFACE OPTIONS: what no option says in a way that every reader understands.
// Those that add say `replace`: a command that fails ends the bringing up, and what it adds may be there already, put
// by the kernel or by a DHCP client.

import {isIpv6} from '../../context/network/ip-address.ts'
import type {Address, Gateway, NextHop, Route} from '../model.ts'

/**
 * Further addresses. Not a second stanza: ifupdown before 0.7 calls it a duplicate and reads no further.
 */
export function addAddresses(device: string, addresses: readonly Address[]): string[] {
  return addresses.map(
    ({address, prefix}) => `up ${ip(address)} address replace ${address}/${prefix} dev ${device}`,
  )
}

/** The default route, where `gateway` will not do. */
export function addGateway(device: string, gateway: Gateway): string[] {
  return [...reach(device, [gateway]), addRoute(device, 'default', gateway, gateway.metric)]
}

/** Routes to networks, those to the gateways off the subnets first. */
export function addRoutes(device: string, routes: readonly Route[]): string[] {
  const hops = routes.flatMap(({gateway}) => gateway ?? [])
  return [
    ...reach(device, hops),
    ...routes.map(({destination: {address, prefix}, gateway, metric}) =>
      addRoute(device, `${address}/${prefix}`, gateway, metric),
    ),
  ]
}

/** busybox and ifupdown before 0.8.7 add no `onlink`: a gateway off the subnet needs a route of its own first. */
function reach(device: string, hops: readonly NextHop[]): string[] {
  const addresses = new Set(hops.filter(({onLink}) => onLink).map(({address}) => address))
  return Array.from(addresses, address => `up ${ip(address)} route replace ${address} dev ${device}`)
}

function addRoute(
  device: string,
  destination: string,
  hop: NextHop | undefined,
  metric: number | undefined,
): string {
  const via = hop === undefined ? '' : ` via ${hop.address}`
  const suffix = metric === undefined ? '' : ` metric ${metric}`
  return `up ${ip(hop?.address ?? destination)} route replace ${destination}${via} dev ${device}${suffix}`
}

function ip(address: string): string {
  return isIpv6(address) ? 'ip -6' : 'ip'
}
