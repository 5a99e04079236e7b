// init.sh in a guest: what is run, how, and what becomes of it.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {DiscFiles} from './context-disc.ts'
import {startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const start = (context: string, script: DiscFiles[string], more: DiscFiles = {}) =>
  startGuest({disc: {label: 'CONTEXT', files: {'context.sh': context, 'init.sh': script, ...more}}})

type Case = {
  what: string
  script: string | {content: string; mode: number}
  settings?: string
  exitCode: number
  said: RegExp
  log: RegExp
}

const cases: Case[] = [
  {
    what: 'a script without the x bit runs',
    script: {content: '#!/bin/bash\necho "$BASH_VERSION" | cut -c1\n', mode: 0o644},
    exitCode: 0,
    said: /ran init\.sh/,
    log: /^5$/m,
  },
  {
    what: 'without a first line it is one for sh',
    script: 'echo "0 is $0"\n',
    exitCode: 0,
    said: /ran init\.sh/,
    log: /^0 is \/mnt\/init\.sh$/m,
  },
  {
    what: 'an interpreter gets its one argument',
    script: '#!/bin/sh -e\nfalse\necho not reached\n',
    exitCode: 1,
    said: /init\.sh exited with 1/,
    log: /^$/,
  },
  {
    what: 'a CR in the first line is cut',
    script: '#!/bin/sh\r\necho ran\n',
    exitCode: 0,
    said: /warning: init\.sh has Windows line ends/,
    log: /^ran/m,
  },
  {
    what: 'one that fails is a failed step, and names its log',
    script: '#!/bin/sh\necho trouble\nexit 3\n',
    exitCode: 1,
    said: /failure: init\.sh exited with 3 \(its output is in \/var\/log\/vmcontext\/init\.sh\.log\)/,
    log: /^trouble$/m,
  },
  {
    what: 'one whose interpreter is missing',
    script: '#!/usr/bin/no-such\n',
    exitCode: 1,
    said: /init\.sh could not be started: there is no such file/,
    log: /^$/,
  },
  {
    what: 'one that hangs is ended',
    script: '#!/bin/sh\ntrap "" TERM\necho hanging\nsleep 300\n',
    settings: 'SCRIPT_TIMEOUT=1\n',
    exitCode: 1,
    said: /init\.sh did not end in time and was killed/,
    log: /^hanging$/m,
  },
  {
    what: 'a daemon that keeps the log open does not hold up the boot',
    script: '#!/bin/sh\necho started\nsleep 300 &\n',
    exitCode: 0,
    said: /ran init\.sh/,
    log: /^started$/m,
  },
]

describe('a script of the context', skipWithoutGuest('namespace'), () => {
  for (const {what, script, settings, exitCode, said, log} of cases) {
    test(what, async () => {
      await using guest = await start('A=1\n', script)
      if (settings !== undefined) await guest.writeFile('/etc/vmcontext.conf', settings)
      const run = await guest.run(['vmcontext', 'boot'])
      assert.match(run.stdout, said)
      assert.equal(run.exitCode, exitCode, run.stdout)
      assert.match(await guest.readFile('/var/log/vmcontext/init.sh.log'), log)
      assert.equal(await guest.expect(['stat', '-c', '%a', '/var/log/vmcontext/init.sh.log']), '600\n')
      const mounts = await guest.expect(['sh', '-c', 'grep " /mnt " /proc/mounts || :'])
      assert.equal(mounts, '', 'the disc is unmounted, lazily where a daemon stands on it')
    })
  }

  test('gets the variables as written and in capitals, and none that would change its interpreter', async () => {
    const context =
      'hostname="web"\nLD_PRELOAD="/evil.so"\nBASH_ENV="/evil.sh"\nPATH="/evil"\nIFS="x"\nNODE_OPTIONS="--evil"\nTEXT="two\nlines"\n'
    await using guest = await start(context, '#!/bin/sh\nenv -0 >/root/environment\n')
    await guest.expect(['vmcontext', 'boot', '--force'], {environment: {LEAK: 'from the caller'}})
    const entries = (await guest.readFile('/root/environment'))
      .split('\0')
      .filter(entry => !entry.startsWith('_='))
    assert.deepEqual(entries.filter(Boolean).sort(), [
      'HOME=/root',
      'HOSTNAME=web',
      'LC_ALL=C',
      'MOUNT_DIR=/mnt',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'PWD=/mnt',
      'TEXT=two\nlines',
      'hostname=web',
    ])
  })

  test('a variable too long for any exec stays out and is named', async () => {
    await using guest = await start(
      `BIG="${'x'.repeat(200_000)}"\nSMALL="y"\n`,
      '#!/bin/sh\necho "$SMALL $(printenv BIG | wc -c)"\n',
    )
    const run = await guest.run(['vmcontext', 'boot'])
    assert.match(run.stdout, /warning: context\.sh:1: BIG: with \d+ bytes this is too long/)
    assert.match(await guest.readFile('/var/log/vmcontext/init.sh.log'), /^y 0$/m)
  })

  test('INIT_SCRIPTS are run in their order', async () => {
    const more = {'one.sh': 'echo one >>/root/order\n', 'two.sh': 'echo two >>/root/order\n'}
    await using guest = await start('INIT_SCRIPTS="two.sh one.sh"\n', 'echo init >>/root/order\n', more)
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.readFile('/root/order'), 'two\none\n')
  })

  test('runs once in a boot, again if a variable changed that only it takes, and again in the next boot', async () => {
    const script = 'echo ran >>/root/runs\n'
    await using guest = await start('HOSTNAME="web"\nMINE="1"\n', script)
    const runs = async () => {
      await guest.expect(['vmcontext', 'boot'])
      return (await guest.readFile('/root/runs')).split('\n').length - 1
    }
    assert.equal(await runs(), 1)
    assert.equal(await runs(), 1)
    await guest.insert({
      label: 'CONTEXT',
      files: {'context.sh': 'HOSTNAME="mail"\nMINE="1"\n', 'init.sh': script},
    })
    assert.equal(await runs(), 1)
    await guest.insert({
      label: 'CONTEXT',
      files: {'context.sh': 'HOSTNAME="mail"\nMINE="2"\n', 'init.sh': script},
    })
    assert.equal(await runs(), 2)
    await guest.reboot()
    assert.equal(await runs(), 3)
  })

  test('the agent that is told to stop ends the script and unmounts', async () => {
    await using guest = await start('A=1\n', '#!/bin/sh\ntrap "" TERM\ntouch /root/started\nsleep 300\n')
    const script =
      'vmcontext boot & until [ -e /root/started ]; do sleep 0.05; done; kill $!; wait $!; echo "exit $?"; pgrep -c sleep; grep -c " /mnt " /proc/mounts'
    const {stdout} = await guest.run(['bash', '-c', script])
    assert.match(stdout, /init\.sh was killed by SIGKILL/)
    assert.match(stdout, /^exit 1\n/m)
    assert.match(stdout, /\n0\n$/)
  })
})
