// Where a guest finds its context, and what it makes of discs that are none.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Disc} from './context-disc.ts'
import {type Guest, type GuestOptions, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const nics = [{name: 'eth0', mac: '02:00:c0:a8:00:05'}]
const files = {'context.sh': 'HOSTNAME="web"\n'}
const withoutContext = {'readme.txt': 'something else\n'}

/** A disc that tells it is a context and is damaged behind its first blocks. */
async function damage(guest: Guest): Promise<void> {
  await guest.expect([
    'dd',
    'if=/dev/urandom',
    'of=/dev/sr0',
    'bs=1024',
    'seek=2',
    'count=40',
    'status=none',
    'conv=notrunc',
  ])
}

type Case = {
  what: string
  options: GuestOptions
  prepare?: (guest: Guest) => Promise<unknown>
  exitCode: number
  context: RegExp
  hostname: string
}

const cases: Case[] = [
  {
    what: 'no drive',
    options: {},
    exitCode: 0,
    context: /none: this machine has no drive/,
    hostname: '(none)',
  },
  {
    what: 'a disc with nothing on it',
    options: {disc: {bytes: Buffer.alloc(65_536)}},
    exitCode: 0,
    context: /none: there is no context disc/,
    hostname: '(none)',
  },
  {
    what: 'a disc labelled CDROM with something else',
    options: {disc: {label: 'CDROM', files: withoutContext}},
    exitCode: 0,
    context: /none: there is no context disc/,
    hostname: '(none)',
  },
  {
    what: 'a disc labelled CONTEXT without a context.sh',
    options: {disc: {label: 'CONTEXT', files: withoutContext}},
    exitCode: 1,
    context: /\/dev\/sr0 cannot be read as a context: there is no context\.sh on it/,
    hostname: '(none)',
  },
  {
    what: 'a damaged disc',
    options: {disc: {label: 'CONTEXT', files, writable: true}},
    prepare: damage,
    exitCode: 1,
    context: /\/dev\/sr0 cannot be read as a context: mount exited with 32/,
    hostname: '(none)',
  },
  {
    what: 'a disc labelled CONTEXT',
    options: {disc: {label: 'CONTEXT', files}},
    exitCode: 0,
    context: /\/dev\/sr0 \(label CONTEXT\), 1 variable/,
    hostname: 'web',
  },
  {
    what: 'a disc labelled CDROM',
    options: {disc: {label: 'CDROM', files}},
    exitCode: 0,
    context: /\/dev\/sr0 \(label CDROM\)/,
    hostname: 'web',
  },
  {
    what: 'a disk that TARGET names',
    options: {disc: {device: 'sdc', label: 'data', files}},
    prepare: guest => guest.writeFile('/etc/vmcontext.conf', 'TARGET=sdc\n'),
    exitCode: 0,
    context: /\/dev\/sdc \(TARGET\)/,
    hostname: 'web',
  },
  {
    what: 'a disk that nothing names',
    options: {disc: {device: 'sdc', label: 'data', files}},
    exitCode: 0,
    context: /no drive/,
    hostname: '(none)',
  },
  {
    what: 'a journal that was not closed',
    options: {disc: {device: 'vdb', label: 'CONTEXT', files, type: 'ext4'}},
    exitCode: 0,
    context: /\/dev\/vdb \(label CONTEXT\)/,
    hostname: 'web',
  },
  {
    what: 'a directory, as LXC gives it',
    options: {},
    prepare: guest => guest.writeFile('/context/context.sh', files['context.sh']),
    exitCode: 0,
    context: /\/context \(directory\)/,
    hostname: 'web',
  },
]

describe('a guest finds its context', skipWithoutGuest('namespace'), () => {
  for (const {what, options, prepare, exitCode, context, hostname} of cases) {
    test(what, async () => {
      await using guest = await startGuest({nics, ...options})
      await prepare?.(guest)
      const run = await guest.run(['vmcontext', 'boot'])
      assert.match(run.stdout, context)
      assert.equal(run.exitCode, exitCode, run.stdout + run.stderr)
      assert.equal(await guest.expect(['hostname']), `${hostname}\n`)
      // Of a context that is there and cannot be read nobody knows what it would say of the MACs.
      const hasAddress = (await guest.readFile('/etc/network/interfaces')).includes('address 192.168.0.5')
      assert.equal(hasAddress, exitCode === 0, 'the MAC rule')
      await assertUnmounted(guest)
    })
  }

  test('of two discs the CD drive wins, and the report says so', async () => {
    const discs: Disc[] = [
      {device: 'sda', label: 'CONTEXT', files: {'context.sh': 'HOSTNAME="wrong"\n'}},
      {device: 'sr1', label: 'CONTEXT', files},
      {device: 'sr10', label: 'CONTEXT', files: {'context.sh': 'HOSTNAME="wrong"\n'}},
    ]
    await using guest = await startGuest({nics, discs})
    const output = await guest.expect(['vmcontext', 'boot'])
    assert.match(
      output,
      /note: 3 discs are labelled CONTEXT; \/dev\/sr1 is taken, not \/dev\/sr10, \/dev\/sda/,
    )
    assert.equal(await guest.expect(['hostname']), 'web\n')
  })

  test('a disc that comes late is waited for if CONTEXT_WAIT says so', async () => {
    await using guest = await startGuest({nics})
    await guest.writeFile('/etc/vmcontext.conf', 'CONTEXT_WAIT=30\n')
    const boot = guest.expect(['vmcontext', 'boot'])
    await guest.insert({label: 'CONTEXT', files})
    assert.match(await boot, /\/dev\/sr0 \(label CONTEXT\)/)
  })

  test('where /mnt is in use, the disc comes elsewhere, and scripts learn where', async () => {
    const script = {'init.sh': '#!/bin/sh\necho "$MOUNT_DIR $PWD" >/root/where\n'}
    await using guest = await startGuest({nics, disc: {label: 'CONTEXT', files: {...files, ...script}}})
    await guest.writeFile('/mnt/data', 'mine\n')
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.readFile('/root/where'), '/run/vmcontext/context /run/vmcontext/context\n')
    assert.equal(await guest.readFile('/mnt/data'), 'mine\n')
    await assertUnmounted(guest)
  })

  test('an image that the caller names is mounted', async () => {
    await using guest = await startGuest({nics, disc: {label: 'any', files}})
    await guest.expect(['dd', 'if=/dev/sr0', 'of=/root/context.img', 'status=none'])
    await guest.eject()
    await guest.expect([
      'sh',
      '-c',
      'for n in 0 1 2 3 4 5 6 7; do mknod /dev/loop$n b 7 $n; done; mknod /dev/loop-control c 10 237',
    ])
    assert.match(
      await guest.expect(['vmcontext', 'plan', '--context', '/root/context.img']),
      /context\.img \(named\), 1 variable/,
    )
    await assertUnmounted(guest)
  })

  test('the mount of a run that was killed is ended by the next', async () => {
    const script = {'init.sh': '#!/bin/sh\ntouch /root/started\nsleep 300\n'}
    await using guest = await startGuest({nics, disc: {label: 'CONTEXT', files: {...files, ...script}}})
    const kill =
      'vmcontext boot & until [ -e /root/started ]; do sleep 0.05; done; kill -9 $!; grep -c " /mnt " /proc/mounts; rm /root/started; pkill -9 sleep'
    assert.match(await guest.expect(['sh', '-c', kill]), /^1$/m)
    await guest.insert({label: 'CONTEXT', files})
    assert.doesNotMatch(await guest.expect(['vmcontext', 'boot']), /scripts/)
    await assertUnmounted(guest)
  })

  test('a plan mounts and leaves no mount, no file, no directory', async () => {
    await using guest = await startGuest({nics, disc: {label: 'CONTEXT', files}})
    const look = async () =>
      (await guest.listing('/etc', '/var', '/mnt', '/root')) + (await guest.expect(['find', '/run']))
    const before = await look()
    assert.match(await guest.expect(['vmcontext', 'plan']), /name the running system web/)
    assert.ok((await look()) === before, 'something is not as it was')
    await assertUnmounted(guest)
  })
})

async function assertUnmounted(guest: Guest): Promise<void> {
  assert.equal(
    await guest.expect(['sh', '-c', 'grep -E " (/mnt|/run/vmcontext[^ ]*) " /proc/mounts || :']),
    '',
  )
}
