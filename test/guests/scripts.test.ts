// Scripts in a guest: what is run, how, in which order, how often, and what becomes of it.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {DiscFiles} from './context-disc.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'

const makeDisc = (context: string, files: DiscFiles = {}) => ({
  label: 'CONTEXT',
  files: {'context.sh': context, ...files},
})
const start = (context: string, script?: DiscFiles[string], more: DiscFiles = {}) =>
  startGuest({disc: makeDisc(context, script === undefined ? more : {'init.sh': script, ...more})})

/** A program of 132 bytes that ends with 7: an ELF header, one segment, `exit(7)`. */
function makeProgram(): Uint8Array {
  const code = Buffer.from('bf07000000b83c0000000f05', 'hex')
  const program = Buffer.alloc(120)
  program.write('7f454c46020101', 'hex')
  program.writeUInt16LE(2, 16)
  program.writeUInt16LE(62, 18)
  program.writeUInt32LE(1, 20)
  program.writeBigUInt64LE(0x400078n, 24)
  program.writeBigUInt64LE(64n, 32)
  program.writeUInt16LE(64, 52)
  program.writeUInt16LE(56, 54)
  program.writeUInt16LE(1, 56)
  program.writeUInt32LE(1, 64)
  program.writeUInt32LE(5, 68)
  program.writeBigUInt64LE(0x400000n, 80)
  program.writeBigUInt64LE(0x400000n, 88)
  program.writeBigUInt64LE(BigInt(120 + code.length), 96)
  program.writeBigUInt64LE(BigInt(120 + code.length), 104)
  program.writeBigUInt64LE(0x1000n, 112)
  return Buffer.concat([program, code])
}

type Case = {
  what: string
  script: DiscFiles[string]
  context?: string
  settings?: string
  exitCode: number
  said: RegExp
  /** Undefined: there is none, for nothing was started. */
  log?: RegExp
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
    said: /init\.sh exited with 1 \(/,
    log: /^--- init\.sh begins, [-:.\dTZ]+\n--- init\.sh exited with 1\n$/,
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
    said: /failure: init\.sh exited with 3: trouble \(its output is in \/var\/log\/vmcontext\/init\.sh\.log\)/,
    log: /^trouble$/m,
  },
  {
    what: 'one whose interpreter is missing',
    script: '#!/usr/bin/no-such\n',
    exitCode: 1,
    said: /init\.sh cannot be run: there is no interpreter \/usr\/bin\/no-such here/,
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
  {
    what: 'nor does one that left its process group',
    script: '#!/bin/sh\nsetsid sleep 300 &\necho started\n',
    exitCode: 0,
    said: /ran init\.sh/,
    log: /^started$/m,
  },
  {
    what: 'one that kills its process group kills itself and nobody else',
    script: '#!/bin/sh\necho bye\nkill -9 0\n',
    exitCode: 1,
    said: /init\.sh was killed by SIGKILL: bye/,
    log: /^bye$/m,
  },
  {
    what: 'what it says is shown on the console and not obeyed',
    script: String.raw`printf 'a\033[2J\007b\n'; exit 1`,
    exitCode: 1,
    said: /exited with 1: a\\x1b\[2J\\x07b \(/,
    log: /^a\x1b\[2J\x07b$/m,
  },
  {
    what: 'a secret that it says is in its log alone',
    script: 'echo "the password is $PASSWORD"; exit 1',
    context: 'PASSWORD=hunter2hunter2\nSTEPS_OFF=password\n',
    exitCode: 1,
    said: /exited with 1: the password is \*{8} \(/,
    log: /^the password is hunter2hunter2$/m,
  },
  {
    what: 'an endless last line is not shown',
    script: 'head -c 1000 /dev/zero | tr "\\0" x; exit 1',
    exitCode: 1,
    said: /init\.sh exited with 1 \(its output/,
    log: /^x{1000}$/m,
  },
  {
    what: 'one that writes 100 MB',
    script: 'head -c 100000000 /dev/zero; echo; echo done',
    exitCode: 0,
    said: /ran init\.sh/,
    log: /\ndone\n--- init\.sh exited with 0\n$/,
  },
  {
    what: 'a program runs from a copy: on the disc it has no x bit',
    script: makeProgram(),
    exitCode: 1,
    said: /init\.sh exited with 7 \(/,
    log: /exited with 7/,
  },
  {
    what: 'one for another machine',
    script: Buffer.concat([
      makeProgram().subarray(0, 18),
      Buffer.from([0xff, 0x7f]),
      makeProgram().subarray(20),
    ]),
    exitCode: 1,
    said: /init\.sh is a program for another kind of machine/,
  },
  {
    what: 'what is neither a script nor a program is not fed to a shell',
    script: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n', 'latin1'),
    exitCode: 1,
    said: /init\.sh is neither a script nor a program/,
  },
]

describe('a script of the context', skipWithoutGuest('namespace'), () => {
  for (const {what, script, context = 'A=1\n', settings, exitCode, said, log} of cases) {
    test(what, async () => {
      await using guest = await start(context, script)
      if (settings !== undefined) await guest.writeFile('/etc/vmcontext.conf', settings)
      const run = await guest.run(['vmcontext', 'boot'])
      assert.match(run.stdout, said)
      assert.equal(run.exitCode, exitCode, run.stdout)
      const logPath = '/var/log/vmcontext/init.sh.log'
      if (log === undefined) assert.notEqual((await guest.run(['test', '-e', logPath])).exitCode, 0)
      else {
        assert.match(await guest.expect(['tail', '-c', '100000', logPath]), log)
        assert.equal(await guest.expect(['stat', '-c', '%a', logPath]), '600\n')
      }
      assert.equal(await guest.expect(['find', '/var/lib/vmcontext/tmp', '-type', 'f']).catch(() => ''), '')
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

  test('a log that has grown is put aside before the next run', async () => {
    await using guest = await start('A=1\n', 'head -c 2000000 /dev/zero\n')
    for (const _ of [1, 2, 3]) await guest.expect(['vmcontext', 'boot', '--force'])
    const sizes = await guest.expect(['sh', '-c', 'cd /var/log/vmcontext && stat -c "%n %a %s" init*'])
    assert.match(sizes, /^init\.sh\.log 600 2000\d\d\d\ninit\.sh\.log\.old 600 2000\d\d\d\n$/)
  })

  test('a script that does away with its log, its text and the manifest costs nobody anything', async () => {
    const script =
      'rm -r /var/log/vmcontext /var/lib/vmcontext; mkdir -p /var/log/vmcontext/START_SCRIPT.log; exit 3'
    await using guest = await start(`START_SCRIPT='${script}'\n`, 'touch /root/ran\n')
    const {stdout} = await guest.run(['vmcontext', 'boot'])
    assert.match(stdout, /START_SCRIPT exited with 3 \(/)
    assert.doesNotMatch(stdout, /defect/)
    await guest.expect(['test', '-e', '/root/ran'])
  })

  test('a script that takes the disc away leaves a clear word for the next one', async () => {
    await using guest = await start("START_SCRIPT='cd / && umount /mnt'\n", 'echo never\n')
    const {stdout, exitCode} = await guest.run(['vmcontext', 'boot'])
    assert.match(stdout, /ran START_SCRIPT/)
    assert.match(stdout, /init\.sh is not there any more: there is no \/mnt\/init\.sh/)
    assert.equal(exitCode, 1)
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

  test('once it is told to stop, it begins no further script, and marks none as done', async () => {
    const context =
      "USER_DATA='#!/bin/sh\ntouch /root/started\nexec sleep 300'\nSTART_SCRIPT='touch /root/second'\nSTART_SCRIPT_ONCE=YES\n"
    await using guest = await start(context)
    const script =
      'vmcontext boot & until [ -e /root/started ]; do sleep 0.05; done; kill $!; wait $!; ls /root; cat /var/lib/vmcontext/manifest.json'
    const {stdout} = await guest.run(['bash', '-c', script])
    assert.match(stdout, /USER_DATA was killed by SIGTERM/)
    assert.match(stdout, /START_SCRIPT could not be started: vmcontext was told to stop/)
    assert.match(stdout, /"user-data": "[^"]*ended=no"/)
    assert.doesNotMatch(stdout, /second|"start-script"/)
  })
})

const order = (word: string) => `echo ${word} >>/root/order\n`
const hook = (word: string) => `#!/bin/sh\n${order(word)}`
const readOrder = async (guest: Guest) => (await guest.readFile('/root/order')).trim().split('\n').join(' ')

describe('the scripts of a boot', skipWithoutGuest('namespace'), () => {
  const context = `USER_DATA='#!/bin/sh\n${order('user-data')}'\nSTART_SCRIPT='${order('start')}'\n`

  test('are run in their order, each in the way of its own', async () => {
    await using guest = await start(context, order('init'))
    await guest.writeFile('/etc/vmcontext.d/local/10-a', hook('local'), 0o755)
    await guest.writeFile('/etc/vmcontext.d/final/10-a', hook('final'), 0o755)
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await readOrder(guest), 'local user-data start init final')
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await readOrder(guest), 'local user-data start init final', 'nothing is run twice in a boot')
    await guest.reboot()
    const {stdout} = await guest.run(['vmcontext', 'boot'])
    assert.match(stdout, /done on this machine before, once for good: user-data/)
    assert.equal(await readOrder(guest), 'local user-data start init final local start init final')
    assert.equal((await guest.run(['vmcontext', 'boot', '--only', 'user-data'])).exitCode, 0)
    assert.match(await readOrder(guest), /final user-data$/)
  })

  const reruns: [what: string, change: string, expected: string][] = [
    ['a variable that a step takes runs none', 'SET_HOSTNAME=web\n', ''],
    ["START_SCRIPT's own runs it alone", `START_SCRIPT='${order('other')}'\n`, 'other'],
    ['INIT_SCRIPTS runs those', 'INIT_SCRIPTS="two.sh"\n', 'two'],
    ['USER_DATA runs nothing again', `USER_DATA='#!/bin/sh\n${order('another')}'\n`, ''],
    ['one that nobody takes runs all but USER_DATA', 'MINE=1\n', 'local start init final'],
  ]

  for (const [what, change, expected] of reruns) {
    test(`while the machine runs, ${what}`, async () => {
      const files = {'init.sh': order('init'), 'two.sh': order('two')}
      await using guest = await startGuest({disc: makeDisc(context, files)})
      await guest.writeFile('/etc/vmcontext.d/local/10-a', hook('local'), 0o755)
      await guest.writeFile('/etc/vmcontext.d/final/10-a', hook('final'), 0o755)
      await guest.expect(['vmcontext', 'boot'])
      await guest.writeFile('/root/order', '')
      await guest.insert(makeDisc(context + change, files))
      await guest.expect(['vmcontext', 'boot'])
      assert.equal(await readOrder(guest), expected)
    })
  }

  test('may be longer than any environment', async () => {
    await using guest = await start(`START_SCRIPT='echo "$SMALL ran"\n#${'x'.repeat(200_000)}'\nSMALL=it\n`)
    const stdout = await guest.expect(['vmcontext', 'boot', '--strict'])
    assert.match(
      stdout,
      /note: context\.sh:1: START_SCRIPT: with 2000\d\d bytes this is too long for the environment/,
    )
    assert.match(await guest.readFile('/var/log/vmcontext/START_SCRIPT.log'), /^it ran$/m)
  })

  test('have their text in a file of their own, for root alone and not for long', async () => {
    const script = '#!/bin/sh\nstat -c "%n %a %U" "$0" /var/lib/vmcontext/tmp\npwd\n'
    await using guest = await start(`START_SCRIPT_BASE64=${Buffer.from(script).toString('base64')}\n`)
    await guest.expect(['vmcontext', 'boot'])
    const log = await guest.readFile('/var/log/vmcontext/START_SCRIPT.log')
    const file = '/var/lib/vmcontext/tmp'
    assert.match(log, new RegExp(`\n${file}/START_SCRIPT 600 root\n${file} 700 root\n/mnt\n---`))
    assert.equal(await guest.expect(['ls', file]), '')
  })

  test('once: one that ends the machine does not do it again, and its text is cleared away', async () => {
    const script = `echo ran >>/root/runs; kill -9 $PPID`
    await using guest = await start(`START_SCRIPT='${script}'\nSTART_SCRIPT_ONCE=YES\n`)
    assert.equal((await guest.run(['vmcontext', 'boot'])).exitCode, 137)
    assert.equal(await guest.expect(['ls', '/var/lib/vmcontext/tmp']), 'START_SCRIPT\n')
    await guest.reboot()
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.readFile('/root/runs'), 'ran\n')
    assert.equal(await guest.expect(['ls', '/var/lib/vmcontext/tmp']), '')
  })

  test('once: a failed one is not tried again but remembered, until somebody says so', async () => {
    const text = "START_SCRIPT='echo ran >>/root/runs; test -e /root/fine'\nSTART_SCRIPT_ONCE=YES\nVMID=7\n"
    await using guest = await start(text)
    const first = await guest.run(['vmcontext', 'boot'])
    assert.match(first.stdout, /START_SCRIPT exited with 1 \(.*; vmcontext boot --only start-script does\)/)
    await guest.reboot()
    const second = await guest.run(['vmcontext', 'boot'])
    assert.match(second.stdout, /warning: START_SCRIPT: this failed when it was done on this machine/)
    assert.equal(second.exitCode, 0)
    await guest.writeFile('/root/fine', '')
    await guest.expect(['vmcontext', 'boot', '--only', 'start-script'])
    const third = await guest.run(['vmcontext', 'boot'])
    assert.doesNotMatch(third.stdout, /warning: START_SCRIPT/)
    assert.equal(await guest.readFile('/root/runs'), 'ran\nran\n')
    await guest.insert(makeDisc(text.replace('VMID=7', 'VMID=8')))
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.readFile('/root/runs'), 'ran\nran\nran\n', 'a clone begins anew')
  })

  test('once: where it cannot be noted, it is not run', async () => {
    await using guest = await start("START_SCRIPT='touch /root/ran'\nSTART_SCRIPT_ONCE=YES\n")
    await guest.expect([
      'sh',
      '-c',
      'mkdir /var/lib/vmcontext && mount -t tmpfs -o ro,mode=755 tmpfs /var/lib/vmcontext',
    ])
    const {stdout, exitCode} = await guest.run(['vmcontext', 'boot'])
    assert.match(stdout, /start-script.*FAILED[\s\S]*the file system is read-only/)
    assert.equal(exitCode, 1)
    assert.notEqual((await guest.run(['test', '-e', '/root/ran'])).exitCode, 0)
  })

  test('no text of them is in what a plan shows', async () => {
    const disc =
      "USER_DATA='#cloud-config\nwrite_files: [{path: /etc/x, content: hunter2}]\nruncmd: [echo hunter2]'\n"
    await using guest = await start(`${disc}START_SCRIPT='#!/bin/sh\necho hunter2'\nSTART_SCRIPT_ONCE=YES\n`)
    const plan = await guest.expect(['vmcontext', 'plan'])
    assert.match(plan, /write \/etc\/x \(7 bytes, 0644 root:root\)/)
    assert.match(plan, /run runcmd \(#!\/bin\/sh, 23 bytes, once on this machine\)/)
    assert.match(plan, /run START_SCRIPT \(#!\/bin\/sh, 22 bytes, once on this machine\)/)
    assert.doesNotMatch(plan + (await guest.expect(['vmcontext', 'plan', '--json'])), /hunter2/)
    await guest.expect(['vmcontext', 'boot'])
    assert.match(
      await guest.expect(['vmcontext', 'plan']),
      /once for good: user-data, start-script\n[\s\S]*Nothing to do/,
    )
  })
})

describe('cloud-config', skipWithoutGuest('namespace'), () => {
  test('its files come before its commands, with owners that were just made', async () => {
    const config = `#cloud-config
write_files:
- {path: /home/joe/late, content: "late\\n", owner: "joe:joe", defer: true}
- path: /home/joe/.config/app/settings
  content: |
    it's
  owner: joe:joe
  permissions: 0640
- {path: /etc/motd, content: "more\\n", append: true}
- {path: relative}
runcmd:
- cat /home/joe/late >/root/seen
- no-such-command
- [sh, -c, 'echo "$0 $1" >>/root/seen', "it's", 010]
`
    await using guest = await start(
      `USERNAME=joe\nUSER_DATA_ENCODING=base64\nUSER_DATA=${Buffer.from(config).toString('base64')}\n`,
    )
    await guest.writeFile('/etc/motd', 'mine\n')
    const {stdout, exitCode} = await guest.run(['vmcontext', 'boot'])
    assert.match(
      stdout,
      /failure: context\.sh:3: USER_DATA: in its line 10 the file "relative" is not written/,
    )
    assert.equal(exitCode, 1)
    assert.equal(await guest.readFile('/root/seen'), "late\nit's 010\n")
    assert.equal(await guest.readFile('/etc/motd'), 'mine\nmore\n')
    const path = '/home/joe/.config/app'
    assert.equal(
      await guest.expect(['stat', '-c', '%a %U:%G', path, `${path}/settings`]),
      '755 joe:joe\n640 joe:joe\n',
    )
    assert.equal(await guest.expect(['runuser', '-u', 'joe', 'cat', `${path}/settings`]), "it's\n")
  })

  test('nothing of it is done twice', async () => {
    await using guest = await start(
      "USER_DATA='#cloud-config\nwrite_files: [{path: /root/x, content: x}]\nruncmd: [echo ran >>/root/runs]'\n",
    )
    await guest.expect(['vmcontext', 'boot'])
    await guest.expect(['rm', '/root/x'])
    await guest.reboot()
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.expect(['sh', '-c', 'cat /root/runs; ls /root']), 'ran\nruns\n')
  })

  test('files alone that could not be written are tried again at the next boot', async () => {
    const entries = '{path: /root/x, content: x, owner: eve}, {path: /root/y, content: y}'
    await using guest = await start(`USER_DATA='#cloud-config\nwrite_files: [${entries}]'\n`)
    const {stdout, exitCode} = await guest.run(['vmcontext', 'boot'])
    assert.match(stdout, /could not write \/root\/x: there is no user "eve"/)
    assert.equal(exitCode, 1)
    assert.equal(await guest.readFile('/root/y'), 'y')
    await guest.expect(['useradd', 'eve'])
    await guest.reboot()
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.expect(['stat', '-c', '%U', '/root/x']), 'eve\n')
  })

  test('files alone are done once as well', async () => {
    await using guest = await start("USER_DATA='#cloud-config\nwrite_files: [{path: /root/x, content: x}]'\n")
    await guest.expect(['vmcontext', 'boot'])
    await guest.writeFile('/root/x', 'mine')
    await guest.reboot()
    await guest.expect(['vmcontext', 'boot'])
    assert.equal(await guest.readFile('/root/x'), 'mine')
  })
})

describe('hooks of the image', skipWithoutGuest('namespace'), () => {
  test('are run at every boot without a context, too, and get no variables', async () => {
    await using guest = await startGuest()
    await guest.writeFile('/etc/vmcontext.d/final/10-env', '#!/bin/sh\nenv | sort; pwd\n', 0o755)
    await guest.expect(['vmcontext', 'boot'], {environment: {LEAK: 'from the caller'}})
    const log = '/var/log/vmcontext/final_10-env.log'
    assert.match(await guest.readFile(log), /Z\nHOME=\/root\nLC_ALL=C\nPATH=[^\n]*\nPWD=\/\n\/\n---/)
    await guest.reboot()
    await guest.expect(['vmcontext', 'boot'])
    assert.equal((await guest.readFile(log)).match(/begins/g)?.length, 2)
  })

  test('get the variables of the context, and the disc', async () => {
    await using guest = await start('MINE=yes\n')
    await guest.writeFile(
      '/etc/vmcontext.d/local/10-env',
      '#!/bin/sh\necho "$MINE $MOUNT_DIR $(pwd)"\n',
      0o755,
    )
    await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
    assert.match(await guest.readFile('/var/log/vmcontext/local_10-env.log'), /^yes \/mnt \/mnt$/m)
  })

  test('one that fails or hangs costs itself, one that is not safe is not run', async () => {
    await using guest = await startGuest()
    const scripts = {
      '10-fails': 'exit 3',
      '20-hangs': 'sleep 300',
      '30-open': 'touch /root/open',
      '40-fine': 'touch /root/fine',
    }
    for (const [name, script] of Object.entries(scripts))
      await guest.writeFile(
        `/etc/vmcontext.d/local/${name}`,
        `#!/bin/sh\n${script}\n`,
        name === '30-open' ? 0o777 : 0o755,
      )
    await guest.writeFile('/etc/vmcontext.conf', 'SCRIPT_TIMEOUT=1\n')
    const {stdout, exitCode} = await guest.run(['vmcontext', 'boot'])
    assert.match(stdout, /local\/10-fails exited with 3/)
    assert.match(stdout, /local\/20-hangs did not end in time and was killed/)
    assert.match(stdout, /30-open: this hook can be written by others than root, so it is not run/)
    assert.equal(exitCode, 1)
    assert.equal(await guest.expect(['ls', '/root']), 'fine\n')
  })
})
