// A network that is changed while the guest runs: only what changed is touched, and a change that cuts the guest off
// is taken back.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {formatContext} from '../matrix/features.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {startRunning} from './running-guest.ts'

const first = {ETH0_IP: '192.168.0.5', ETH0_GATEWAY: '192.168.0.1', ETH1_IP: '10.0.0.5'}
const path = '/etc/network/interfaces'

describe('a running guest', skipWithoutGuest('namespace'), () => {
  test('takes back what cuts it off', async () => {
    await using guest = await startRunning(first)
    const before = {
      file: await guest.readFile(path),
      addresses: await guest.addresses(),
      routes: await guest.routes(),
    }
    const {exitCode, stdout} = await change(
      guest,
      {...first, ETH0_GATEWAY: '192.168.0.77'},
      '--verify',
      '2',
      '--rollback',
    )
    assert.equal(exitCode, 1)
    assert.match(stdout, /no gateway answers any more after 2 s, so the network is as it was before/)
    const after = {
      file: await guest.readFile(path),
      addresses: await guest.addresses(),
      routes: await guest.routes(),
    }
    assert.deepEqual(after, before)
    await guest.expect(['busybox', 'ping', '-c', '1', '-W', '5', '192.168.0.1'])
  })

  test('leaves it so if it is only to be told', async () => {
    await using guest = await startRunning(first)
    const {exitCode, stdout} = await change(guest, {...first, ETH0_GATEWAY: '192.168.0.77'}, '--verify', '2')
    assert.equal(exitCode, 1)
    assert.match(stdout, /no gateway answers any more after 2 s$/m)
    assert.match(await guest.readFile(path), /192\.168\.0\.77/)
  })

  test('keeps what works', async () => {
    await using guest = await startRunning(first)
    const {exitCode, stdout} = await change(
      guest,
      {...first, ETH0_IP: '192.168.0.6'},
      '--verify',
      '10',
      '--rollback',
    )
    assert.equal(exitCode, 0, stdout)
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.6/24'])
  })

  test('does not call it its own fault that nobody answered before either', async () => {
    await using guest = await startRunning(first)
    await guest.expectOnWire(['ip', 'address', 'flush', 'dev', 'wire0'])
    const {exitCode, stdout} = await change(
      guest,
      {...first, ETH0_IP: '192.168.0.6'},
      '--verify',
      '2',
      '--rollback',
    )
    assert.equal(exitCode, 0, stdout)
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.6/24'])
  })

  test('bounces no NIC but the one that changes (addon-context-linux #305)', async () => {
    await using guest = await startRunning(first)
    const carriers = async (name: string) => guest.readFile(`/sys/class/net/${name}/carrier_changes`)
    const before = {eth0: await carriers('eth0'), eth1: await carriers('eth1')}
    await change(guest, {
      ...first,
      SSH_PUBLIC_KEY: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f a@b',
    })
    assert.deepEqual({eth0: await carriers('eth0'), eth1: await carriers('eth1')}, before)
    await change(guest, {...first, ETH1_IP: '10.0.0.6'})
    assert.equal(await carriers('eth0'), before.eth0)
    assert.notEqual(await carriers('eth1'), before.eth1)
    assert.deepEqual((await guest.addresses()).eth1, ['10.0.0.6/24'])
  })

  test('configures a NIC that is plugged in, and lets one go', async () => {
    await using guest = await startRunning(first)
    await guest.addNics([{name: 'eth2', mac: '02:00:0a:02:00:05'}])
    await change(guest, {...first, ETH2_MAC: '02:00:0a:02:00:05', ETH2_IP: '10.2.0.5'})
    assert.deepEqual((await guest.addresses()).eth2, ['10.2.0.5/24'])
    await change(guest, first)
    assert.deepEqual((await guest.addresses()).eth2, [])
    assert.doesNotMatch(await guest.readFile(path), /eth2/)
  })

  for (const [what, looksBetween] of [
    ['and the agent has seen neither', false],
    ['and the agent has seen it gone', true],
  ] as const) {
    test(`configures a NIC anew that was taken out and put in again, ${what}`, async () => {
      await using guest = await startRunning(first)
      await guest.expect(['ip', 'link', 'delete', 'eth1'])
      if (looksBetween) await guest.run(['vmcontext', 'boot'])
      await guest.addNics([{name: 'eth1', mac: '02:00:0a:00:00:05'}])
      const {exitCode, stdout} = await guest.run(['vmcontext', 'boot'])
      assert.equal(exitCode, 0, stdout)
      assert.deepEqual((await guest.addresses()).eth1, ['10.0.0.5/24'])
    })
  }
})

async function change(
  guest: Guest,
  variables: Readonly<Record<string, string>>,
  ...options: readonly string[]
) {
  await guest.writeFile('/context/context.sh', formatContext({variables}))
  return guest.run(['vmcontext', 'boot', ...options])
}
