// Waiting for network cards: until udev has given names to those that are there, and for those that a context speaks
// of and whose driver is still to come. Bounded, and only then.

import {setTimeout as sleep} from 'node:timers/promises'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {type Link, readLinks} from './links.ts'

export type LinkWait = {
  /** NIC_WAIT: no longer than this. */
  limitMs: number
  /** Tells whether a NIC is missing among links. */
  isMissing(links: readonly Link[]): boolean
}

const pollMs = 100

/**
 * Waits, where the guest is the running machine, and gives the links as they are then. An eth0 may be about to become
 * ens3: names are read after udev has come to rest.
 */
export async function awaitLinks(
  system: System,
  {limitMs, isMissing}: LinkWait,
): Promise<Link[] | undefined> {
  if (!system.live) return undefined
  const deadline = performance.now() + limitMs
  await settle(system, limitMs)
  for (;;) {
    const links = unlessRefused(
      () => readLinks(system),
      () => undefined,
    )
    if (links === undefined || !isMissing(links) || performance.now() >= deadline) return links
    await sleep(pollMs)
    await settle(system, Math.max(deadline - performance.now(), pollMs))
  }
}

/** The file is there as long as udev works on its queue. */
async function settle(system: System, limitMs: number): Promise<void> {
  if (system.files.status('/run/udev/queue') === undefined) return
  const argv = ['udevadm', 'settle', `--timeout=${Math.ceil(limitMs / 1000)}`] as const
  await system.run({argv, timeoutMs: limitMs + 1000})
}
