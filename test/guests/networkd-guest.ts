// Guests whose network is systemd-networkd's: the real program in a namespaced guest, without systemd as its init.

import assert from 'node:assert/strict'
import {type Feature, nics} from '../matrix/features.ts'
import type {Guest} from './guest.ts'
import {startGuestWith} from './managers.ts'
import type {RootRecipe} from './root-image.ts'

const logPath = '/run/networkd.log'

/** Starts a guest with the NICs of the matrix. */
export async function startNetworkdGuest(recipe: RootRecipe): Promise<Guest> {
  const guest = await startGuestWith('systemd-networkd', recipe, {nics})
  // As systemd makes it at the first boot; without it there is no DUID, and no DHCPv6.
  await guest.writeFile('/etc/machine-id', '0123456789abcdef0123456789abcdef\n')
  return guest
}

/**
 * Makes the guest what it was before its first boot. networkd takes a link as it finds it: its MTU, and whether the
 * kernel is to make it a link-local address.
 */
export async function resetGuest(guest: Guest): Promise<void> {
  await guest.reboot()
  const script = `
    rm -rf /var/lib/vmcontext /etc/systemd/network/* /etc/systemd/system/multi-user.target.d /etc/resolv.conf
    for path in /sys/class/net/eth*; do
      name=\${path##*/}
      ip link set "$name" mtu 1500
      echo 1 >"/proc/sys/net/ipv6/conf/$name/accept_ra"
      echo 0 >"/proc/sys/net/ipv6/conf/$name/addr_gen_mode"
    done`
  await guest.expect(['sh', '-ec', script])
}

/**
 * Starts networkd. /sys is read-only in a guest, by which networkd tells that there is no udev to wait for. It gives up
 * root's rights by itself.
 */
export async function startNetworkd(guest: Guest): Promise<void> {
  const script = `
    mkdir -p /run/systemd
    export SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console
    setsid /usr/lib/systemd/systemd-networkd >"$1" 2>&1 </dev/null &`
  await guest.expect(['sh', '-ec', script, 'sh', logPath])
}

/** Starts the bus by which networkctl talks to networkd. */
export async function startBus(guest: Guest): Promise<void> {
  await guest.expect(['sh', '-ec', 'mkdir -p /run/dbus; dbus-daemon --system --fork --nopidfile'])
}

/** Waits as network-online.target does: until every link that networkd has to configure is configured and online. */
export async function waitOnline(guest: Guest): Promise<void> {
  await guest.expect(['/usr/lib/systemd/systemd-networkd-wait-online', '--timeout=20'])
}

/** What networkd finds wrong with files: a line each that begins with the place. */
export async function readComplaints(guest: Guest): Promise<string[]> {
  const log = await guest.readFile(logPath)
  const isAboutFile = /^\/etc\/.*\.(network|netdev)(:\d+)?: (?!Successfully loaded)/
  return log.split('\n').filter(line => isAboutFile.test(line))
}

/** Everything that networkd said since it was started. */
export async function readLog(guest: Guest): Promise<string> {
  return guest.readFile(logPath)
}

/** What networkd tells systemd-resolved, in its own words to it. */
export async function expectNames(guest: Guest, {names}: Feature): Promise<void> {
  if (names === undefined) return
  const state = await guest.readFile('/run/systemd/netif/state')
  const words = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(state)?.[1]?.split(' ').sort()
  assert.deepEqual(words('DNS'), [...names.servers].sort())
  assert.deepEqual(words('DOMAINS'), [...names.domains].sort())
}
