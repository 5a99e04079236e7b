// Names that come from a disc lead nowhere but onto it: what a boot opens for writing, makes or runs is on record, and
// lies where the contract says, whatever a file, a link or a variable is called.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {chmodSync, readFileSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, type TestContext, test} from 'node:test'
import type {Disc} from '../../guests/context-disc.ts'
import {skipWithoutGuest} from '../../guests/host.ts'
import {makeKey} from '../../keys.ts'
import {formatContext} from '../../matrix/features.ts'
import {makeDirectory} from '../../temporary.ts'
import {tried} from '../rounds.ts'
import {nics} from './rich-context.ts'
import {type Call, pathOf, placeOf, startTracedGuest, traceRun} from './traced-guest.ts'

/** Outside of the disc, where no name of it may lead. */
const outside = {script: '/srv/outside.sh', key: '/srv/outside.pub'}
const tell = (name: string) => `#!/bin/sh\necho ${name} >>/srv/ran\n`

const scripts: Record<string, string> = {
  'plain.sh': tell('plain'),
  '-rf': tell('dash-rf'),
  '--help': tell('help'),
  'semi;touch$IFS@srv@INJECTED': tell('semi'),
  '$(touch\x20@srv@INJECTED)': tell('command'),
  'ESC\x1b[2J': tell('escape'),
  'CONTEXT.SH': tell('twin'),
  vmcontext: tell('ours'),
  ['l'.repeat(255)]: tell('long'),
  'line\nbreak.sh': tell('line'),
}
const links: Record<string, string> = {
  'absolute.sh': outside.script,
  'up.sh': `../../..${outside.script}`,
  'round.sh': 'round.sh',
  'inner.sh': 'plain.sh',
  directory: '/etc',
  'key.pub': outside.key,
  'shadow.pub': '/etc/shadow',
}
/** Those that a list of names, with blanks between them, can call for. */
const called = [...Object.keys(scripts), ...Object.keys(links)].filter(name => !/\s/.test(name))
const more = [
  '..',
  '.',
  '../srv/outside.sh',
  outside.script,
  'directory/passwd',
  'pipe.sh',
  'null.sh',
  'suid.sh',
  'sub',
  'sub/../plain.sh',
  './plain.sh',
  'x'.repeat(5000),
  '~/x',
  '*',
]

function makeDisc(t: TestContext, variables: Record<string, string>): Disc {
  const top = makeDirectory(t, {
    ...scripts,
    'context.sh': formatContext({variables}),
    'suid.sh': tell('suid'),
    'good.pub': `${makeKey('good')}\n`,
    'sub/inner': 'x',
  })
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(top, name))
  execFileSync('mkfifo', [join(top, 'pipe.sh')])
  execFileSync('mknod', [join(top, 'null.sh'), 'c', '1', '3'])
  chmodSync(join(top, 'suid.sh'), 0o4755)
  const place = join(makeDirectory(t), 'image')
  writeFileSync(place, '')
  truncateSync(place, 4 * 1024 * 1024)
  execFileSync('mke2fs', ['-q', '-t', 'ext2', '-L', 'CONTEXT', '-d', top, place])
  return {bytes: readFileSync(place)}
}

const common = {
  ETH0_MAC: nics[0]!.mac,
  ETH0_IP: '192.168.0.5',
  SET_HOSTNAME: '../../srv/host',
  USERNAME: 'joe',
  TIMEZONE: '../../../etc/shadow',
  USERNAME_SHELL: '/srv/../srv/outside.sh',
  INIT_SCRIPTS: [...called, ...more].join(' '),
}
const contexts: [what: string, variables: Record<string, string>][] = [
  ['key files by ways out', {...common, ROOT_PUBKEY: '../srv/outside.pub', USER_PUBKEY: outside.key}],
  ['key files by links', {...common, ROOT_PUBKEY: 'shadow.pub', USER_PUBKEY: 'key.pub'}],
  ['user names that are paths', {...common, USERNAME: '../../srv/joe', SSH_PUBLIC_KEY: makeKey('joe')}],
  ['user names that are options', {...common, USERNAME: '-rf', SSH_PUBLIC_KEY: makeKey('joe')}],
]

/** Where the contract lets a boot write (§3 to §6), and what shadow-utils and mount do. */
const written = [
  /^\/run\/vmcontext(\/|$)/,
  /^\/run\/one-context(\/|$)/,
  /^\/var\/lib\/vmcontext(\/|$)/,
  /^\/var\/log\/vmcontext(\.log$|\/|$)/,
  /^\/etc\/(\.?(hostname|hosts|timezone|localtime)(\.vmcontext-new)?)$/,
  /^\/etc\/network\/\.?interfaces(\.vmcontext-new)?$/,
  /^\/etc\/\.?resolv\.conf(\.vmcontext-new)?$/,
  /^\/etc\/sudoers\.d\/\.?90-vmcontext(\.vmcontext-new)?$/,
  /^\/etc\/(\.pwd\.lock|nshadow|(passwd|shadow|group|gshadow|subuid|subgid)([.+-]\d*|\.lock)?)$/,
  /^\/var\/log\/(lastlog|faillog)$/,
  /^\/(home\/joe|root)(\/(\.(bashrc|bash_logout|profile)|\.ssh(\/\.?authorized_keys(\.vmcontext-new)?)?))?$/,
  /^\/proc\/sys\/kernel\/(hostname|domainname)$/,
  /^\/dev\/(null|console|log|loop-control|sr0|tty|tty0|pts\/\d+)$/,
  /^\/srv\/ran$/,
  /^\/run\/mount(\/|$)/,
  /^\/mnt$/,
]
/** Programs of the guest, and shells for scripts. */
const executed = /^(\/usr)?\/s?bin\/[a-z0-9.-]+$/

describe('names from the disc', skipWithoutGuest('namespace'), () => {
  for (const [what, variables] of contexts) {
    test(`lead nowhere else: ${what}`, async t => {
      await using guest = await startTracedGuest({nics, disc: makeDisc(t, variables)})
      await guest.writeFile(outside.script, tell('outside'), 0o755)
      await guest.writeFile(outside.key, `${makeKey('outside')}\n`)
      const {calls, said} = await traceRun(guest, ['vmcontext', 'boot'])
      const places = findWritten(calls)
      assert.deepEqual(
        places.filter(place => !written.some(pattern => pattern.test(place))),
        [],
      )
      const programs = calls.filter(({name}) => name === 'execve').map(call => pathOf(call))
      assert.deepEqual(
        programs.filter(program => !executed.test(program)),
        [],
      )
      assert.equal(
        (await guest.run(['sh', '-c', 'ls -d /srv/INJECTED /INJECTED /mnt/* 2>/dev/null'])).stdout,
        '',
      )
      const ran = (await guest.run(['cat', '/srv/ran'])).stdout.trim().split('\n')
      assert.ok(!ran.includes('outside'), `${ran}\n${said}`)
      // Whatever may be run on the disc was: a strange name is no reason not to.
      assert.ok(
        ['plain', 'dash-rf', 'help', 'suid'].every(name => ran.includes(name)),
        `${ran}\n${said}`,
      )
      const keys = await guest.run([
        'sh',
        '-c',
        'cat /root/.ssh/authorized_keys /home/joe/.ssh/authorized_keys 2>/dev/null',
      ])
      assert.doesNotMatch(keys.stdout, /outside|root:/)
      tried(
        t,
        places.length + programs.length,
        `paths that a boot wrote or ran, names of the disc being hostile`,
      )
    })
  }
})

function findWritten(calls: readonly Call[]): string[] {
  const descriptors = new Map<string, string>()
  const places = calls.flatMap(call => {
    const {name, args, opened, result} = call
    if (name === 'openat' && opened !== undefined) {
      descriptors.set(result, opened)
      return /O_(WRONLY|RDWR|CREAT)/.test(args) ? [opened] : []
    }
    if (/^(mkdir|chmod|link|mknod)/.test(name)) return [placeOf(call, descriptors)]
    return name.startsWith('rename') ? [placeOf(call, descriptors, 1)] : []
  })
  return [...new Set(places)].filter(place => !/^(pipe|socket|anon_inode):/.test(place))
}
