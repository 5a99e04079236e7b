// ifup and ifdown: ifupdown, Red Hat's scripts, NetworkManager's stand-ins for them (nm-ifup), SUSE's scripts and
// wicked all answer to these names.
//
// One command a device: Red Hat's and SUSE's take one only, and a NIC that does not come up costs itself alone. No
// options: `--force` is spelled `-f` by busybox and only so, by Debian's ifupdown before 0.8.40 only in full.

import type {RunAction} from '../action.ts'

/** Red Hat's ifup asks by ARP for each address whether it is taken: 2 to 6 s, and it may wait 5 s for the link. */
const upTimeoutMs = 30_000
/** A DHCP client of the old definition gives its lease back first. */
const downTimeoutMs = 20_000

export function bringUp(devices: readonly string[]): RunAction[] {
  return devices.map(device => ({
    kind: 'run',
    argv: ['ifup', device],
    purpose: `bring up ${device}`,
    timeoutMs: upTimeoutMs,
  }))
}

export function takeDown(devices: readonly string[]): RunAction[] {
  return devices.map(device => ({
    kind: 'run',
    // A NIC that nothing defined yet cannot be taken down: ifupdown exits with 1 then, and nothing is wrong.
    optional: true,
    argv: ['ifdown', device],
    purpose: `take down ${device}`,
    timeoutMs: downTimeoutMs,
  }))
}
