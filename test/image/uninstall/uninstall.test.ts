// An installation is taken back: byte for byte, as far as nobody has changed anything since.

import assert from 'node:assert/strict'
import {appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {makeKey} from '../../keys.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'
import {boot, describeAll, makeRoot, run} from '../rooms.ts'

const network = {ETH0_MAC: '02:00:c0:a8:00:05', ETH0_IP: '192.168.0.9', ETH0_DNS: '192.168.0.1'}

const install = (root: string, ...options: string[]) => run(['install', '--yes', '--root', root, ...options])
const uninstall = (root: string, ...options: string[]) =>
  run(['uninstall', '--yes', '--root', root, ...options])

/** The files of the manifest with what stands in them. */
function ownFiles(root: string): [string, string][] {
  const {files} = JSON.parse(readFileSync(join(root, 'var/lib/vmcontext/manifest.json'), 'utf8'))
  return Object.keys(files).map(path => [path, readFileSync(join(root, path), 'utf8')])
}

const roots = [
  'debian-12',
  'ubuntu-24.04',
  'rocky-9',
  'debian-13-networkd',
  'centos-5',
  'alpine-3.20',
] as const

for (const base of roots) {
  test(`${base}: installed and uninstalled it is what it was`, async t => {
    if (!requireRoot(t)) return
    const root = makeRoot(t, base)
    const before = describeAll(root)
    const installed = await install(root)
    assert.equal(installed.exitCode, 0, installed.output + installed.errors)
    assert.ok(existsSync(join(root, 'usr/sbin/vmcontext')))
    const said = await uninstall(root)
    assert.equal(said.exitCode, 0, said.output + said.errors)
    assert.equal(describeAll(root), before)
  })

  test(`${base}: after a boot the network stays, and comes back as it was if that is asked for`, async t => {
    if (!requireRoot(t)) return
    const root = makeRoot(t, base)
    const before = describeAll(root)
    await install(root)
    const booted = await boot(t, root, network)
    assert.equal(booted.exitCode, 0, booted.output)
    const written = ownFiles(root)
    assert.notEqual(written.length, 0)
    assert.equal((await uninstall(root)).exitCode, 0)
    assert.deepEqual(ownFiles(root), written)
    const said = await uninstall(root, '--restore-network')
    assert.equal(said.exitCode, 0, said.output + said.errors)
    assert.equal(describeAll(root), before)
  })
}

test('what somebody changed stays and is named; the rest goes', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04')
  await install(root)
  const unit = join(root, 'etc/systemd/system/vmcontext-local.service')
  appendFileSync(unit, '# mine\n')
  const {exitCode, output} = await uninstall(root)
  assert.equal(exitCode, 0)
  assert.match(readFileSync(unit, 'utf8'), /# mine\n$/)
  assert.match(output, /vmcontext-local\.service: somebody has changed this since/)
  assert.equal(existsSync(join(root, 'usr/sbin/vmcontext')), false)
  assert.equal(
    existsSync(join(root, 'etc/systemd/system/multi-user.target.wants/vmcontext-final.service')),
    false,
  )
})

test('what stood in the place of our files returns', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'debian-12', {'etc/init.d/vmcontext.sh': '#!/bin/sh\n# written by hand\n'})
  const before = describeAll(root)
  await install(root)
  assert.doesNotMatch(readFileSync(join(root, 'etc/init.d/vmcontext.sh'), 'utf8'), /written by hand/)
  await uninstall(root)
  assert.equal(describeAll(root), before)
})

test('keys, accounts and the sudo rule stay, and are told', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'debian-12', {
    'usr/bin/sudo': '',
    'etc/sudoers': '@includedir /etc/sudoers.d\n',
    'etc/sudoers.d/README': '',
  })
  await install(root)
  await boot(t, root, {...network, USERNAME: 'joe', SSH_PUBLIC_KEY: makeKey('alice')})
  const {output} = await uninstall(root)
  assert.match(output, /accounts: joe/)
  assert.match(output, /keys: 1 key of joe/)
  assert.match(output, /90-vmcontext/)
  assert.match(output, /the network works on without the agent: \/etc\/network\/interfaces/)
  assert.ok(existsSync(join(root, 'etc/sudoers.d/90-vmcontext')))
  assert.ok(existsSync(join(root, 'var/lib/vmcontext/manifest.json')))
  assert.equal(existsSync(join(root, 'var/lib/vmcontext/installed.json')), false)
})

test('what others put into a directory of ours stays with it', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04')
  await install(root)
  writeFileSync(join(root, 'usr/lib/vmcontext/notes'), 'mine')
  await uninstall(root)
  assert.equal(readFileSync(join(root, 'usr/lib/vmcontext/notes'), 'utf8'), 'mine')
})

test('a root on which nothing was installed is left alone', async t => {
  const root = makeRoot(t, 'ubuntu-24.04')
  const before = describeAll(root)
  const {exitCode, output} = await uninstall(root)
  assert.equal(exitCode, 0)
  assert.match(output, /not installed on /)
  assert.equal(describeAll(root), before)
})

test('a dry run, a no, and nobody to ask change nothing', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04')
  await install(root)
  const before = describeAll(root)
  const dry = await run(['uninstall', '--dry-run', '--root', root])
  assert.equal(dry.exitCode, 0)
  assert.match(dry.output, /remove +\/usr\/sbin\/vmcontext/)
  assert.equal((await run(['uninstall', '--root', root], 'n')).exitCode, 1)
  const nobody = await run(['uninstall', '--root', root])
  assert.equal(nobody.exitCode, 2)
  assert.match(nobody.errors, /--yes/)
  assert.equal(describeAll(root), before)
  assert.equal((await run(['uninstall', '--root', root], 'y')).exitCode, 0)
})

test('an installation that was killed halfway is taken back as well', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'debian-12')
  const before = describeAll(root)
  await install(root)
  rmSync(join(root, 'etc/init.d/vmcontext-final.sh'))
  rmSync(join(root, 'usr/share/man'), {recursive: true})
  writeFileSync(join(root, 'usr/sbin/.vmcontext.vmcontext-new'), 'half of it')
  await uninstall(root)
  assert.equal(describeAll(root), before)
})

test('an uninstallation that did not come to its end goes on the next time', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04')
  const before = describeAll(root)
  await install(root)
  rmSync(join(root, 'etc/systemd/system/multi-user.target.wants/vmcontext-final.service'))
  rmSync(join(root, 'usr/lib/vmcontext/hot-plug'))
  rmSync(join(root, 'etc/systemd/system-preset'), {recursive: true})
  const said = await uninstall(root)
  assert.equal(said.exitCode, 0, said.output + said.errors)
  assert.equal(describeAll(root), before)
})

test('a directory without /etc is refused', async t => {
  const root = makeDirectory(t)
  mkdirSync(join(root, 'usr'))
  const {exitCode, errors} = await uninstall(root)
  assert.equal(exitCode, 2)
  assert.match(errors, /there is no \/etc in it/)
})
