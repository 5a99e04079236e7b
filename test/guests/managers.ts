// Guests in which one manager of the network is enabled and the others are merely installed.

import type {Feature} from '../matrix/features.ts'
import {type Guest, type GuestOptions, startGuest} from './guest.ts'
import {serveOnWire} from './network-state.ts'
import {debian12WithManagers, debian13WithManagers, provideRoot, type RootRecipe} from './root-image.ts'

export const rootsWithManagers = [debian12WithManagers, debian13WithManagers] as const

/** Starts a guest in whose boot `service` is started, and nothing else that is about the network. */
export async function startGuestWith(
  service: 'systemd-networkd' | 'NetworkManager',
  recipe: RootRecipe,
  options: GuestOptions,
): Promise<Guest> {
  const guest = await startGuest({...options, root: await provideRoot(recipe)})
  // systemd itself does not run here, so that links are all there is to it.
  const script = `
    cd /etc/systemd/system
    find . -type l '(' -lname '*networkd*' -o -lname '*NetworkManager*' -o -lname '*netplan*' ')' -delete
    mkdir -p multi-user.target.wants
    ln -s "/lib/systemd/system/$1.service" multi-user.target.wants/
    rm -f /etc/netplan/*`
  await guest.expect(['sh', '-ec', script, 'sh', service])
  return guest
}

/** As a daemon it writes its pid file before it returns, and goes on by itself. */
export async function startNetworkManager(guest: Guest): Promise<void> {
  const script =
    'mkdir -p /run/dbus && dbus-uuidgen --ensure && dbus-daemon --system --fork && NetworkManager'
  await guest.expect(['sh', '-ec', script])
  await guest.expect(['sh', '-c', 'until nmcli general status >/dev/null 2>&1; do sleep 0.1; done'])
}

/** Which activation of a profile a device has: every one gets a number of its own. */
export function activationOf(guest: Guest, device: string): Promise<string> {
  return guest.expect(['nmcli', '-g', 'GENERAL.CON-PATH', 'device', 'show', device])
}

/** Who can answer at the far end of eth0. That cannot be taken away again: each wants a guest of its own. */
export const wires = [undefined, 'dhcp', 'router', 'dhcp and router'] as const

/** Puts them there, with addresses for them. */
export async function serve(guest: Guest, wire: Feature['wire']): Promise<void> {
  if (wire === undefined) return
  await guest.expectOnWire(['ip', 'address', 'add', '10.9.0.1/24', 'dev', 'wire0'])
  await guest.expectOnWire(['ip', 'address', 'add', '2001:db8:9::1/64', 'dev', 'wire0', 'nodad'])
  await serveOnWire(guest, wire)
}
