// What contexts have made of a tree is gone after `seal`: it is what it would be had there never been one.

import assert from 'node:assert/strict'
import {appendFileSync, cpSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {bootRoot} from '../../boot-root.ts'
import {makeKey} from '../../keys.ts'
import {runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'
import {listChanges, readWholeTree} from './whole-tree.ts'

const [alice, bob] = [makeKey('alice'), makeKey('bob')]
const hashes = ['a', 'b'].map(letter => `$6$salt${letter}salt$${letter.repeat(86)}`)

const files = {
  'root/etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'root/etc/network/interfaces': 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n',
  'root/etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tgolden\n',
  'root/etc/hostname': 'debian\n',
  'root/etc/resolv.conf': 'nameserver 10.9.9.9\n',
  'root/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nsue:x:1001:1001::/home/sue:/bin/sh\n',
  'root/etc/group': 'root:x:0:\nsue:x:1001:\n',
  'root/etc/gshadow': 'root:*::\nsue:!::\n',
  'root/etc/shadow': 'root:*:19000:0:99999:7:::\nsue:*:19000:0:99999:7:::\n',
  'root/root/.profile': '',
  'root/home/sue/.profile': '',
  'root/usr/share/zoneinfo/Europe/Berlin': 'TZif2\0',
  'root/usr/bin/sudo': '',
  'root/bin/sh': '',
  'root/etc/sudoers': '@includedir /etc/sudoers.d\n',
  'root/etc/sudoers.d/README': '',
  'root/var/lib/misc/.keep': '',
  'root/var/log/.keep': '',
  'root/run/lock/.keep': '',
  'root/proc/sys/kernel/random/boot_id': 'first-boot\n',
  links: 'eth0 02:00:c0:a8:00:05\n',
}

const first = {
  ETH0_MAC: '02:00:c0:a8:00:05',
  ETH0_IP: '192.168.44.5',
  ETH0_MASK: '255.255.255.0',
  ETH0_GATEWAY: '192.168.44.254',
  DNS: '192.168.77.1',
  SEARCH_DOMAIN: 'first.example',
  SET_HOSTNAME: 'alpha.example.org',
  USERNAME: 'joe',
  SSH_PUBLIC_KEY: alice,
  CRYPTED_PASSWORD: hashes[0]!,
  TIMEZONE: 'Europe/Berlin',
  USER_DATA: '#cloud-config\nwrite_files:\n  - {path: /etc/motd, content: "welcome to alpha"}\n',
  START_SCRIPT: 'echo alpha-script',
}
const second = {
  ...first,
  ETH0_IP: '192.168.55.6',
  DNS: '192.168.88.1',
  SET_HOSTNAME: 'beta.example.org',
  USERNAME: 'ann',
  SSH_PUBLIC_KEY: bob,
  CRYPTED_PASSWORD: hashes[1]!,
}

/** What of a context must be nowhere in the tree. */
const values = [
  ...['192.168.44', '192.168.55', '192.168.77', '192.168.88', 'first.example', 'alpha', 'beta'],
  ...[...hashes, alice.split(' ')[1]!, bob.split(' ')[1]!, 'joe', 'ann:'],
]

function makeGuest(t: TestContext) {
  const directory = makeDirectory(t, files)
  return {
    root: join(directory, 'root'),
    async boot(variables: Readonly<Record<string, string>>) {
      const lines = Object.entries(variables).map(
        ([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`,
      )
      mkdirSync(join(directory, 'disc'), {recursive: true})
      writeFileSync(join(directory, 'disc/context.sh'), lines.join(''))
      const options = ['--context', join(directory, 'disc'), '--links', join(directory, 'links')]
      const said = await bootRoot(join(directory, 'root'), ...options)
      assert.match(said, /exit 0\n$/, said)
    },
  }
}

const seal = async (root: string, ...options: string[]) => {
  const run = await runVmcontext('seal', '--root', root, '--yes', ...options)
  assert.equal(run.exitCode, 0, run.output + run.errors)
  return run
}

test('after two contexts the tree is what it is without any, and nothing in it tells of them', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  const untouched = makeGuest(t)
  await guest.boot(first)
  await guest.boot(second)
  const booted = [...readWholeTree(guest.root).values()].join('\n')
  for (const value of ['192.168.55', 'joe', 'beta', hashes[1]!, bob]) assert.ok(booted.includes(value), value)
  await seal(guest.root, '--accounts')
  await seal(untouched.root)
  const [one, other] = [readWholeTree(guest.root), readWholeTree(untouched.root)]
  assert.deepEqual(listChanges(other, one), [])
  const text = [...one].flat().join('\n')
  assert.deepEqual(
    values.filter(value => text.includes(value)),
    [],
  )
})

test('accounts of a context stay without --accounts, and nobody can log in to them', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  await guest.boot(first)
  await seal(guest.root)
  const tree = readWholeTree(guest.root)
  assert.match(tree.get('/etc/shadow')!, /^joe:\*:/m)
  assert.ok(tree.has('/home/joe'))
  assert.ok(![...tree].flat().join('\n').includes(alice.split(' ')[1]!))
  const check = await runVmcontext('seal', '--check', '--root', guest.root)
  assert.equal(check.exitCode, 0, check.output)
})

test('what somebody has changed since stays, and is told', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  await guest.boot(first)
  appendFileSync(join(guest.root, 'etc/hostname'), '# mine\n')
  const {errors} = await seal(guest.root)
  assert.match(errors, /\/etc\/hostname: somebody has changed this since/)
  assert.match(readWholeTree(guest.root).get('/etc/hostname')!, /# mine/)
})

test('a seal that was killed before the records went is done again to the same end', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  await guest.boot(first)
  const copy = join(guest.root, '../copy')
  cpSync(guest.root, copy, {recursive: true, verbatimSymlinks: true})
  const records = join(copy, '../records')
  cpSync(join(guest.root, 'var/lib/vmcontext'), records, {recursive: true})
  await seal(guest.root, '--accounts')
  const sealed = readWholeTree(guest.root)
  // All else is done, and the records are still there.
  cpSync(records, join(guest.root, 'var/lib/vmcontext'), {recursive: true})
  await seal(guest.root, '--accounts')
  assert.deepEqual(listChanges(sealed, readWholeTree(guest.root)), [])
})

test('what install wrote down stays, and so do the copies that it refers to', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  await guest.boot(first)
  const state = join(guest.root, 'var/lib/vmcontext')
  const copy = {sha256: 'f'.repeat(64), mode: 0o644, uid: 0, gid: 0}
  const adopted = {sha256: 'e'.repeat(64), mode: 0o644, uid: 0, gid: 0}
  const record = {
    version: 1,
    agent: 'vmcontext 1',
    files: {'/usr/sbin/vmcontext': {sha256: '0', previous: copy}},
    displaced: {},
    adopted: {'/etc/netplan/50-one-context.yaml': adopted},
  }
  writeFileSync(join(state, 'installed.json'), JSON.stringify(record))
  writeFileSync(join(state, 'kept', copy.sha256), 'before us')
  writeFileSync(join(state, 'kept', adopted.sha256), '10.1.2.3')
  await seal(guest.root)
  const left = [...readWholeTree(guest.root).keys()].filter(path => path.startsWith('/var/lib/vmcontext/'))
  assert.deepEqual(left, [
    '/var/lib/vmcontext/installed.json',
    '/var/lib/vmcontext/kept',
    `/var/lib/vmcontext/kept/${copy.sha256}`,
  ])
  const {exitCode, output} = await runVmcontext('seal', '--root', guest.root, '--yes')
  assert.deepEqual(
    {exitCode, output: output.split(':')[0]},
    {exitCode: 0, output: 'There is nothing to seal'},
  )
})

test('while the records are damaged they stay, with all that they could give back', async t => {
  if (!requireRoot(t)) return
  const guest = makeGuest(t)
  await guest.boot(first)
  writeFileSync(join(guest.root, 'var/lib/vmcontext/manifest.json'), '{"version":')
  const state = () =>
    [...readWholeTree(guest.root)].filter(([path]) => path.startsWith('/var/lib/vmcontext/'))
  const before = state()
  const {exitCode, output} = await runVmcontext('seal', '--root', guest.root, '--yes')
  assert.equal(exitCode, 1)
  assert.match(output, /^NOT wholly sealed: /m)
  assert.deepEqual(state(), before)
  const check = await runVmcontext('seal', '--check', '--root', guest.root)
  assert.equal(check.exitCode, 1)
  assert.match(check.output, /^secret +\/var\/lib\/vmcontext\/manifest\.json: not readable/m)
})

test('copies that an unreadable record of install may refer to stay', async t => {
  if (!requireRoot(t)) return
  for (const [text, told] of [
    ['{"version": 2}', /installed\.json: .* version 2/],
    ['{"vers', /installed\.json: it is damaged/],
  ] as const) {
    const guest = makeGuest(t)
    await guest.boot(first)
    writeFileSync(join(guest.root, 'var/lib/vmcontext/installed.json'), text)
    const copies = () => [...readWholeTree(guest.root).keys()].filter(path => path.includes('/kept/'))
    const before = copies()
    assert.ok(before.length > 0)
    const {exitCode, output, errors} = await runVmcontext('seal', '--root', guest.root, '--yes')
    assert.equal(exitCode, 1, output)
    assert.match(errors, told)
    assert.deepEqual(copies(), before)
    // That costs nothing else: what the context made is given back.
    assert.equal(readWholeTree(guest.root).has('/var/lib/vmcontext/manifest.json'), false)
  }
})
