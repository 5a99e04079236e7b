// Asking a link who has an address of ours, by ARP probes that say nothing of us (RFC 5227 §2.1.1): arping(8).

import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'

export type Asker = {argv: readonly [string, ...string[]]}

/** What can ask here, but for the device and the address; undefined: nothing. */
export async function findAsker(system: System): Promise<Asker | undefined> {
  const arping = findProgram(system, 'arping')
  const busybox = findProgram(system, 'busybox')
  if (arping === undefined) return busybox === undefined ? undefined : {argv: [busybox, 'arping', ...plain]}
  const {output} = await system.run({argv: [arping, '--help'], timeoutMs: 2000})
  return {argv: [arping, ...(output.includes('Habets') ? habets : plain)]}
}

/** iputils and busybox: two probes from 0.0.0.0, three seconds at most. */
const plain = ['-D', '-c', '2', '-w', '3', '-I']
/** That of Thomas Habets, Debian's package arping, where `-D` and `-I` mean something else. */
const habets = ['-0', '-c', '2', '-w', '3', '-i']

/** `untold`: nothing was asked, for the program may not, or cannot on this link. */
export type Ownership = {owner: string} | 'nobody else' | 'untold'

/**
 * Tells who else has the address. The exit codes of these programs say opposite things: what counts is an answer,
 * `Unicast reply from ADDRESS [MAC]` or `42 bytes from MAC (ADDRESS)`, and else the count at the end, `Sent 2 probes`
 * or `2 packets transmitted`. Other cards of this guest on the same wire answer for it too (ip-sysctl, arp_ignore).
 */
export async function askForOwner(
  {address, device}: {address: string; device: string},
  {argv}: Asker,
  system: System,
): Promise<Ownership> {
  const {output} = await system.run({argv: [...argv, device, address], timeoutMs: 10_000})
  const own = listOwnMacs(system)
  const owner = [...output.matchAll(/(?:from \S+ \[|bytes from )((?:[0-9a-f]{2}:){5}[0-9a-f]{2})/gi)]
    .map(([, mac]) => mac!.toLowerCase())
    .find(mac => !own.has(mac))
  if (owner !== undefined) return {owner}
  return /\b(Sent|transmitted)\b/.test(output) ? 'nobody else' : 'untold'
}

function listOwnMacs({files}: System): ReadonlySet<string> {
  const names = files.list('/sys/class/net')
  return new Set(names.flatMap(name => files.readText(`/sys/class/net/${name}/address`)?.trim() ?? []))
}
