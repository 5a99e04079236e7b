// What the running kernel has of the network, and whether a neighbour answers.

import {networkInterfaces} from 'node:os'
import {setTimeout as sleep} from 'node:timers/promises'
import {succeeded} from './commands.ts'
import {codeOf, unlessRefused} from './errors.ts'
import type {System} from './system.ts'

export type DefaultRoute = {gateway: string; device: string}

/** A default route and what decides between several: the lowest metric wins. */
export type RankedRoute = DefaultRoute & {metric: number}

/** The addresses of each interface with their prefix, `192.168.0.5/24`. */
export function readAddresses(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(networkInterfaces()).map(([name, addresses = []]) => [
      name,
      addresses.flatMap(({cidr}) => cidr ?? []),
    ]),
  )
}

/**
 * Tells whether a link has a carrier: false as well if there is no such link any more; undefined while it is down, when
 * the kernel does not know.
 */
export function hasCarrier({files}: System, device: string): boolean | undefined {
  const directory = `/sys/class/net/${device}`
  if (files.status(directory) === undefined) return false
  return unlessRefused(
    () => files.readText(`${directory}/carrier`)?.trim() !== '0',
    () => undefined,
  )
}

/** What a link is at the moment; MTU in bytes. */
export type LinkState = {isUp: boolean; mtu: number}

/** Reads the state of a link; undefined if there is no such link. */
export function readLinkState({files}: System, device: string): LinkState | undefined {
  const read = (file: string) => files.readText(`/sys/class/net/${device}/${file}`)?.trim()
  const [flags, mtu] = [read('flags'), read('mtu')]
  // IFF_UP (netdevice(7)).
  return flags === undefined ? undefined : {isUp: (Number(flags) & 1) === 1, mtu: Number(mtu)}
}

/** The program that makes a link work, `virtio_net`; undefined where none is behind it. */
export function readDriver({files}: System, device: string): string | undefined {
  return files.readLink(`/sys/class/net/${device}/device/driver`)?.split('/').at(-1)
}

/** The IPv6 addresses, unabbreviated, that somebody else on the link turned out to have (RFC 4862 §5.4.5). */
export function readRefusedAddresses({files}: System, device: string): string[] {
  const failed = 0x08
  const rows = (files.readText('/proc/net/if_inet6') ?? '').split('\n').map(line => line.trim().split(/\s+/))
  return rows.flatMap(([address, , , , flags, name]) =>
    name === device && address && (Number.parseInt(flags ?? '0', 16) & failed) !== 0
      ? decodeHex6(address)
      : [],
  )
}

/** Tells whether the kernel still looks whether somebody else has an IPv6 address of this device. */
export function hasTentativeAddress({files}: System, device: string): boolean {
  // /proc/net/if_inet6: address, index, prefix length, scope, flags, device (rtnetlink(7), ifa_flags).
  const lines = (files.readText('/proc/net/if_inet6') ?? '').split('\n').map(line => line.trim().split(/\s+/))
  const [tentative, failed] = [0x40, 0x08]
  return lines.some(([, , , scope, flags, name]) => {
    const bits = Number.parseInt(flags ?? '0', 16)
    return name === device && scope !== '20' && (bits & tentative) !== 0 && (bits & failed) === 0
  })
}

/** The default routes that have a gateway, of both families. */
export function readDefaultRoutes(system: System): DefaultRoute[] {
  return readRankedRoutes(system).map(({gateway, device}) => ({gateway, device}))
}

/** The same with their metrics. Those that have a gateway alone. */
export function readRankedRoutes({files}: System): RankedRoute[] {
  const rows = (path: string) =>
    (files.readText(path) ?? '').split('\n').map(line => line.trim().split(/\s+/))
  // route(8), /proc/net/route: interface, destination, gateway, flags; bytes in the order of the machine.
  const routes4 = rows('/proc/net/route').flatMap(([device, destination, gateway, , , , metric]) => {
    return destination === '00000000' && gateway !== '00000000' && device && gateway
      ? [{device, gateway: decodeHex4(gateway), metric: Number(metric)}]
      : []
  })
  // /proc/net/ipv6_route: destination, length, source, length, next hop, metric, two counters, flags, interface.
  const routes6 = rows('/proc/net/ipv6_route').flatMap(
    ([destination, length, , , gateway, metric, , , , device]) => {
      const isDefault = length === '00' && /^0+$/.test(destination ?? '') && !/^0+$/.test(gateway ?? '0')
      return isDefault && gateway && device && device !== 'lo'
        ? [{device, gateway: decodeHex6(gateway), metric: Number.parseInt(metric ?? '0', 16)}]
        : []
    },
  )
  return [...routes4, ...routes6]
}

/**
 * Tells whether a neighbour answers to ARP or neighbour discovery. What the kernel remembers of it is forgotten first:
 * an answer of old must not count. Undefined where it cannot be told: there is no `ip`.
 */
export async function answers(
  system: System,
  {gateway, device}: DefaultRoute,
  limitMs: number,
): Promise<boolean | undefined> {
  // Whoever stops the agent while it checks the network must not be left without one.
  const ip = (...words: readonly string[]) =>
    system.run({argv: ['ip', ...words], timeoutMs: 2000, essential: true})
  const flushed = await ip('neighbour', 'flush', 'to', gateway, 'dev', device)
  if (!succeeded(flushed)) return undefined
  const deadline = performance.now() + limitMs
  do {
    await sendDatagram(gateway, device)
    await sleep(pollMs)
    const shown = await ip('neighbour', 'show', 'to', gateway, 'dev', device)
    if (/\blladdr\b/.test(shown.output) && !/\bFAILED\b/.test(shown.output)) return true
  } while (performance.now() < deadline)
  return false
}

/**
 * Tells whether a neighbour is there, and leaves what the kernel remembers of it alone, as anybody may: one that was
 * there a while ago is asked by the kernel itself, some five seconds after something is sent to it (neigh(7),
 * delay_first_probe_time). Undefined where it cannot be told.
 */
export async function findNeighbour(
  system: System,
  route: DefaultRoute,
  limitMs: number,
): Promise<boolean | undefined> {
  const deadline = performance.now() + limitMs
  for (;;) {
    if (await isRefusedBy(route)) return true
    const state = await readNeighbour(system, route)
    if (state === 'there' || state === 'gone') return state === 'there'
    if (performance.now() >= deadline) return state === undefined ? undefined : state === 'remembered'
  }
}

/** The addresses that answered to ARP on a link, as far as the kernel remembers: /proc/net/arp (proc_net(5)). */
export function listNeighbours({files}: System, device: string): string[] {
  const rows = (files.readText('/proc/net/arp') ?? '').split('\n').map(line => line.trim().split(/\s+/))
  const complete = 0x2
  return rows.flatMap(([address, , flags, , , name]) =>
    address && name === device && (Number(flags) & complete) !== 0 ? address : [],
  )
}

/** `remembered`: it has answered once, or is still being asked; undefined: nobody tells. */
async function readNeighbour(
  system: System,
  {gateway, device}: DefaultRoute,
): Promise<'there' | 'gone' | 'remembered' | 'unknown' | undefined> {
  const argv = ['ip', 'neighbour', 'show', 'to', gateway, 'dev', device] as const
  const shown = await system.run({argv, timeoutMs: 2000})
  if (succeeded(shown)) {
    if (/\bREACHABLE\b/.test(shown.output)) return 'there'
    if (/\bFAILED\b/.test(shown.output)) return 'gone'
    return /\blladdr\b/.test(shown.output) ? 'remembered' : 'unknown'
  }
  if (gateway.includes(':')) return undefined
  return listNeighbours(system, device).includes(gateway) ? 'remembered' : 'unknown'
}

/** Sends an empty datagram. That nobody takes it there tells that somebody is there (ICMP, port unreachable). */
async function isRefusedBy({gateway, device}: DefaultRoute): Promise<boolean> {
  const socket = await openSocket(gateway)
  const {promise, resolve} = Promise.withResolvers<boolean>()
  socket.on('error', error => resolve(codeOf(error) === 'ECONNREFUSED'))
  const timer = setTimeout(() => resolve(false), pollMs * 2)
  // Where no route leads there, the error comes to the callback.
  socket.connect(discardPort, targetOn(device, gateway), (...[error]: unknown[]) => {
    if (error === undefined) socket.send('', () => undefined)
  })
  const isRefused = await promise
  clearTimeout(timer)
  socket.close()
  return isRefused
}

const pollMs = 200
/** Discard, RFC 863: whoever gets it does nothing about it. */
const discardPort = 9

/** An empty datagram, so that the kernel looks for the neighbour. It need not arrive. */
async function sendDatagram(address: string, device: string): Promise<void> {
  const socket = await openSocket(address)
  socket.on('error', () => undefined)
  await new Promise<void>(resolve => socket.send('', discardPort, targetOn(device, address), () => resolve()))
  socket.close()
}

async function openSocket(address: string) {
  const {createSocket} = await import('node:dgram')
  return createSocket(address.includes(':') ? 'udp6' : 'udp4')
}

/** A link-local address means nothing without its link. */
function targetOn(device: string, address: string): string {
  return /^fe[89ab]/i.test(address) ? `${address}%${device}` : address
}

function decodeHex4(hex: string): string {
  return (hex.match(/../g) ?? [])
    .reverse()
    .map(byte => Number.parseInt(byte, 16))
    .join('.')
}

function decodeHex6(hex: string): string {
  return (hex.match(/.{4}/g) ?? []).join(':')
}
