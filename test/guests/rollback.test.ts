// A rollback on a running guest: the guest's own tools bring the network of before back, and what would cut it off is
// undone.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {formatContext} from '../matrix/features.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {startBus, startNetworkd, startNetworkdGuest, waitOnline} from './networkd-guest.ts'
import {debian12WithManagers} from './root-image.ts'
import {startRunning} from './running-guest.ts'

const nics = [
  {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']},
  {name: 'eth1', mac: '02:00:0a:00:00:05', wire: ['10.0.0.1/24']},
]
const first = {ETH0_IP: '192.168.0.5', ETH0_GATEWAY: '192.168.0.1', ETH1_IP: '10.0.0.5', SET_HOSTNAME: 'one'}
const second = {...first, ETH0_IP: '192.168.0.6', SET_HOSTNAME: 'two'}
const path = '/etc/network/interfaces'

describe('a rollback of a running guest', skipWithoutGuest('namespace'), () => {
  test('brings back the address and the name, and bounces no other NIC', async () => {
    await using guest = await startRunning(first)
    const before = await look(guest)
    await boot(guest, second)
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.6/24'])
    const carriers = await guest.readFile('/sys/class/net/eth1/carrier_changes')
    const {exitCode, stdout} = await guest.run(['vmcontext', 'rollback', '--yes'])
    assert.equal(exitCode, 0, stdout)
    assert.match(stdout, /take down eth0, then bring up eth0/)
    assert.deepEqual(await look(guest), before)
    assert.equal(await guest.readFile('/sys/class/net/eth1/carrier_changes'), carriers)
    await guest.expect(['busybox', 'ping', '-c', '1', '-W', '5', '192.168.0.1'])
    assert.match(await guest.readFile('/var/log/vmcontext.log'), /rollback of \d+ is done: .*interfaces/)
    // What is planned now is what the context asks for, although this boot had done it.
    const plan = await guest.run(['vmcontext', 'plan'])
    assert.match(plan.stdout, /\+ +address 192\.168\.0\.6/)
    await guest.expect(['vmcontext', 'boot'])
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.6/24'])
  })

  test('that is killed while the interface is down is ended by the next one', async () => {
    await using guest = await startRunning(first)
    const before = await look(guest)
    await boot(guest, second)
    const trap = '/etc/network/if-post-down.d/trap'
    // The hook kills the rollback that waits for it, however long that takes.
    const text = '#!/bin/sh\n[ "$IFACE" != eth0 ] || kill -9 "$(cat /run/rollback.pid)"\n'
    await guest.writeFile(trap, text, 0o755)
    const command = 'echo $$ >/run/rollback.pid; exec vmcontext rollback --yes'
    assert.notEqual((await guest.run(['sh', '-c', command])).exitCode, 0)
    assert.deepEqual((await guest.addresses()).eth0, [])
    await guest.expect(['rm', trap])
    const {exitCode, stdout} = await guest.run(['vmcontext', 'rollback', '--yes'])
    assert.equal(exitCode, 0, stdout)
    assert.deepEqual(await look(guest), before)
  })

  test('that cuts it off is undone, and nothing else is touched', async () => {
    await using guest = await startRunning(first)
    await boot(guest, second)
    // The network has moved: at its old address the guest reaches nobody.
    await boot(guest, {...second, ETH0_IP: '172.16.0.6', ETH0_GATEWAY: '172.16.0.1'})
    await guest.expectOnWire(['ip', 'address', 'flush', 'dev', 'wire0'])
    await guest.expectOnWire(['ip', 'address', 'add', '172.16.0.1/16', 'dev', 'wire0'])
    await guest.expect(['busybox', 'ping', '-c', '1', '-W', '5', '172.16.0.1'])
    const before = {...(await look(guest)), history: await guest.readFile('/var/lib/vmcontext/history.json')}
    const {exitCode, stdout} = await guest.run(['vmcontext', 'rollback', '--yes', '--verify', '2'])
    assert.equal(exitCode, 1, stdout)
    assert.match(stdout, /no gateway answers any more after 2 s/)
    assert.match(stdout, /The rollback was taken back/)
    assert.deepEqual(
      {...(await look(guest)), history: await guest.readFile('/var/lib/vmcontext/history.json')},
      before,
    )
    await guest.expect(['busybox', 'ping', '-c', '1', '-W', '5', '172.16.0.1'])
  })

  test('takes a NIC and a VLAN down that had no definition before', async () => {
    await using guest = await startRunning(first)
    const before = await look(guest)
    await guest.addNics([{name: 'eth2', mac: '02:00:0a:02:00:05'}])
    await boot(guest, {...first, ETH2_MAC: '02:00:0a:02:00:05', ETH2_IP: '10.2.0.5', ETH1_VLAN_ID: '7'})
    assert.deepEqual((await guest.addresses()).eth2, ['10.2.0.5/24'])
    const {exitCode, stdout} = await guest.run(['vmcontext', 'rollback', '--yes'])
    assert.equal(exitCode, 0, stdout)
    const {addresses, ...rest} = await look(guest)
    assert.deepEqual(addresses.eth2, [])
    assert.deepEqual(
      {...rest, addresses: {...addresses, eth2: undefined}},
      {...before, addresses: {...before.addresses, eth2: undefined}},
    )
  })

  test('back to before the first boot gives the definition of the image', async () => {
    await using guest = await startGuest({nics})
    const image =
      'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet static\n    address 192.168.0.99\n    netmask 255.255.255.0\n'
    await guest.writeFile(path, image)
    await guest.expect(['ifup', '-a'])
    await boot(guest, first)
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.5/24'])
    const {exitCode, stdout} = await guest.run(['vmcontext', 'rollback', '--yes', '--verify', '3'])
    // The image had no gateway, and that is what the check is about.
    assert.equal(exitCode, 1, stdout)
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.5/24'])
    const again = await guest.run(['vmcontext', 'rollback', '--yes', '--no-verify'])
    assert.equal(again.exitCode, 0, again.stdout)
    assert.equal(await guest.readFile(path), image)
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.99/24'])
    assert.deepEqual((await guest.addresses()).eth1, [])
  })

  test('has networkd read the files of before', async () => {
    await using guest = await startNetworkdGuest(debian12WithManagers)
    await startBus(guest)
    const variables = {ETH0_IP: '192.168.0.5', ETH1_IP: '10.0.0.5'}
    await boot(guest, variables, '--stage', 'local')
    await startNetworkd(guest)
    await waitOnline(guest)
    const before = await guest.addresses()
    assert.deepEqual([before.eth0, before.eth1], [['192.168.0.5/24'], ['10.0.0.5/24']])
    await boot(guest, {ETH0_IP: '192.168.0.77'}, '--stage', 'local', '--verify', '10')
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.77/24'])
    const {exitCode, stdout} = await guest.run(['vmcontext', 'rollback', '--yes'])
    assert.equal(exitCode, 0, stdout)
    assert.deepEqual(await guest.addresses(), before)
  })

  test('an ordinary user may not look at the records, and is told so', async () => {
    await using guest = await startRunning(first)
    const {exitCode, stderr} = await guest.run([
      'setpriv',
      '--reuid',
      '65534',
      'vmcontext',
      'rollback',
      '--list',
    ])
    assert.equal(exitCode, 3)
    assert.match(stderr, /history\.json: permission denied.*root/)
  })
})

async function boot(guest: Guest, variables: Readonly<Record<string, string>>, ...options: string[]) {
  await guest.writeFile('/context/context.sh', formatContext({variables}))
  await guest.expect(['vmcontext', 'boot', ...options])
}

async function look(guest: Guest) {
  return {
    file: await guest.readFile(path),
    hosts: await guest.readFile('/etc/hosts'),
    name: [await guest.readFile('/etc/hostname'), await guest.readFile('/proc/sys/kernel/hostname')],
    addresses: await guest.addresses(),
    routes: await guest.routes(),
  }
}
