// The final stage waits for the network where the context needs it, and no longer than is of use.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {formatContext} from '../matrix/features.ts'
import {type Guest, type NetworkCard, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const eth0 = {name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']}
const eth1 = {name: 'eth1', mac: '02:00:0a:00:00:05'}
const first = {ETH0_MAC: eth0.mac, ETH0_IP: '192.168.0.5', ETH0_GATEWAY: '192.168.0.1'}
const second = {ETH1_MAC: eth1.mac, ETH1_IP: '10.0.0.5'}
const looks = '#!/bin/sh\nip -o -4 address show dev eth0 | grep -o "inet [0-9./]*"\necho ran\n'
const log = '/var/log/vmcontext/init.sh.log'

describe('the final stage', skipWithoutGuest('namespace'), () => {
  test('runs its scripts once the addresses are there', async () => {
    await using guest = await start(first)
    const script = 'vmcontext boot --stage final & sleep 1; ifup -a; wait $!'
    const {exitCode, stdout} = await guest.run(['sh', '-c', script])
    assert.equal(exitCode, 0, stdout)
    assert.doesNotMatch(stdout, /warning/)
    assert.match(await guest.readFile(log), /^inet 192\.168\.0\.5\/24\nran$/m)
  })

  test('waits for an address of a router where the context names no other', async () => {
    await using guest = await start({ETH0_MAC: eth0.mac, ETH0_IP6_METHOD: 'auto'})
    const address = 'ip link set eth0 up; sleep 1; ip address add 2001:db8::7/64 dev eth0'
    const {stdout} = await guest.run(['sh', '-c', `vmcontext boot --stage final & ${address}; wait $!`])
    assert.doesNotMatch(stdout, /warning/)
    assert.match(await guest.readFile(log), /^ran$/m)
  })

  test('runs them all the same when the time is over, and says what is missing', async () => {
    await using guest = await start(first)
    const {exitCode, stdout} = await guest.run([
      'vmcontext',
      'boot',
      '--stage',
      'final',
      '--set',
      'ONLINE_WAIT=1',
    ])
    assert.equal(exitCode, 0, stdout)
    assert.match(stdout, /warning: eth0 does not have 192\.168\.0\.5\/24 after 1 s; what comes next is done/)
    assert.match(await guest.readFile(log), /^ran$/m)
  })

  test('does not wait to the end for a card without a cable, if another one is up', async () => {
    await using guest = await start({...first, ...second}, [eth0, eth1])
    await guest.expectOnWire(['ip', 'link', 'set', 'wire1', 'down'])
    await guest.expect(['ifup', '-a'])
    await guest.expect(['ip', 'address', 'flush', 'dev', 'eth1'])
    const stdout = await guest.expect(['vmcontext', 'boot', '--stage', 'final'], {timeoutMs: 40_000})
    assert.match(stdout, /warning: eth1 has no carrier after 5 s/)
    assert.match(await guest.readFile(log), /^ran$/m)
  })

  const idle: [what: string, options: string[], files: Record<string, string>][] = [
    ['the first stage is done in the same run, before the network service', [], {}],
    ['nothing of the context needs it', ['--stage', 'final'], {'/context/init.sh': ''}],
    ['nobody wants it', ['--stage', 'final', '--set', 'ONLINE_WAIT=0'], {}],
    ['the network is left alone', ['--stage', 'final', '--set', 'STEPS_OFF=network'], {}],
  ]
  for (const [what, options, files] of idle) {
    test(`does not wait where ${what}`, async () => {
      await using guest = await start(first, [eth0], '')
      for (const [path, content] of Object.entries(files)) {
        if (content === '') await guest.expect(['rm', path])
        else await guest.writeFile(path, content)
      }
      const stdout = await guest.expect(['vmcontext', 'boot', ...options], {timeoutMs: 40_000})
      assert.doesNotMatch(stdout, /online/)
    })
  }
})

/** A guest whose network service has still to come. */
async function start(
  variables: Record<string, string>,
  nics: readonly NetworkCard[] = [eth0],
  stage = 'local',
): Promise<Guest> {
  const guest = await startGuest({nics})
  await guest.writeFile('/context/context.sh', formatContext({variables}))
  await guest.writeFile('/context/init.sh', looks)
  if (stage !== '') await guest.run(['vmcontext', 'boot', '--stage', stage])
  return guest
}
