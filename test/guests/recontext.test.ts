// A disc that is exchanged in a running guest: the event that udev sends, the helper, the agent, the guest's own tools.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {assembleHotPlug, hotPlugPath} from '../../packaging/init-scripts.ts'
import {makeKey} from '../keys.ts'
import type {Disc} from './context-disc.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const [alice, bob] = [makeKey('alice'), makeKey('bob')]
const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05', wire: ['192.168.0.1/24']}]
const base = {
  ETH0_MAC: '02:00:c0:a8:00:05',
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  SET_HOSTNAME: 'web',
  USERNAME: 'joe',
  PASSWORD: 'hunter2-of-the-cloud',
  SSH_PUBLIC_KEY: alice,
  START_SCRIPT: 'echo start >>/root/ran',
  GREETING: 'hello',
}

function makeDisc(variables: Record<string, string>, more = ''): Disc {
  const lines = Object.entries({...base, ...variables}).map(([name, value]) => `${name}='${value}'\n`)
  const files = {'context.sh': lines.join('') + more, 'init.sh': '#!/bin/sh\necho init >>/root/ran\n'}
  return {label: 'CONTEXT', files}
}

/** A guest that has booted, with all that a second boot of the image would find. */
async function startBooted(): Promise<Guest> {
  const guest = await startGuest({nics, disc: makeDisc({})})
  await guest.writeFile(
    hotPlugPath,
    (await assembleHotPlug()).replace('settle_seconds=2', 'settle_seconds=0'),
    0o755,
  )
  await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
  await guest.expect(['/etc/init.d/networking', 'start'])
  await guest.expect(['vmcontext', 'boot', '--stage', 'final'])
  assert.equal(await guest.readFile('/root/ran'), 'start\ninit\n')
  return guest
}

/** As udev calls the helper once another disc is in the drive, and waits until all of it is seen to. */
async function tellOfDisc(guest: Guest): Promise<void> {
  const log = async () =>
    (await guest.readFile('/var/log/vmcontext.log')).match(/vmcontext: .* in \d/g)?.length ?? 0
  const before = await log()
  await guest.expect([hotPlugPath], {
    environment: {SUBSYSTEM: 'block', ACTION: 'change', DEVNAME: '/dev/sr0'},
  })
  const isAtWork = async () => (await guest.run(['test', '-e', '/run/vmcontext/lock'])).exitCode === 0
  for (let tries = 0; tries < 600 && ((await log()) === before || (await isAtWork())); tries += 1)
    await sleep(50)
  assert.equal(await log(), before + 1)
}

/** The files that were written between two listings. */
function writtenBetween(before: string, after: string): string[] {
  const old = new Set(before.split('\n'))
  return after
    .split('\n')
    .filter(line => line !== '' && !old.has(line))
    .map(line => line.split(' ')[0]!)
}

const paths = ['/etc', '/home', '/root', '/usr'] as const
const login = ['/etc/.pwd.lock']

const changes: [what: string, disc: Disc, written: string[]][] = [
  ['the same again', makeDisc({}), []],
  [
    'a key more',
    makeDisc({SSH_PUBLIC_KEY: `${alice}\n${bob}`}),
    ['/home/joe/.ssh', '/home/joe/.ssh/authorized_keys'],
  ],
  ['another name', makeDisc({SET_HOSTNAME: 'mail'}), ['/etc', '/etc/hostname', '/etc/hosts']],
  ['a variable that only scripts take', makeDisc({GREETING: 'bye'}), ['/root/ran']],
  [
    'a quote that never closes',
    makeDisc({SET_HOSTNAME: 'evil'}, "FOO='\n"),
    ['/etc', '/etc/hostname', '/etc/hosts'],
  ],
  ['nothing that could be read', {label: 'CONTEXT', files: {'context.sh': 'A=\0\n'}}, []],
  ['no context at all', {label: 'OTHER', files: {'readme.txt': 'x'}}, []],
]

describe('a disc that is exchanged in a running guest', skipWithoutGuest('namespace'), () => {
  for (const [what, disc, written] of changes) {
    test(`for one with ${what} writes ${written.join(', ') || 'nothing'}`, async () => {
      await using guest = await startBooted()
      const [before, shadow] = [await guest.listing(...paths), await guest.readFile('/etc/shadow')]
      await guest.insert(disc)
      await tellOfDisc(guest)
      const found = writtenBetween(before, await guest.listing(...paths))
      assert.deepEqual(
        found.filter(path => !login.includes(path)),
        written,
      )
      assert.equal(await guest.readFile('/etc/shadow'), shadow)
      assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.5/24'])
      await tellOfDisc(guest)
      assert.equal(writtenBetween(before, await guest.listing(...paths)).length, found.length)
    })
  }

  test('and taken out takes nothing back', async () => {
    await using guest = await startBooted()
    const before = await guest.listing(...paths)
    await guest.eject()
    await tellOfDisc(guest)
    assert.deepEqual(writtenBetween(before, await guest.listing(...paths)), [])
  })

  test('for one with another address moves the card, and nothing else', async () => {
    await using guest = await startBooted()
    await guest.insert(makeDisc({ETH0_IP: '192.168.0.6'}))
    await tellOfDisc(guest)
    assert.equal(await guest.expect(['hostname']), 'web\n')
    assert.equal(await guest.readFile('/root/ran'), 'start\ninit\n')
    assert.match(await guest.readFile('/etc/network/interfaces'), /address 192\.168\.0\.6/)
    assert.deepEqual((await guest.addresses()).eth0, ['192.168.0.6/24'])
  })
})
