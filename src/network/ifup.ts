// ifup and ifdown: ifupdown, Red Hat's scripts, NetworkManager's stand-ins for them (nm-ifup), SUSE's scripts and
// wicked all answer to these names.
//
// One command an interface: Red Hat's and SUSE's take one only, and a NIC that does not come up costs itself alone. No
// options: `--force` is spelled `-f` by busybox and only so, by Debian's ifupdown before 0.8.40 only in full.

import type {RunAction} from '../action.ts'
import type {Activation, Surroundings} from './dialect.ts'
import {interfaceOf, type Network} from './model.ts'

/** Red Hat's ifup asks by ARP for each address whether it is taken: 2 to 6 s, and it may wait 5 s for the link. */
const upTimeoutMs = 30_000
/** dhclient asks for 60 s before it goes on in the background; ended sooner, it would be gone. */
const leaseTimeoutMs = 75_000
/** A DHCP client of the old definition gives its lease back first. */
const downTimeoutMs = 20_000

/** Takes down and brings up by name, where the service has run already; before that its own run does it. */
export function activateByIfup({down, up, network}: Activation, {isStarted}: Surroundings) {
  return isStarted ? {before: takeDown(down), after: bringUp(up, network)} : {before: [], after: []}
}

function bringUp(interfaces: readonly string[], {nics}: Network): RunAction[] {
  // What somebody else says of IPv4, or of a NIC that is given back, may be DHCP.
  const quick = new Set(nics.filter(({ipv4}) => ipv4?.method === 'static').map(interfaceOf))
  return interfaces.map(name => ({
    kind: 'run',
    argv: ['ifup', name],
    // ifupdown notes it as up before it does anything: the next run would take it for that.
    ifKilled: ['ifdown', name],
    purpose: `bring up ${name}`,
    timeoutMs: quick.has(name) ? upTimeoutMs : leaseTimeoutMs,
  }))
}

function takeDown(interfaces: readonly string[]): RunAction[] {
  return interfaces.map(name => ({
    kind: 'run',
    // A NIC that nothing defined yet cannot be taken down: ifupdown exits with 1 then, and nothing is wrong.
    optional: true,
    argv: ['ifdown', name],
    purpose: `take down ${name}`,
    timeoutMs: downTimeoutMs,
  }))
}
