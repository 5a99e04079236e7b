// The matrix before NetworkManager itself: the agent writes the profiles in a guest, the real NetworkManager reads
// them, and the kernel is compared with what the feature asks for.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {type Feature, features, formatContext, nics} from '../matrix/features.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {activationOf, serve, startGuestWith, startNetworkManager} from './managers.ts'
import {expectNetwork} from './network-state.ts'
import {debian12WithManagers, debian13WithManagers, type RootRecipe} from './root-image.ts'

const guests = skipWithoutGuest('namespace')
const profiles = '/etc/NetworkManager/system-connections'

// A veth has no MAC of its own, and the profiles name the interface. With a list of links they name the MAC.
// NetworkManager 1.42 and 1.52.
const spellings = [
  {recipe: debian12WithManagers, by: 'name', options: []},
  {recipe: debian13WithManagers, by: 'MAC', options: ['--links', '/links']},
] as const

for (const {recipe, by, options} of spellings) {
  describe(`NetworkManager of Debian ${recipe.suite}, by ${by}`, {...guests, concurrency: 2}, () => {
    for (const feature of features.filter(
      ({needs, name}) => needs === undefined && (name !== 'pci' || by === 'MAC'),
    )) {
      test(feature.name, async () => {
        await using guest = await startNmGuest(recipe)
        await serve(guest, feature.wire)
        await describeTo(guest, feature.variables, options)
        await startNetworkManager(guest)
        await expectNetwork(guest, feature)
        await expectNames(guest, feature)
        if (feature.name === 'ipv6-disabled') {
          assert.equal(await guest.expect(['ip', '-6', 'address', 'show', 'dev', 'eth0']), '')
        }
      })
    }

    test('a VLAN is read, without the kernel for it', async () => {
      await using guest = await startNmGuest(recipe)
      const feature = features.find(({needs}) => needs === 'vlan')!
      await describeTo(guest, feature.variables, ['--links', '/links'])
      await startNetworkManager(guest)
      const fields =
        'vlan.id,connection.interface-name,802-3-ethernet.mtu,ipv4.addresses,ipv4.gateway,ipv6.addresses'
      const show = [
        'nmcli',
        '--escape',
        'no',
        '-g',
        fields,
        'connection',
        'show',
        'vmcontext eth1.7',
      ] as const
      const said = (await guest.expect(show)).trim().split('\n')
      assert.deepEqual(said.toSorted(), [
        '10.7.0.1',
        '10.7.0.5/24',
        '1450',
        '2001:db8:7::5/64',
        '7',
        'eth1.7',
      ])
      const parent = ['nmcli', '-g', 'vlan.parent', 'connection', 'show', 'vmcontext eth1.7'] as const
      const uuid = ['nmcli', '-g', 'connection.uuid', 'connection', 'show', 'vmcontext eth1'] as const
      assert.equal(await guest.expect(parent), await guest.expect(uuid))
    })
  })
}

describe('NetworkManager and others', guests, () => {
  test('after boot only what changed comes up anew, and what was there before comes back', async () => {
    await using guest = await startNmGuest(debian12WithManagers)
    await guest.writeFile(`${profiles}/Lab.nmconnection`, lab, 0o600)
    await describeTo(guest, {...eth0, ...eth1})
    await startNetworkManager(guest)
    await expectNetwork(guest, expecting({eth0: ['192.168.0.5/24'], eth1: ['10.0.0.5/24']}))
    assert.equal((await guest.run(['test', '-e', `${profiles}/Lab.nmconnection`])).exitCode, 1)

    const before = await activationOf(guest, 'eth1')
    await describeTo(guest, {...eth0, ETH0_IP: '192.168.0.77', ...eth1})
    await expectNetwork(guest, expecting({eth0: ['192.168.0.77/24'], eth1: ['10.0.0.5/24']}))
    assert.equal(await activationOf(guest, 'eth1'), before)

    const second = await activationOf(guest, 'eth0')
    await describeTo(guest, {...eth0, ETH0_IP: '192.168.0.77'})
    await expectNetwork(guest, expecting({eth0: ['192.168.0.77/24'], eth1: ['172.31.0.9/24']}))
    assert.equal(await activationOf(guest, 'eth0'), second)
    assert.equal(await guest.readFile(`${profiles}/Lab.nmconnection`), lab)
  })

  test('a profile for any card stays, and ours comes first', async () => {
    await using guest = await startNmGuest(debian12WithManagers)
    const any = lab.replace('interface-name=eth1', 'autoconnect-priority=500')
    await guest.writeFile(`${profiles}/Any.nmconnection`, any, 0o600)
    await describeTo(guest, eth0)
    await startNetworkManager(guest)
    await expectNetwork(guest, expecting({eth0: ['192.168.0.5/24'], eth1: ['172.31.0.9/24']}))
  })

  test('a card that has a stanza of ifupdown is taken over, and the stanza of another one stays', async () => {
    await using guest = await startNmGuest(debian12WithManagers)
    const stanza = (name: string) => `auto ${name}\niface ${name} inet static\n  address 1.2.3.4/24\n`
    await guest.writeFile('/etc/network/interfaces', `${stanza('eth0')}\n${stanza('eth1')}`)
    await describeTo(guest, eth0)
    await startNetworkManager(guest)
    await expectNetwork(guest, expecting({eth0: ['192.168.0.5/24']}))
    assert.equal(await stateOf(guest, 'eth1'), 'unmanaged')
    const text = await guest.readFile('/etc/network/interfaces')
    assert.ok(text.includes(stanza('eth1')) && !text.includes('eth0'), text)
  })

  test('a card that the configuration leaves alone is taken back, and no other', async () => {
    await using guest = await startNmGuest(debian12WithManagers)
    const vendor = '/usr/lib/NetworkManager/conf.d/10-globally-managed-devices.conf'
    // Ubuntu's.
    await guest.writeFile(
      vendor,
      '[keyfile]\nunmanaged-devices=*,except:type:wifi,except:type:gsm,except:type:cdma\n',
    )
    const local = '[device-all]\nmatch-device=interface-name:eth*\nmanaged=0\n'
    await guest.writeFile('/etc/NetworkManager/conf.d/99-local.conf', local)
    await describeTo(guest, eth0)
    await startNetworkManager(guest)
    await expectNetwork(guest, expecting({eth0: ['192.168.0.5/24']}))
    assert.equal(await stateOf(guest, 'eth1'), 'unmanaged')

    await describeTo(guest, {...eth0, ...eth1})
    await expectNetwork(guest, expecting({eth0: ['192.168.0.5/24'], eth1: ['10.0.0.5/24']}))
    assert.equal(await stateOf(guest, 'lo'), 'unmanaged')

    await describeTo(guest, eth0)
    const isLeft = `until nmcli -g DEVICE,STATE device | grep -q '^eth1:unmanaged'; do sleep 0.1; done`
    await guest.expect(['sh', '-c', isLeft], {timeoutMs: 20_000})
    // Our exceptions alone would make a list that leaves everything else alone.
    await guest.expect(['rm', vendor])
    await guest.expect(['nmcli', 'general', 'reload', 'conf'])
    assert.notEqual(await stateOf(guest, 'lo'), 'unmanaged')
  })
})

const eth0 = {ETH0_IP: '192.168.0.5', ETH0_MASK: '24'}
const eth1 = {ETH1_IP: '10.0.0.5', ETH1_MASK: '24'}

/** What somebody had for eth1. */
const lab = `[connection]
id=Lab
uuid=6b2f0c3e-7c55-4a0e-9f0a-d3a9a1f0c001
type=ethernet
interface-name=eth1

[ipv4]
method=manual
address1=172.31.0.9/24

[ipv6]
method=disabled
`

function startNmGuest(recipe: RootRecipe): Promise<Guest> {
  return startGuestWith('NetworkManager', recipe, {nics: nics.map(({name, mac}) => ({name, mac}))})
}

/** As a boot does, or after it a changed disc. */
async function describeTo(guest: Guest, variables: Record<string, string>, options: readonly string[] = []) {
  await guest.writeFile('/context/context.sh', formatContext({variables}))
  await guest.writeFile('/links', nics.map(({name, mac, pci}) => `${name} ${mac} ${pci}\n`).join(''))
  // A feature names a card that is never there.
  await guest.writeFile('/etc/vmcontext.conf', 'NIC_WAIT=0\n')
  await guest.expect(['vmcontext', 'boot', '--stage', 'local', ...options])
}

function expecting(addresses: Record<string, string[]>): Feature {
  return {name: 'addresses', variables: {}, kernel: {addresses, routes: []}}
}

async function stateOf(guest: Guest, device: string): Promise<string> {
  const lines = await guest.expect(['nmcli', '-g', 'DEVICE,STATE', 'device'])
  return new RegExp(`^${device}:(.*)$`, 'm').exec(lines)![1]!
}

async function expectNames(guest: Guest, {names}: Feature): Promise<void> {
  if (names === undefined) return
  const text = await guest.readFile('/etc/resolv.conf')
  const words = (key: string) =>
    [...text.matchAll(new RegExp(`^${key} (.*)$`, 'gm'))].flatMap(([, list]) => list!.split(' ')).sort()
  assert.deepEqual(words('nameserver'), [...names.servers].sort())
  assert.deepEqual(words('search'), [...names.domains].sort())
}
