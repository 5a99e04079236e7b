// A context that changes while the guest runs: what is done anew is what the change asks for, and nothing else.

import assert from 'node:assert/strict'
import {chmodSync, chownSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {isRecord} from './boot-root.ts'
import {makeKey} from './keys.ts'
import {runVmcontext} from './run-vmcontext.ts'
import {makeDirectory} from './temporary.ts'
import {requireRoot} from './tools.ts'
import {compareTrees, readTree, type Tree} from './tree.ts'

const [alice, bob] = [makeKey('alice'), makeKey('bob')]

type Variables = Readonly<Record<string, string | undefined>>

const base: Variables = {
  ETH0_MAC: '02:00:c0:a8:00:05',
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '255.255.255.0',
  ETH1_MAC: '02:00:0a:00:00:05',
  ETH1_IP: '10.0.0.5',
  ETH1_MASK: '255.0.0.0',
  DNS: '192.168.0.1',
  SET_HOSTNAME: 'web.example.org',
  USERNAME: 'joe',
  SSH_PUBLIC_KEY: alice,
  TIMEZONE: 'Europe/Berlin',
  SECURETTY: 'NO',
  START_SCRIPT: 'echo started',
  INIT_SCRIPTS: 'init.sh',
  ONEGATE_ENDPOINT: 'http://192.0.2.1:5030',
  ONEGATE_TOKEN: 't0ken',
  VMID: '7',
  PASSWORD: 'hunter2',
  GROW_FS: '/srv',
  GREETING: 'hello',
}

const zone = 'TZif2\0'
const files = {
  'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
  'root/etc/hosts': '127.0.0.1\tlocalhost\n',
  'root/etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\njoe:x:1000:1000::/home/joe:/bin/sh\nsue:x:1001:1001::/home/sue:/bin/sh\n',
  'root/etc/group': 'root:x:0:\njoe:x:1000:\nsue:x:1001:\n',
  'root/etc/shadow': 'root:*:19000:0:99999:7:::\njoe:*:19000:0:99999:7:::\nsue:*:19000:0:99999:7:::\n',
  'root/root/.profile': '',
  'root/usr/share/zoneinfo/Europe/Berlin': zone,
  'root/usr/share/zoneinfo/Asia/Tokyo': zone,
  'root/etc/pam.d/login': 'auth       requisite  pam_securetty.so\n',
  'root/home/joe/.profile': '',
  'root/home/sue/.profile': '',
  'root/usr/bin/sudo': '',
  'root/etc/sudoers': '@includedir /etc/sudoers.d\n',
  'root/etc/sudoers.d/README': '',
  'root/proc/sys/kernel/random/boot_id': 'first-boot\n',
  'disc/init.sh': '#!/bin/sh\n',
  'disc/other.sh': '#!/bin/sh\n',
  links: 'eth0 02:00:c0:a8:00:05\neth1 02:00:0a:00:00:05\n',
}

function makeGuest(t: TestContext) {
  const directory = makeDirectory(t, files)
  const root = join(directory, 'root')
  for (const [name, id] of [
    ['joe', 1000],
    ['sue', 1001],
  ] as const)
    chownSync(join(root, 'home', name), id, id)
  chmodSync(join(root, 'usr/bin/sudo'), 0o4755)
  const options = ['--root', root, '--context', join(directory, 'disc'), '--links', join(directory, 'links')]
  return {
    root,
    setContext(variables: Variables, more = '') {
      const lines = Object.entries(variables).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}='${value}'\n`],
      )
      writeFileSync(join(directory, 'disc/context.sh'), lines.join('') + more)
    },
    boot: (...args: string[]) => runVmcontext('boot', ...args, ...options),
    plan: (...args: string[]) => runVmcontext('plan', ...args, ...options),
  }
}

type Guest = ReturnType<typeof makeGuest>

/** The steps of the last run that were gone through, and those that failed. */
function lastRun({root}: Guest): {done: string[]; failed: string[]} {
  const report = JSON.parse(readFileSync(join(root, 'run/vmcontext/report.json'), 'utf8'))
  const steps: {name: string; outcome: string}[] = report.runs.at(-1).steps
  const idle = ['done before', 'done once', 'not asked', 'off']
  return {
    done: steps.filter(({outcome}) => !idle.includes(outcome)).map(({name}) => name),
    failed: steps.filter(({outcome}) => outcome === 'failed').map(({name}) => name),
  }
}

/** The files that differ between two moments, the agent's own records left out. */
function changedFiles(before: Tree, root: string): string[] {
  const lines = compareTrees(before, readTree(root)).split('\n').filter(Boolean)
  return lines
    .map(line => line.split(' ')[1]!)
    .filter(path => !isRecord(path))
    .sort()
}

const interfaces = 'etc/network/interfaces'
const keysOf = (account: string) => `${account === 'root' ? 'root' : `home/${account}`}/.ssh/authorized_keys`
const sudoRule = 'etc/sudoers.d/90-vmcontext'

const changes: [what: string, change: Variables, steps: string[], files: string[]][] = [
  ['nothing', {}, [], []],
  ['a key more', {SSH_PUBLIC_KEY: `${alice}\n${bob}`}, ['keys'], [keysOf('joe')]],
  ['another key', {SSH_PUBLIC_KEY: bob}, ['keys'], [keysOf('joe')]],
  ['no key any more', {SSH_PUBLIC_KEY: undefined}, ['keys'], [keysOf('joe')]],
  ['a key by another name', {SSH_PUBLIC_KEY: undefined, EC2_PUBLIC_KEY: alice}, [], []],
  ['SET_HOSTNAME', {SET_HOSTNAME: 'mail.example.org'}, ['hostname'], ['etc/hostname', 'etc/hosts']],
  ['a name that is the same', {SET_HOSTNAME: undefined, HOSTNAME: 'web.example.org'}, [], []],
  ['no name any more', {SET_HOSTNAME: undefined}, [], []],
  ['ETH0_IP', {ETH0_IP: '192.168.0.6'}, ['network'], [interfaces]],
  ['ETH0_METRIC', {ETH0_GATEWAY: '192.168.0.1', ETH0_METRIC: '50'}, ['network'], [interfaces]],
  [
    'ETH1 no longer described',
    {ETH1_MAC: undefined, ETH1_IP: undefined, ETH1_MASK: undefined},
    ['network'],
    [interfaces],
  ],
  ['DNS', {DNS: '9.9.9.9'}, ['network'], [interfaces, 'etc/resolv.conf']],
  [
    'USERNAME',
    {USERNAME: 'sue'},
    ['account', 'keys', 'password', 'sudo'],
    [keysOf('joe'), keysOf('sue'), sudoRule, 'etc/shadow'],
  ],
  [
    'USERNAME no longer given',
    {USERNAME: undefined},
    ['keys', 'password', 'sudo'],
    [sudoRule, keysOf('joe'), keysOf('root'), 'etc/shadow'],
  ],
  ['PASSWORD', {PASSWORD: 'another'}, ['password'], ['etc/shadow']],
  ['GRANT_SUDO', {GRANT_SUDO: 'NO'}, ['sudo'], [sudoRule]],
  ['TIMEZONE', {TIMEZONE: 'Asia/Tokyo'}, ['time-zone'], ['etc/localtime', 'etc/timezone']],
  ['SECURETTY', {SECURETTY: 'YES'}, ['console'], ['etc/pam.d/login']],
  ['START_SCRIPT', {START_SCRIPT: 'echo again'}, ['start-script'], []],
  [
    'START_SCRIPT in base64 that is the same',
    {START_SCRIPT: undefined, START_SCRIPT_BASE64: 'ZWNobyBzdGFydGVk'},
    [],
    [],
  ],
  ['INIT_SCRIPTS', {INIT_SCRIPTS: 'init.sh other.sh'}, ['scripts'], []],
  ['a variable that no step takes', {GREETING: 'bye'}, ['start-script', 'scripts'], []],
  ['a variable more', {FAREWELL: 'bye'}, ['start-script', 'scripts'], []],
  ['the order and the case of names', {GREETING: undefined, greeting: 'hello'}, [], []],
  ['GROW_ROOTFS and GROW_FS', {GROW_ROOTFS: 'NO', GROW_FS: '/home'}, [], []],
  ['IGNORE_SWAP', {IGNORE_SWAP: 'YES'}, [], []],
  ['REPORT_READY', {REPORT_READY: 'YES'}, ['ready'], []],
  ['ONEGATE_TOKEN', {ONEGATE_TOKEN: 'another'}, [], []],
  [
    'two things',
    {SET_HOSTNAME: 'mail', SSH_PUBLIC_KEY: bob},
    ['hostname', 'keys'],
    ['etc/hostname', 'etc/hosts', keysOf('joe')],
  ],
]

for (const [what, change, steps, paths] of changes) {
  test(`a change of the context in ${what}: ${steps.join(', ') || 'nothing'} is done anew`, async t => {
    if (!requireRoot(t)) return
    const guest = makeGuest(t)
    guest.setContext(base)
    assert.equal((await guest.boot()).exitCode, 0)
    // What is done once and has changed the facts by that is no reason to do it again.
    const {output} = await guest.boot()
    assert.deepEqual(lastRun(guest), {done: [], failed: []}, output)
    const before = readTree(guest.root)
    guest.setContext({...base, ...change})
    await guest.boot()
    const found = {...lastRun(guest), files: changedFiles(before, guest.root)}
    assert.deepEqual(found, {done: steps, failed: [], files: paths.toSorted()})
    const after = readTree(guest.root)
    const again = await guest.boot()
    assert.equal(compareTrees(after, readTree(guest.root)), '', 'it is done again though nothing has changed')
    assert.doesNotMatch(again.output, /wrote|created|removed|linked|installed|revoked|left out/)
  })
}

const gone: [what: string, more: string | null, exitCode: number][] = [
  ['is taken out', null, 0],
  ['has a quote that never closes', "FOO='\n", 1],
  ['cannot be read at all', 'A=\0\n', 1],
]

for (const [what, more, exitCode] of gone) {
  test(`a context that ${what} takes nothing back`, async t => {
    if (!requireRoot(t)) return
    const guest = makeGuest(t)
    guest.setContext(base)
    await guest.boot()
    const before = readTree(guest.root)
    if (more === null) await runVmcontext('boot', '--root', guest.root)
    else {
      // Everything but what stands above the damage is missing.
      guest.setContext({SET_HOSTNAME: 'web.example.org'}, more)
      assert.equal((await guest.boot()).exitCode, exitCode)
    }
    assert.equal(compareTrees(before, readTree(guest.root)), '')
    guest.setContext({...base, SSH_PUBLIC_KEY: bob})
    await guest.boot()
    assert.deepEqual(changedFiles(before, guest.root), [keysOf('joe')])
  })
}

test('what was changed by hand stays until the context says something else', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  guest.setContext(base)
  await guest.boot()
  writeFileSync(join(guest.root, 'etc/hostname'), 'by-hand\n')
  guest.setContext({...base, SSH_PUBLIC_KEY: bob})
  await guest.boot()
  assert.equal(readFileSync(join(guest.root, 'etc/hostname'), 'utf8'), 'by-hand\n')
})

test('a change and back again is two changes', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  guest.setContext(base)
  await guest.boot()
  const before = readTree(guest.root)
  const other = {
    SET_HOSTNAME: 'mail',
    USERNAME: 'sue',
    TIMEZONE: 'Asia/Tokyo',
    SSH_PUBLIC_KEY: bob,
    ETH0_IP: '10.1.1.1',
  }
  guest.setContext({...base, ...other})
  await guest.boot()
  guest.setContext(base)
  await guest.boot()
  assert.equal(compareTrees(withoutEmpty(before), withoutEmpty(readTree(guest.root))), '')
})

/** An account that lost its keys keeps the file, and a password stays that no other one has replaced. */
function withoutEmpty(tree: Tree): Tree {
  return new Map([...tree].filter(([path, {text}]) => text !== '' && path !== 'etc/shadow'))
}

test('the cloud is told anew once something was done anew', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  const reporting = {...base, REPORT_READY: 'YES'}
  guest.setContext(reporting)
  await guest.boot()
  await guest.boot()
  assert.deepEqual(lastRun(guest).done, [])
  guest.setContext({...reporting, SSH_PUBLIC_KEY: bob})
  await guest.boot()
  assert.deepEqual(lastRun(guest).done, ['keys', 'ready'])
})
