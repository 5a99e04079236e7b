// Taking over from other agents: they are started no more, what they left is replaced by the next boot as if it had
// never been there, and uninstalling gives all of it back.

import assert from 'node:assert/strict'
import {existsSync, linkSync, mkdirSync, readFileSync, readlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {findRivals} from '../../../src/facts/rivals.ts'
import {readStartedServices} from '../../../src/facts/started-services.ts'
import {openSystem} from '../../../src/system/system.ts'
import {requireRoot} from '../../tools.ts'
import {boot, describeAll, type Files, listAll, makeRoot, put, run, type Said} from '../rooms.ts'
import {alwaysWritten, withOpenrc, withSystemd, withSysv, written} from './one-context.ts'

const context = {ETH0_MAC: '02:00:c0:a8:00:05', ETH0_IP: '192.168.0.9', SET_HOSTNAME: 'web'}
const sudo = {'usr/bin/sudo': '', 'etc/sudoers': '@includedir /etc/sudoers.d\n', 'etc/sudoers.d/README': ''}

async function takeOver(root: string): Promise<Said> {
  const said = await run(['install', '--take-over', '--yes', '--root', root])
  assert.equal(said.exitCode, 0, said.output + said.errors)
  return said
}

const uninstall = (root: string, ...options: string[]) =>
  run(['uninstall', '--yes', '--root', root, ...options])

function rivalsOf(root: string): string[] {
  const system = openSystem(root)
  return findRivals(system, readStartedServices(system)).map(({message}) => message)
}

const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8')

/** What a boot writes, whoever was there before. */
function configuration(root: string): string[] {
  return listAll(root).filter(line =>
    /^etc\/(netplan|network|systemd\/network|NetworkManager|sysconfig|sysctl\.d|sudoers\.d|hosts|hostname)(\/| )/.test(
      line,
    ),
  )
}

const cases = [
  {base: 'ubuntu-24.04', dialect: 'netplan', own: withSystemd},
  {base: 'debian-13-networkd', dialect: 'networkd', own: withSystemd},
  {base: 'debian-12', dialect: 'interfaces', own: withSysv},
  {base: 'alpine-3.20', dialect: 'interfaces', own: withOpenrc},
  {base: 'centos-5', dialect: 'redhat', own: {}},
  {base: 'rocky-9', dialect: 'nm', own: withSystemd},
] as const

for (const {base, dialect, own} of cases) {
  const dirty = {...sudo, ...own, ...alwaysWritten, ...written[dialect]}
  /** What an image has whose network one-context has never written. */
  const clean: Files = {
    ...sudo,
    'etc/sysctl.d/README': '',
    'etc/NetworkManager/conf.d/README': '',
    'etc/NetworkManager/system-connections/README': '',
    ...(dialect === 'interfaces'
      ? {
          'etc/network/interfaces':
            'auto lo\niface lo inet loopback\n\nsource /etc/network/interfaces.d/*.cfg\n',
        }
      : {}),
  }

  test(`${base}: the boot after taking over leaves what it leaves on a fresh image`, async t => {
    if (!requireRoot(t)) return
    const fresh = makeRoot(t, base, clean)
    await run(['install', '--yes', '--root', fresh])
    const root = makeRoot(t, base, {...clean, ...dirty})
    await takeOver(root)
    for (const each of [fresh, root]) {
      const said = await boot(t, each, {...context, USERNAME: 'joe', USERNAME_SUDO: 'NO'})
      assert.equal(said.exitCode, 0, said.output)
    }
    assert.equal(configuration(root).join('\n'), configuration(fresh).join('\n'))
    assert.equal(read(root, 'etc/hosts'), read(fresh, 'etc/hosts'))
    const before = describeAll(root)
    await boot(t, root, {...context, USERNAME: 'joe', USERNAME_SUDO: 'NO'})
    assert.equal(describeAll(root), before, 'a second boot changes something')
  })

  test(`${base}: without a boot uninstalling leaves everything as it was`, async t => {
    if (!requireRoot(t)) return
    const root = makeRoot(t, base, dirty)
    const before = describeAll(root)
    await takeOver(root)
    assert.notEqual(describeAll(root), before)
    assert.deepEqual(rivalsOf(root), [])
    const again = await run(['install', '--take-over', '--yes', '--root', root])
    assert.match(again.output, /nothing to do/)
    const said = await uninstall(root)
    assert.equal(said.exitCode, 0, said.output + said.errors)
    assert.equal(describeAll(root), before)
  })

  test(`${base}: after a boot uninstalling gives back the network that the other agent had written`, async t => {
    if (!requireRoot(t)) return
    const root = makeRoot(t, base, {...clean, ...dirty})
    const before = configuration(root).filter(line => !/host|sudoers/.test(line))
    await takeOver(root)
    await boot(t, root, {ETH0_MAC: context.ETH0_MAC, ETH0_IP: context.ETH0_IP})
    const said = await uninstall(root, '--restore-network')
    assert.equal(said.exitCode, 0, said.output + said.errors)
    assert.equal(
      configuration(root)
        .filter(line => !/host|sudoers/.test(line))
        .join('\n'),
      before.join('\n'),
    )
  })
}

test('units are masked, so that an upgrade of the package does not enable them', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04', {...withSystemd, 'boot/vmlinuz': ''})
  await takeOver(root)
  for (const name of ['one-context.service', 'one-context-local.service', 'one-context-reconfigure.timer'])
    assert.equal(readlinkSync(join(root, 'etc/systemd/system', name)), '/dev/null')
  assert.equal(readlinkSync(join(root, 'etc/udev/rules.d/65-context.rules')), '/dev/null')
})

test('scripts of the owner in /etc/one-context.d are named with the place where they belong', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04', withSystemd)
  const {output} = await takeOver(root)
  assert.match(output, /one-context\.d\/loc-50-raid: .*\/etc\/vmcontext\.d\/local\//)
  assert.match(output, /one-context\.d\/site-setup: .*\/etc\/vmcontext\.d\/final\//)
  assert.doesNotMatch(output, /loc-22-ssh_public_key|net-99-report-ready/)
  assert.match(output, /keys in authorized_keys/)
})

test('the line that one-context marks in /etc/hosts is replaced', async t => {
  if (!requireRoot(t)) return
  const hosts = '127.0.0.1 localhost\n192.168.0.5 old.example.org old  # one-contextd\n10.0.0.1 db\n'
  const root = makeRoot(t, 'ubuntu-24.04', {...withSystemd, 'etc/hosts': hosts})
  await takeOver(root)
  await boot(t, root, context)
  assert.equal(read(root, 'etc/hosts'), '127.0.0.1 localhost\n127.0.1.1\tweb\n10.0.0.1 db\n')
})

test('a file that somebody changes after it was adopted is theirs', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04', {...withSystemd, ...alwaysWritten})
  await takeOver(root)
  put(root, 'etc/sysctl.d/50-one-context.conf', 'net.ipv4.ip_forward=1\n')
  await boot(t, root, context)
  assert.equal(read(root, 'etc/sysctl.d/50-one-context.conf'), 'net.ipv4.ip_forward=1\n')
})

test('without a context, and with one that leaves the network alone, adopted files stay', async t => {
  if (!requireRoot(t)) return
  const files = {...withSystemd, ...written.netplan}
  const root = makeRoot(t, 'ubuntu-24.04', files)
  await takeOver(root)
  await run(['boot', '--root', root])
  await boot(t, root, {NETWORK: 'NO', SET_HOSTNAME: 'web'})
  assert.equal(read(root, 'etc/netplan/50-one-context.yaml'), files['etc/netplan/50-one-context.yaml'])
})

test('cloud-init is switched off, and its network files are adopted', async t => {
  if (!requireRoot(t)) return
  const yaml =
    '# This file is generated from information provided by the datasource.  Changes\n# to it will not persist.\nnetwork: {version: 2, ethernets: {eth0: {dhcp4: true}}}\n'
  const cloud = {
    'usr/bin/cloud-init': '',
    'etc/cloud/cloud.cfg': '',
    'etc/netplan/50-cloud-init.yaml': yaml,
    'etc/systemd/system/cloud-init.target.wants/cloud-init.service':
      '-> /usr/lib/systemd/system/cloud-init.service',
  }
  const root = makeRoot(t, 'ubuntu-24.04', cloud)
  const before = describeAll(root)
  assert.deepEqual(rivalsOf(root), ['cloud-init configures this guest too'])
  await takeOver(root)
  assert.deepEqual(rivalsOf(root), [])
  assert.ok(existsSync(join(root, 'etc/cloud/cloud-init.disabled')))
  await boot(t, root, {ETH0_MAC: context.ETH0_MAC, ETH0_IP: context.ETH0_IP})
  assert.equal(existsSync(join(root, 'etc/netplan/50-cloud-init.yaml')), false)
  await uninstall(root, '--restore-network')
  assert.equal(describeAll(root), before)
})

test('the hard link of the manual goes with the old script, and an rc.local runs the disc no more', async t => {
  if (!requireRoot(t)) return
  const old = '#!/bin/sh\nmac2ip() {\n  :\n}\n'
  const rcLocal =
    '#!/bin/sh -e\n\nmount -t iso9660 /dev/sdc /mnt\n\nif [ -f /mnt/context.sh ]; then\n  . /mnt/init.sh\nfi\n\numount /mnt\n\nexit 0\n'
  const root = makeRoot(t, 'debian-12', {'etc/init.d/vmcontext.sh': old, 'etc/rc.local': rcLocal})
  linkSync(join(root, 'etc/init.d/vmcontext.sh'), join(root, 'etc/rc2.d/S01vmcontext.sh'))
  const before = describeAll(root)
  await takeOver(root)
  assert.deepEqual(rivalsOf(root), [])
  assert.equal(isOld(root, 'etc/rc2.d/S01vmcontext.sh'), false)
  assert.match(read(root, 'etc/rc.local'), /^# vmcontext: {3}\. \/mnt\/init\.sh$/m)
  assert.match(read(root, 'etc/rc.local'), /^exit 0$/m)
  await uninstall(root)
  assert.equal(describeAll(root), before)
})

function isOld(root: string, path: string): boolean {
  return existsSync(join(root, path)) && read(root, path).includes('mac2ip')
}

test('one-context of 4 and 5, whose script was called vmcontext, is started no more', async t => {
  if (!requireRoot(t)) return
  const files = {
    'etc/init.d/vmcontext': '#!/bin/bash\n/usr/sbin/one-contextd\n',
    'etc/rc2.d/S99vmcontext': '-> ../init.d/vmcontext',
    'etc/udev/rules.d/00-context.rules': 'RUN+="/usr/sbin/one-context-reconfigure"\n',
  }
  const root = makeRoot(t, 'debian-12', files)
  const before = describeAll(root)
  assert.deepEqual(rivalsOf(root), ["OpenNebula's one-context configures this guest too"])
  await takeOver(root)
  assert.deepEqual(rivalsOf(root), [])
  assert.equal(existsSync(join(root, 'etc/rc2.d/S99vmcontext')), false)
  assert.equal(readlinkSync(join(root, 'etc/udev/rules.d/00-context.rules')), '/dev/null')
  await uninstall(root)
  assert.equal(describeAll(root), before)
})

test('a script of 2.2 called vmcontext goes, and comes back', async t => {
  if (!requireRoot(t)) return
  const files = {
    'etc/init.d/vmcontext': '#!/bin/sh\nmac2ip() {\n  :\n}\n',
    'etc/rc2.d/S01vmcontext': '-> ../init.d/vmcontext',
  }
  const root = makeRoot(t, 'debian-12', files)
  const before = describeAll(root)
  assert.equal(rivalsOf(root).length, 1)
  await takeOver(root)
  assert.deepEqual(rivalsOf(root), [])
  await uninstall(root)
  assert.equal(describeAll(root), before)
})

test('who was taken over from comes back beside the network that stays, and that is said', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04', {...withSystemd, ...written.netplan})
  await takeOver(root)
  await boot(t, root, context)
  const {output, exitCode} = await uninstall(root)
  assert.equal(exitCode, 0)
  assert.match(
    output,
    /at work again, beside the network files that stay \(\/etc\/netplan\/[^)]*50-vmcontext\.yaml/,
  )
  assert.ok(existsSync(join(root, 'etc/netplan/50-vmcontext.yaml')))
})

test('without --take-over nothing of others is touched, and they are named', async (t: TestContext) => {
  if (!requireRoot(t)) return
  const root = makeRoot(t, 'ubuntu-24.04', withSystemd)
  mkdirSync(join(root, 'home/x'), {recursive: true})
  writeFileSync(join(root, 'home/x/y'), '')
  const before = listAll(root)
  const {output} = await run(['install', '--yes', '--root', root])
  assert.match(output, /one-context configures this guest too/)
  const after = listAll(root)
  assert.deepEqual(
    before.filter(line => !after.includes(line)),
    [],
  )
})
