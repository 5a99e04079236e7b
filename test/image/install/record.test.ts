// Installing again: over what an earlier release, an administrator or a killed run has left.

import assert from 'node:assert/strict'
import {existsSync, lstatSync, readFileSync, readlinkSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openFiles} from '../../../src/system/files.ts'
import {runRelease, runVmcontext} from '../../run-vmcontext.ts'
import {withOpenrc, withSystemd, withSysv} from '../take-over/one-context.ts'
import {libraries, listTree, makeAgent, makeProgram, plant, putFile, runInstall} from './tree.ts'

const systemd = {
  ...libraries,
  'etc/hostname': 'image\n',
  'boot/vmlinuz-6.1': '',
  'usr/lib/systemd/systemd': '',
  'usr/lib/systemd/system/default.target': '->multi-user.target',
  'usr/lib/systemd/system/multi-user.target': '[Unit]\n',
}
const unit = 'etc/systemd/system/vmcontext-local.service'
const readRecord = (root: string) =>
  JSON.parse(readFileSync(join(root, 'var/lib/vmcontext/installed.json'), 'utf8'))

test('a later release takes the place of an earlier one, quietly', async t => {
  const root = plant(t, systemd)
  await runInstall(root, [], {agent: makeAgent(t)})
  const agent = makeAgent(t, 'the second release')
  const {exitCode, output} = await runInstall(root, [], {agent, version: '2.0.0'})
  assert.equal(exitCode, 0)
  assert.match(output, /vmcontext 1\.0\.0; now vmcontext 2\.0\.0/)
  assert.doesNotMatch(output, /^kept/m)
  assert.match(readFileSync(join(root, 'usr/sbin/vmcontext'), 'latin1'), /the second release$/)
  const record = readRecord(root)
  assert.equal(record.agent, 'vmcontext 2.0.0')
  assert.equal(record.files['/usr/sbin/vmcontext'].former, undefined)
  assert.equal(record.files['/usr/sbin/vmcontext'].previous, null)
})

test('a unit that a later release has no more goes; a copy of one that was changed is kept', async t => {
  const root = plant(t, systemd)
  const agent = makeAgent(t)
  await runInstall(root, [], {agent})
  putFile(root, 'etc/systemd/system/vmcontext-old.service', 'ours\n')
  const record = readRecord(root)
  const ours = record.files['/etc/systemd/system/vmcontext.service']
  const sha256 = '5a2c3ed7e8e8ea8e6bd8d2ba5c0d0bb2b9b8e0ab6e6c8c2a2d0ad0e9d3c4a5b6'
  record.files['/etc/systemd/system/vmcontext-old.service'] = {...ours, sha256}
  writeFileSync(join(root, 'var/lib/vmcontext/installed.json'), JSON.stringify(record))
  const {output} = await runInstall(root, [], {agent})
  assert.match(output, /vmcontext-old\.service has been changed since it\s+was installed/)
  assert.equal(existsSync(join(root, 'etc/systemd/system/vmcontext-old.service')), false)
  assert.equal('/etc/systemd/system/vmcontext-old.service' in readRecord(root).files, false)
})

test('what an administrator has changed is replaced, and a copy kept and named', async t => {
  const root = plant(t, systemd)
  const agent = makeAgent(t)
  await runInstall(root, [], {agent})
  const original = readFileSync(join(root, unit), 'utf8')
  writeFileSync(join(root, unit), `${original}# mine\n`)
  const {output} = await runInstall(root, [], {agent})
  const kept = /kept as\s+(\/var\/lib\/vmcontext\/kept\/[0-9a-f]{64})/.exec(output)?.[1]
  assert.ok(kept, output)
  assert.equal(readFileSync(join(root, kept), 'utf8'), `${original}# mine\n`)
  assert.equal(lstatSync(join(root, kept)).mode & 0o777, 0o600)
  assert.equal(readFileSync(join(root, unit), 'utf8'), original)
  assert.equal(readRecord(root).files[`/${unit}`].previous, null)
})

test('vmcontext.conf is never written over; without one an example of comments comes', async t => {
  const root = plant(t, systemd, {'etc/vmcontext.conf': 'MAC_RULE=never\n'})
  const agent = makeAgent(t)
  await runInstall(root, [], {agent})
  assert.equal(readFileSync(join(root, 'etc/vmcontext.conf'), 'utf8'), 'MAC_RULE=never\n')
  assert.equal('/etc/vmcontext.conf' in readRecord(root).files, false)
  rmSync(join(root, 'etc/vmcontext.conf'))
  await runInstall(root, [], {agent})
  assert.match(readFileSync(join(root, 'etc/vmcontext.conf'), 'utf8'), /^(#.*\n|\n)+$/)
})

test('the script of 2.2 by the same name is kept, and known to have been there before', async t => {
  const script = '#!/bin/sh\nmac2ip() { :; }\n'
  const root = plant(t, libraries, {
    'sbin/init': '',
    'etc/rc3.d/S20ssh': '',
    'etc/init.d/vmcontext.sh': script,
  })
  const {output} = await runInstall(root, [], {agent: makeAgent(t)})
  assert.match(output, /\/etc\/init\.d\/vmcontext\.sh was there before/)
  const {previous} = readRecord(root).files['/etc/init.d/vmcontext.sh']
  assert.equal(readFileSync(join(root, 'var/lib/vmcontext/kept', previous.sha256), 'utf8'), script)
  await runInstall(root, [], {agent: makeAgent(t, 'later')})
  assert.deepEqual(readRecord(root).files['/etc/init.d/vmcontext.sh'].previous, previous)
})

test('an upgrade that was killed is nobody else’s change to the next run', async t => {
  const root = plant(t, systemd)
  await runInstall(root, [], {agent: makeAgent(t)})
  const path = join(root, 'var/lib/vmcontext/installed.json')
  const [program, before] = [readFileSync(join(root, 'usr/sbin/vmcontext')), readRecord(root)]
  await runInstall(root, [], {agent: makeAgent(t, 'later')})
  const after = readRecord(root)
  // Killed behind its first deed, the record, with the copy set aside for the second.
  const former = before.files['/usr/sbin/vmcontext'].sha256
  after.files['/usr/sbin/vmcontext'].former = former
  writeFileSync(path, JSON.stringify(after))
  writeFileSync(join(root, 'usr/sbin/vmcontext'), program)
  writeFileSync(join(root, 'usr/sbin/.vmcontext.vmcontext-old'), program)
  const {output, exitCode} = await runInstall(root, [], {agent: makeAgent(t, 'later')})
  assert.equal(exitCode, 0)
  assert.doesNotMatch(output, /has been changed/)
  assert.deepEqual(readRecord(root).files['/usr/sbin/vmcontext'].former, undefined)
  assert.equal(existsSync(join(root, 'usr/sbin/.vmcontext.vmcontext-old')), false)
})

test('a package: what an earlier install left above its units goes, the rest is left to it', async t => {
  const root = plant(t, systemd)
  await runInstall(root, [], {agent: makeAgent(t)})
  const units = ['local.service', 'final.service', 'reconfigure.path'].map(name => `vmcontext-${name}`)
  for (const name of units) {
    const text = readFileSync(join(root, 'etc/systemd/system', name), 'utf8')
    putFile(root, `usr/lib/systemd/system/${name}`, text)
  }
  putFile(root, 'usr/sbin/vmcontext', makeProgram('x64', 'of the package'))
  const {exitCode, output} = await runInstall(root, ['--packaged'], {agent: ''})
  assert.equal(exitCode, 0, output)
  for (const name of units) {
    assert.equal(existsSync(join(root, 'etc/systemd/system', name)), false)
    assert.ok(existsSync(join(root, 'usr/lib/systemd/system', name)))
  }
  assert.match(readFileSync(join(root, 'usr/sbin/vmcontext'), 'latin1'), /of the package$/)
  assert.match(output, /systemd will start vmcontext-local/)
  const installed = listTree(root)
  const again = await runInstall(root, [], {agent: makeAgent(t, 'another')})
  assert.match(again.output, /the files are those of a package/)
  assert.equal(listTree(root), installed)
})

test('a dry run tells each deed with its reason, and does none', async t => {
  const root = plant(t, systemd)
  const before = listTree(root)
  const {exitCode, output} = await runInstall(root, ['--dry-run'], {agent: makeAgent(t)})
  assert.equal(exitCode, 0)
  assert.match(output, /^copy +\/usr\/sbin\/vmcontext\n +the agent$/m)
  assert.match(output, /^link .*vmcontext-local\.service\n? +-> .*\n +enables vmcontext-local\.service$/m)
  assert.match(output, /Nothing was done\.\n$/)
  assert.equal(listTree(root), before)
})

test('SELinux: an image sets its labels at its next boot', async t => {
  const root = plant(t, systemd, {'etc/selinux/config': 'SELINUX=enforcing\n'})
  await runInstall(root, [], {agent: makeAgent(t)})
  assert.ok(existsSync(join(root, '.autorelabel')))
})

test('a unit or a rule that somebody has masked stays masked', async t => {
  const masks = ['etc/systemd/system/vmcontext-final.service', 'etc/udev/rules.d/70-vmcontext.rules']
  const root = plant(
    t,
    systemd,
    {'usr/lib/udev/rules.d/x': '', 'var/lib/x': ''},
    Object.fromEntries(masks.map(path => [path, '->/dev/null'])),
  )
  const before = listTree(root)
  const {exitCode, output} = await runInstall(root, [], {agent: makeAgent(t)})
  for (const path of masks) assert.equal(readlinkSync(join(root, path)), '/dev/null')
  assert.match(output, /vmcontext-final\.service is masked \(a link to/)
  assert.match(output, /systemctl unmask vmcontext-final\.service/)
  assert.equal(exitCode, 1)
  await runVmcontext('uninstall', '--yes', '--root', root)
  assert.equal(listTree(root), before)
})

test('a record of a later version is refused, a damaged one kept beside a new one', async t => {
  const root = plant(t, systemd)
  const agent = makeAgent(t)
  await runInstall(root, [], {agent})
  const path = join(root, 'var/lib/vmcontext/installed.json')
  writeFileSync(path, JSON.stringify({...readRecord(root), version: 2}))
  const later = listTree(root)
  for (const command of ['install', 'uninstall']) {
    const args = [command, '--yes', '--root', root]
    const {exitCode, errors} = await runRelease(args, {environment: {VMCONTEXT_BINARY: agent}})
    assert.equal(exitCode, 3)
    assert.match(errors, /version 2, this program knows 1: use the newer vmcontext/)
  }
  assert.equal(listTree(root), later)
  writeFileSync(path, '{"version": 1, "files"')
  const refused = await runVmcontext('uninstall', '--yes', '--root', root)
  assert.equal(refused.exitCode, 1)
  assert.match(refused.output, /installed\.json: this is damaged/)
  const {exitCode} = await runInstall(root, [], {agent})
  assert.equal(exitCode, 0)
  assert.equal(readFileSync(`${path}.damaged`, 'utf8'), '{"version": 1, "files"')
  await runVmcontext('uninstall', '--yes', '--root', root)
  assert.equal(existsSync(join(root, 'usr/sbin/vmcontext')), false)
})

test("the manual's link comes back with the script of 2.2 that it starts", async t => {
  const root = plant(t, libraries, {
    'sbin/init': '',
    'etc/rc3.d/S20ssh': '',
    'var/lib/x': '',
    'etc/init.d/vmcontext.sh': '#!/bin/sh\nmac2ip() { :; }\n',
    'etc/rc2.d/S01vmcontext.sh': '->../init.d/vmcontext.sh',
  })
  const before = listTree(root)
  await runInstall(root, [], {agent: makeAgent(t)})
  await runVmcontext('uninstall', '--yes', '--root', root)
  assert.equal(listTree(root), before)
})

for (const [kind, files, ours] of [
  ['SysV init', withSysv, 'etc/init.d/one-context-reconfigure'],
  ['OpenRC', {...withOpenrc, 'sbin/openrc': ''}, 'etc/init.d/one-context-reconfigure'],
  ['systemd', withSystemd, 'etc/systemd/system/one-context-reconfigure.service'],
] as const) {
  test(`${kind}: the LXC driver finds ours as long as one-context is taken over`, async t => {
    const links = Object.entries(files).map(([path, text]) => [path, text.replace(/^-> /, '->')])
    const {'boot/vmlinuz-6.1': _, ...container} = systemd
    const boots = kind === 'systemd' ? container : {...libraries, 'sbin/init': '', 'etc/rc3.d/S20ssh': ''}
    const root = plant(t, boots, Object.fromEntries(links))
    const agent = makeAgent(t)
    await runInstall(root, ['--take-over'], {agent})
    // A unit is a link, absolute in the guest.
    const find = () => openFiles(root).readText(`/${ours}`) ?? ''
    const text = find()
    assert.match(text, /vmcontext/)
    await runInstall(root, [], {agent: makeAgent(t, 'later')})
    assert.equal(find(), text)
  })
}
