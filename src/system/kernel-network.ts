// What the running kernel has of the network, and whether a neighbour answers.

import {networkInterfaces} from 'node:os'
import {setTimeout as sleep} from 'node:timers/promises'
import {succeeded} from './commands.ts'
import {unlessRefused} from './errors.ts'
import type {System} from './system.ts'

export type DefaultRoute = {gateway: string; device: string}

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
export function readDefaultRoutes({files}: System): DefaultRoute[] {
  const rows = (path: string) =>
    (files.readText(path) ?? '').split('\n').map(line => line.trim().split(/\s+/))
  // route(8), /proc/net/route: interface, destination, gateway, flags; bytes in the order of the machine.
  const routes4 = rows('/proc/net/route').flatMap(([device, destination, gateway]) => {
    return destination === '00000000' && gateway !== '00000000' && device && gateway
      ? [{device, gateway: decodeHex4(gateway)}]
      : []
  })
  // /proc/net/ipv6_route: destination, length, source, length, next hop, metric, two counters, flags, interface.
  const routes6 = rows('/proc/net/ipv6_route').flatMap(
    ([destination, length, , , gateway, , , , , device]) => {
      const isDefault = length === '00' && /^0+$/.test(destination ?? '') && !/^0+$/.test(gateway ?? '0')
      return isDefault && gateway && device && device !== 'lo' ? [{device, gateway: decodeHex6(gateway)}] : []
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

const pollMs = 200
/** Discard, RFC 863: whoever gets it does nothing about it. */
const discardPort = 9

/** An empty datagram, so that the kernel looks for the neighbour. It need not arrive. */
async function sendDatagram(address: string, device: string): Promise<void> {
  const {createSocket} = await import('node:dgram')
  const isIpv6 = address.includes(':')
  const socket = createSocket(isIpv6 ? 'udp6' : 'udp4')
  socket.on('error', () => undefined)
  const target = isIpv6 && /^fe[89ab]/i.test(address) ? `${address}%${device}` : address
  await new Promise<void>(resolve => socket.send('', discardPort, target, () => resolve()))
  socket.close()
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
