// DHCP needs a program. ifup finds one for IPv4 by itself; for IPv6 the one that is here is started by a command.

import type {Problem} from '../../problem.ts'
import {interfaceOf, type Network, type Nic} from '../model.ts'

type Landmarks = ReadonlySet<string>

/** Where the clients of both families are looked for. */
export const clientLandmarks = [
  ...['/sbin/dhclient', '/usr/sbin/dhclient', '/sbin/dhcpcd', '/usr/sbin/dhcpcd'],
  ...['/sbin/udhcpc', '/usr/sbin/udhcpc', '/bin/udhcpc', '/usr/bin/udhcpc'],
] as const

/** Names the NICs that want DHCP where nobody speaks it. */
export function findMissingClients(network: Network, landmarks: Landmarks): Problem[] {
  return network.nics.flatMap(nic => {
    const name = interfaceOf(nic)
    const found: Problem[] = []
    if (nic.ipv4?.method === 'dhcp' && !clientLandmarks.some(path => landmarks.has(path))) {
      const message = `${name} is to get its address by DHCP, and there is no DHCP client here`
      found.push({code: 'nic-skipped', message, cure: 'install isc-dhcp-client, dhcpcd or udhcpc'})
    }
    if (nic.ipv6?.method === 'dhcp' && findClient6(landmarks) === undefined) {
      const message = `${name} is to ask for an address by DHCPv6, and there is no client for it here`
      const code = nic.ipv6.isImplied ? 'choice-made' : 'nic-skipped'
      found.push({code, message, cure: 'install isc-dhcp-client or dhcpcd'})
    }
    return found
  })
}

/**
 * The commands that keep a DHCPv6 client running in the background. Not `inet6 dhcp`: busybox does not know it and
 * then reads nothing at all, and ifupdown's dhclient stays in the foreground until somebody answers.
 */
export function runClient6(nic: Nic, landmarks: Landmarks): string[] {
  const name = interfaceOf(nic)
  const client = findClient6(landmarks)
  if (client === 'dhcpcd') return [`up dhcpcd -6 -b -q ${name}`, `down dhcpcd -6 -x ${name} || true`]
  if (client === undefined) return []
  const words = `-pf /run/dhclient6.${name}.pid -lf /var/lib/dhcp/dhclient6.${name}.leases ${name}`
  // dhclient gives up where the link-local address (scope 20) is not settled (flags 80): proc(5), if_inet6.
  const isSettled = `grep -q ' 20 80 *${name}$' /proc/net/if_inet6`
  const wait = `n=60; until ${isSettled} || [ $n -eq 0 ]; do sleep 1; n=$((n - 1)); done`
  return [
    `up (${wait}; exec dhclient -6 -nw ${words}) </dev/null >/dev/null 2>&1 &`,
    // -x, not -r: a lease that nobody takes back is offered again and again, for half a minute.
    `down dhclient -6 -x ${words} >/dev/null 2>&1 || true`,
  ]
}

/**
 * Gives the default route that DHCP brought its metric: only ifupdown hands `metric` on to dhclient. Nothing to do
 * where it has it already.
 */
export function setLeaseMetric(device: string, metric: number): string[] {
  const others = `ip route show default dev ${device} | grep -v 'metric ${metric}'`
  const replace = `ip route replace default via $gateway dev ${device} metric ${metric}`
  const each = `ip route del default via $gateway dev ${device}; ${replace}`
  return [`metric ${metric}`, `up ${others} | while read -r _ _ gateway _; do ${each}; done`]
}

function findClient6(landmarks: Landmarks): 'dhclient' | 'dhcpcd' | undefined {
  return (['dhclient', 'dhcpcd'] as const).find(name =>
    [`/sbin/${name}`, `/usr/sbin/${name}`].some(path => landmarks.has(path)),
  )
}
