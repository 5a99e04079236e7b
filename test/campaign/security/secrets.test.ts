// Secrets with marks in them, looked for in every spelling and everywhere, after boots that strace has watched, that were
// killed, and whose tools failed. What is in logs, reports and command lines of an undisturbed boot is looked for in
// test/guests/secrets.test.ts, too, there by a spy.

import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {describe, test} from 'node:test'
import type {Guest} from '../../guests/guest.ts'
import {skipWithoutGuest} from '../../guests/host.ts'
import {formatContext} from '../../matrix/features.ts'
import {chooseSeed, Random} from '../../random.ts'
import {isCampaign, tried} from '../rounds.ts'
import {discFiles, nics, secrets, variables} from './rich-context.ts'
import {type Call, pathOf, startTracedGuest, traceRun} from './traced-guest.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** How a secret may be spelled by whoever passes it on. */
function spell(secret: string): string[] {
  const hex = Buffer.from(secret).toString('hex')
  const swapped = secret.replaceAll(/[a-z]/gi, letter =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
  )
  return [
    secret,
    ...[secret, `${secret}\n`, `:${secret}`, `joe:${secret}`].map(text =>
      base64(text).replace(/=+$/, '').slice(2, -2),
    ),
    Buffer.from(secret).toString('base64url').replace(/=+$/, '').slice(2, -2),
    encodeURIComponent(secret),
    hex,
    hex.toUpperCase(),
    hex.replaceAll(/../g, '\\x$&'),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('$', '\\$'),
    [...secret].reverse().join(''),
    secret.toUpperCase(),
    secret.toLowerCase(),
    swapped,
    ...['md5', 'sha1', 'sha256', 'sha512'].map(name => createHash(name).update(secret).digest('hex')),
  ]
}

const spellings = [...new Set(Object.values(secrets).flatMap(spell))]

type Password = Record<string, string>
const passwords: [name: string, password: Password][] = [
  ['PASSWORD', {PASSWORD: secrets.password}],
  ['PASSWORD_BASE64', {PASSWORD_BASE64: base64(secrets.password)}],
  ['CRYPTED_PASSWORD', {CRYPTED_PASSWORD: secrets.hash}],
  ['CRYPTED_PASSWORD_BASE64', {CRYPTED_PASSWORD_BASE64: base64(secrets.hash)}],
]

const makeDisc = (more: Password) => ({
  label: 'CONTEXT',
  files: {...discFiles, 'context.sh': formatContext({variables: {...variables, ...more}})},
})

const seed = chooseSeed()
const random = new Random(seed)
const chosen = isCampaign ? passwords : [random.pick(passwords)]

describe(`secrets (VMCONTEXT_SEED=${seed})`, skipWithoutGuest('namespace'), () => {
  for (const [name, password] of chosen) {
    test(`${name}: no program is given one, but the context's own scripts`, async t => {
      await using guest = await startTracedGuest({nics, disc: makeDisc(password)})
      await begin(guest)
      const {calls, said} = await traceRun(guest, ['vmcontext', 'boot'])
      assert.match(said, /set the password of joe/)
      const programs = calls.filter(call => call.name === 'execve')
      assert.ok(programs.some(call => /chpasswd$/.test(pathOf(call))))
      expectNone('what a program was given', programs.map(describeGiven).join('\n'))
      // No file is called like one either.
      expectNone(
        'the name of a file',
        calls
          .filter(call => call.name !== 'execve')
          .map(({args}) => args)
          .join('\n'),
      )
      expectNone('boot', said)
      const found = await expectClean(guest)
      // The search finds what is there.
      assert.ok(found.includes('600 root /run/one-context/one_env'), found.join('\n'))
      tried(t, spellings.length, `spellings of secrets after a boot with ${name}`)
    })
  }

  test('a boot that is killed leaves none, and what is asked of it afterwards tells none', async t => {
    const killer = {...passwords[0]![1], START_SCRIPT: '#!/bin/sh\nkill -9 $PPID\n'}
    await using guest = await startTracedGuest({nics, disc: makeDisc(killer)})
    await begin(guest)
    const {exitCode, stdout, stderr} = await guest.run(['vmcontext', 'boot'])
    assert.notEqual(exitCode, 0, stdout)
    expectNone('boot', stdout + stderr)
    await expectClean(guest)
    tried(t, spellings.length, 'spellings of secrets after a boot that was killed')
  })

  test('tools that fail and tell all they know', async t => {
    await using guest = await startTracedGuest({nics, disc: makeDisc(passwords[0]![1])})
    const blab = '#!/bin/sh\n{ cat; echo "$0 $*"; env; } | tee /dev/stderr\nexit 1\n'
    for (const tool of ['chpasswd', 'visudo', 'useradd', 'usermod'])
      await guest.writeFile(`/usr/local/sbin/${tool}`, blab, 0o755)
    await begin(guest)
    for (const tool of ['chpasswd', 'visudo', 'useradd', 'usermod'])
      await guest.run(['sh', '-c', `cp --remove-destination /usr/local/sbin/${tool} /usr/sbin/${tool}`])
    const {stdout, stderr} = await guest.run(['vmcontext', 'boot'])
    assert.match(stdout, /failure: /)
    expectNone('boot', stdout + stderr)
    await expectClean(guest)
    tried(t, spellings.length, 'spellings of secrets after a boot whose tools failed')
  })
})

async function begin(guest: Guest): Promise<void> {
  await guest.expect(['sh', '-c', ': >/root/start; sleep 0.01'])
}

/** The command line; the environment too, unless it is that of a script, which has MOUNT_DIR. */
function describeGiven({args}: Call): string {
  const environment = args.lastIndexOf('], [')
  return args.includes('"MOUNT_DIR=') ? args.slice(0, environment) : args
}

function expectNone(where: string, text: string): void {
  const found = spellings.flatMap(spelling => {
    const at = text.indexOf(spelling)
    return at === -1 ? [] : [text.slice(Math.max(0, at - 80), at + spelling.length + 20)]
  })
  assert.deepEqual(found, [], `${where} tells a secret`)
}

const commands = [
  ['status'],
  ['status', '--json'],
  ['log'],
  ['log', '--json'],
  ['plan', '--force'],
  ['plan', '--json', '--force'],
  ['explain'],
  ['explain', '--json'],
  ['explain', 'PASSWORD'],
  ['explain', 'ONEGATE_TOKEN'],
  ['doctor'],
  ['doctor', '--json'],
  ['report', '-o', '/root/bundle.tar.gz'],
  ['replay', '/root/bundle.tar.gz'],
  ['rollback', '--list'],
  ['rollback', '--dry-run'],
  ['seal', '--check'],
  ['uninstall', '--dry-run'],
  ['disc', 'show', '/dev/sr0'],
  ['disc', 'show', '--json', '/dev/sr0'],
  ['disc', 'check', '/dev/sr0'],
] as const

/** Gives the files that tell one, and may. */
async function expectClean(guest: Guest): Promise<string[]> {
  for (const argv of isCampaign ? commands : [commands[0], random.pick(commands), random.pick(commands)]) {
    const {stdout, stderr} = await guest.run(['vmcontext', ...argv])
    expectNone(argv.join(' '), stdout + stderr)
  }
  await guest.expect(['vmcontext', 'report', '-o', '/root/bundle.tar.gz'])
  expectNone('the bundle', await guest.expect(['sh', '-c', 'zcat /root/bundle.tar.gz | tr -d "\\0"']))
  expectNone('the console', await guest.console())
  const script = `cat >/dev/patterns
    find / \\( -path /proc -o -path /sys -o -path /mnt -o -path /dev/patterns -o -path /dev/trace \\) -prune -o -type f \\( -newer /root/start -o -cnewer /root/start \\) -print0 |
      xargs -0 grep -laF -f /dev/patterns | sort -u | xargs -r stat -c '%a %U %n'`
  const output = await guest.expect(['bash', '-c', script], {input: `${spellings.join('\n')}\n`})
  const found = output.split('\n').filter(Boolean)
  assert.deepEqual(
    found.filter(line => !isExcepted(line)),
    [],
  )
  return found
}

/** Where one belongs: shadow's own files, and what `onegate` reads. */
function isExcepted(line: string): boolean {
  return /^(6[04]0 root \/etc\/shadow-?|600 root \/run\/one-context\/one_env)$/.test(line)
}
