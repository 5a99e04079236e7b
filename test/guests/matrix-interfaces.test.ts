// Every feature of the matrix read by everyone who reads /etc/network/interfaces: ifupdown, busybox, ifupdown2 and
// ifupdown-ng. What the kernel has in the end is compared with what the feature asks for.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {interfaces} from '../../src/network/interfaces/interfaces.ts'
import type {Nic} from '../../src/network/model.ts'
import {type Feature, features, formatContext, nics, wire} from '../matrix/features.ts'
import {define, guest as guestFiles, nic} from '../network/samples.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {withIfupdown, withIfupdown2, withIfupdownNg} from './ifupdown-roots.ts'
import {expectNetwork, serveOnWire} from './network-state.ts'
import {provideRoot, type RootRecipe} from './root-image.ts'

type Reader = {name: string; recipe: RootRecipe; isBusybox?: boolean}

/** The slowest first: the others are tried beside it. */
const readers: readonly Reader[] = [
  {name: 'ifupdown2', recipe: withIfupdown2},
  {name: 'ifupdown', recipe: withIfupdown},
  {name: 'busybox', recipe: withIfupdown, isBusybox: true},
  {name: 'ifupdown-ng', recipe: withIfupdownNg},
]

// Without the `source` of Debian's: busybox and ifupdown-ng give up where its pattern matches nothing.
const base = 'auto lo\niface lo inet loopback\n'
const path = '/etc/network/interfaces'

/** Links in namespaces have no PCI address, and this kernel need not have 802.1Q: those belong to booted machines. */
const tried = features.filter(({name, needs}) => name !== 'pci' && needs === undefined)

describe('interfaces', {...skipWithoutGuest('namespace'), concurrency: 2}, () => {
  for (const reader of readers) tryReader(reader)
})

function tryReader(reader: Reader): void {
  describe(`read by ${reader.name}`, {concurrency: true}, () => {
    for (const kind of [undefined, 'dhcp', 'router', 'dhcp and router'] as const) {
      const here = tried.filter(feature => feature.wire === kind)
      test(`with ${kind ?? 'nobody'} on the wire: ${here.map(({name}) => name).join(', ')}`, async t => {
        await using guest = await start(reader)
        if (kind !== undefined) await serveOnWire(guest, kind)
        for (const feature of here) await t.test(feature.name, () => tryFeature(guest, feature))
      })
    }
    test('what no feature has: another MAC, an MTU of IPv6 alone, DHCPv6 that nobody answers', async () => {
      await using guest = await start(reader)
      await tryRest(guest)
    })
    test('after the boot only the NIC that changed goes down, by its old definition', async () => {
      await using guest = await start(reader)
      await tryChange(guest)
    })
  })
}

async function start({recipe, isBusybox}: Reader): Promise<Guest> {
  const root = await provideRoot(recipe)
  const [first, second] = nics
  const guest = await startGuest({root, nics: [{...first, wire: [wire.address, wire.router]}, second]})
  const script = 'for name in ifup ifdown; do ln -sf "$(command -v busybox)" /sbin/$name; done'
  if (isBusybox) await guest.expect(['sh', '-ec', script])
  return guest
}

async function tryFeature(guest: Guest, feature: Feature): Promise<void> {
  await reset(guest)
  await guest.writeFile('/context/context.sh', formatContext(feature))
  await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
  await guest.expect(['ifup', '-a'])
  await expectNetwork(guest, feature)
  await expectKernel(guest, feature)
  await expectNames(guest, feature)
  const before = await guest.listing('/etc/network')
  await guest.expect(['vmcontext', 'boot'])
  assert.equal(await guest.listing('/etc/network'), before, 'a second boot changes something')
  const devices = Object.keys(feature.kernel.addresses)
  await guest.expect(['ifdown', ...devices])
  await guest.expect(['ifup', ...devices])
  await expectNetwork(guest, feature)
}

/** What holds whenever it is asked, whoever is slow on the wire. */
async function expectKernel(guest: Guest, {name, kernel}: Feature): Promise<void> {
  const settings = {'ipv6-disabled': 'disable_ipv6 1', 'ipv6-static-beside-a-router': 'accept_ra 0'}
  const [file, value] = settings[name as keyof typeof settings]?.split(' ') ?? []
  if (file !== undefined) {
    assert.equal(await guest.readFile(`/proc/sys/net/ipv6/conf/eth0/${file}`), `${value}\n`)
  }
  if (!('eth1' in kernel.addresses)) {
    assert.match(await guest.expect(['ip', 'link', 'show', 'eth1']), /state DOWN/, 'eth1 is nobody’s')
  }
}

async function expectNames(guest: Guest, {names}: Feature): Promise<void> {
  if (names === undefined) return
  const lines = names.servers.slice(0, 3).map(server => `nameserver ${server}\n`)
  const search = `search ${names.domains.join(' ')}\n`
  assert.equal((await guest.readFile('/etc/resolv.conf')).replace(/^#.*\n/, ''), lines.join('') + search)
}

/** The text for NICs as no context describes them here. */
function render(...list: readonly Nic[]): string {
  const landmarks = new Set(['/usr/sbin/dhclient'])
  const [file] = interfaces.render(define(...list), guestFiles({[path]: base}, {landmarks})).files
  return file?.kind === 'write' ? file.content : ''
}

async function tryRest(guest: Guest): Promise<void> {
  const eth0 = nic('eth0 192.168.0.5/24', {
    newMac: '02:11:22:33:44:55',
    ipv6: {method: 'dhcp', addresses: [{address: '2001:db8::5', prefix: 64}], routes: []},
  })
  const eth1 = nic('eth1 10.0.0.5/8', {
    mtu: 1400,
    ipv4: undefined,
    ipv6: {method: 'static', addresses: [{address: '2001:db8:1::5', prefix: 64}], routes: []},
  })
  await reset(guest)
  await guest.writeFile(path, render(eth0, eth1))
  await guest.expect(['ifup', '-a'])
  await expectNetwork(guest, {
    name: '',
    variables: {},
    kernel: {
      addresses: {eth0: ['192.168.0.5/24', '2001:db8::5/64'], eth1: ['2001:db8:1::5/64']},
      routes: [],
      mtu: {eth1: 1400},
      macs: {eth0: '02:11:22:33:44:55'},
    },
  })
  await guest.expect(['ifdown', 'eth0'])

  const only6 = {method: 'auto', addresses: [{address: '2001:db8:1::7', prefix: 64}], routes: []} as const
  await reset(guest)
  await guest.writeFile(path, render({...eth1, ipv6: only6}))
  await guest.expect(['ifup', 'eth1'])
  assert.match(await guest.expect(['ip', '-6', 'address', 'show', 'eth1']), /2001:db8:1::7/)
  await guest.expect(['ifdown', 'eth1'])
  const left = await guest.expect(['ip', '-6', 'address', 'show', 'dev', 'eth1', 'scope', 'global'])
  assert.equal(left, '', 'an address stays where nothing of it is left in the file')
}

async function tryChange(guest: Guest): Promise<void> {
  await reset(guest)
  const original = `${base}\nauto eth1\niface eth1 inet static\n\taddress 172.16.0.9\n\tnetmask 255.255.0.0\n`
  await guest.writeFile(path, original)
  const eth0 = {ETH0_IP: '192.168.0.5', ETH0_IP6: '2001:db8::5'}
  const boot = async (variables: Record<string, string>, stage: readonly string[] = []) => {
    await guest.writeFile('/context/context.sh', formatContext({variables}))
    await guest.expect(['vmcontext', 'boot', ...stage])
  }
  const expectEth1 = (addresses: readonly string[]) => {
    const kernel = {addresses: {eth0: ['192.168.0.5/24', '2001:db8::5/64'], eth1: addresses}, routes: []}
    return expectNetwork(guest, {name: '', variables: {}, kernel})
  }
  await boot({...eth0, ETH1_IP: '10.0.0.5', ETH1_IP6: '2001:db8:1::5'}, ['--stage', 'local'])
  await guest.expect(['ifup', '-a'])
  await expectEth1(['10.0.0.5/24', '2001:db8:1::5/64'])
  const before = await guest.readFile('/sys/class/net/eth0/carrier_changes')

  await boot({...eth0, ETH1_IP: '10.0.0.6', ETH1_ALIAS0_IP: '10.0.0.7'})
  await expectEth1(['10.0.0.6/24', '10.0.0.7/24'])
  await boot(eth0)
  await expectEth1(['172.16.0.9/16'])
  assert.equal(await guest.readFile('/sys/class/net/eth0/carrier_changes'), before, 'eth0 was down')
  const text = await guest.readFile(path)
  assert.equal(text.slice(0, original.length), original)
  assert.match(text.slice(original.length), /^\nauto eth0\niface eth0 inet static\n {4}# vmcontext: /)
}

/**
 * Another guest, as far as it can tell: links as the kernel makes them, nothing written yet. Leases stay: whom a client
 * without them says it is, the server does not know, and it has but one address.
 */
async function reset(guest: Guest): Promise<void> {
  await guest.reboot()
  const script = `
    rm -rf /var/lib/vmcontext /etc/resolv.conf /var/tmp/network
    mkdir -p /run/network /etc/network/interfaces.d
    for link in eth0 eth1; do
      ip link set $link mtu 1500
      cd /proc/sys/net/ipv6/conf/$link
      for name in disable_ipv6 accept_ra autoconf; do cat ../default/$name >$name; done
    done`
  await guest.expect(['sh', '-ec', script])
  await guest.writeFile(path, base)
}
