// What the kernel of a guest has of the network, compared with what a feature of the matrix asks for.

import assert from 'node:assert/strict'
import {type ExpectedRoute, type Feature, wire} from '../matrix/features.ts'
import type {Guest} from './guest.ts'

type Link = {
  ifname: string
  mtu: number
  address: string
  flags: string[]
  addr_info: {family: string; local: string; prefixlen: number; scope: string; temporary?: boolean}[]
}
type Route = {dst: string; gateway?: string; dev: string; metric?: number; protocol?: string; type?: string}

/** Whoever can run a command in the guest: a guest in namespaces, or a machine by ssh. */
export type Shell = {expect(argv: readonly [string, ...string[]]): Promise<string>}

/**
 * Waits until the kernel has what the feature asks for, and fails with the difference if it never does. Some managers
 * work in the background, and IPv6 addresses are tried first (duplicate address detection).
 */
export async function expectNetwork(shell: Shell, feature: Feature, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const difference = compare(await readLinks(shell), await readRoutes(shell), feature)
    if (difference === undefined) return
    if (Date.now() > deadline) assert.fail(difference)
    await new Promise(resolve => setTimeout(resolve, 250))
  }
}

/** Puts DHCP and router advertisements at the far end of eth0, as a feature wants it. dnsmasq ends with the guest. */
export async function serveOnWire(guest: Guest, kind: NonNullable<Feature['wire']>): Promise<void> {
  const dhcp = kind === 'router' ? [] : [`--dhcp-range=${wire.lease},${wire.lease},255.255.255.0,1h`]
  const mode = kind === 'router' ? 'ra-only' : '64'
  const range = kind === 'router' ? wire.prefix.replace(/\/64$/, '') : `${wire.lease6},${wire.lease6}`
  const router = kind === 'dhcp' ? [] : [`--dhcp-range=${range},${mode}`, '--enable-ra']
  const options = [
    '--port=0',
    '--interface=wire0',
    '--bind-dynamic',
    '--dhcp-leasefile=/dev/null',
    '--pid-file=',
  ]
  const words = ['--conf-file=/dev/null', '--user=root', ...options, ...dhcp, ...router]
  // In the background it would outlive the guest: the wire's processes are not in the guest's PID namespace.
  await guest.startOnWire(['dnsmasq', ...words, '--keep-in-foreground'])
}

async function readLinks(shell: Shell): Promise<Link[]> {
  return JSON.parse(await shell.expect(['ip', '-json', 'address', 'show']))
}

async function readRoutes(shell: Shell): Promise<Route[]> {
  const texts = [
    await shell.expect(['ip', '-json', '-4', 'route', 'show']),
    await shell.expect(['ip', '-json', '-6', 'route', 'show']),
  ]
  return texts.flatMap(text => JSON.parse(text || '[]') as Route[])
}

/** What differs, for a person; undefined if nothing does. */
function compare(links: readonly Link[], routes: readonly Route[], {kernel}: Feature): string | undefined {
  const differences: string[] = []
  for (const link of links.filter(({ifname}) => ifname !== 'lo')) {
    const expected = [...(kernel.addresses[link.ifname] ?? [])]
    const actual = addressesOf(link)
    if (!matchesAll(actual, expected))
      differences.push(`${link.ifname} has ${actual.join(' ') || 'no address'}, not ${expected.join(' ')}`)
    if (expected.length > 0 && !link.flags.includes('UP')) differences.push(`${link.ifname} is down`)
    const mtu = kernel.mtu?.[link.ifname]
    if (mtu !== undefined && link.mtu !== mtu)
      differences.push(`${link.ifname} has the MTU ${link.mtu}, not ${mtu}`)
    const mac = kernel.macs?.[link.ifname]
    if (mac !== undefined && link.address !== mac)
      differences.push(`${link.ifname} has the MAC ${link.address}`)
  }
  const missing = Object.keys(kernel.addresses).filter(name => !links.some(({ifname}) => ifname === name))
  differences.push(...missing.map(name => `there is no ${name}`))
  const relevant = routes.filter(route => isRelevant(route, links, kernel.routes))
  for (const expected of kernel.routes) {
    if (!relevant.some(route => isRoute(route, expected)))
      differences.push(`no route ${JSON.stringify(expected)}`)
  }
  for (const route of relevant) {
    if (!kernel.routes.some(expected => isRoute(route, expected)))
      differences.push(`a route that nobody asked for: ${JSON.stringify(route)}`)
  }
  return differences.length === 0 ? undefined : differences.join('\n')
}

function addressesOf({addr_info}: Link): string[] {
  return addr_info.filter(({scope}) => scope !== 'link').map(({local, prefixlen}) => `${local}/${prefixlen}`)
}

/** `*` in what is expected stands for anything. One pattern may match several: temporary addresses (RFC 8981). */
function matchesAll(actual: readonly string[], expected: readonly string[]): boolean {
  const patterns = expected.map(toPattern)
  return (
    actual.every(text => patterns.some(pattern => pattern.test(text))) &&
    patterns.every(pattern => actual.some(text => pattern.test(text)))
  )
}

function toPattern(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.:/]/g, '\\$&').replaceAll('*', '.*')}$`)
}

function isRoute(route: Route, expected: ExpectedRoute): boolean {
  const via =
    expected.via === undefined
      ? route.gateway === undefined
      : toPattern(expected.via).test(route.gateway ?? '')
  const metric = expected.metric === undefined || route.metric === expected.metric
  return route.dst === expected.to && route.dev === expected.dev && via && metric
}

/** Subnets of the NICs, what the kernel keeps for itself, and the host route to an on-link gateway are no one's wish. */
function isRelevant(
  {dst, gateway, dev, type}: Route,
  links: readonly Link[],
  expected: readonly ExpectedRoute[],
): boolean {
  if (gateway !== undefined || expected.some(({to}) => to === dst)) return true
  if (dev === 'lo' || dst.startsWith('fe80:') || dst.startsWith('ff00:') || type === 'multicast') return false
  if (expected.some(({via}) => via === dst)) return false
  // A subnet is that of an address of its NIC; DHCPv6 and router advertisements may add that of the router.
  const link = links.find(({ifname}) => ifname === dev)
  return (
    dst !== wire.prefix &&
    !(link?.addr_info ?? []).some(({local, prefixlen}) => dst.endsWith(`/${prefixlen}`) || dst === local)
  )
}
