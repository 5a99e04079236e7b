// What a boot would pass over, though everything has been installed.

import assert from 'node:assert/strict'
import {chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {checkStart} from '../../../src/image/install/check/check.ts'
import {readInitSystem} from '../../../src/image/install/init-system.ts'
import {openSystem} from '../../../src/system/system.ts'
import {libraries, makeAgent, plant, runInstall, type TreeFiles} from './tree.ts'

const systemd = {
  'etc/hostname': 'image\n',
  'usr/lib/systemd/systemd': '',
  'usr/lib/systemd/system/default.target': '->multi-user.target',
  'usr/lib/systemd/system/multi-user.target': '[Unit]\n',
  'usr/lib/systemd/system/rescue.target': '[Unit]\nRequires=sysinit.target\n',
}
const insserv = {
  'sbin/init': '',
  'sbin/insserv': '',
  'etc/rc2.d/S01ssh': '->../init.d/ssh',
  'etc/rc3.d/S01ssh': '->../init.d/ssh',
  'etc/init.d/.depend.start': 'TARGETS = ssh\nINTERACTIVE =\n',
}
const sysv = {'sbin/init': '', 'etc/rc3.d/S20ssh': ''}
const openrc = {'etc/hostname': '', 'sbin/openrc': ''}
const upstart = {'sbin/init': '', 'sbin/initctl': '', 'etc/init/networking.conf': ''}
const busybox = {
  'sbin/init': '->../bin/busybox',
  'bin/busybox': '',
  'etc/init.d/rcS': 'for i in /etc/init.d/S??*\n',
}

const units = '/etc/systemd/system'
const edit = (path: string, change: (text: string) => string) => (root: string) =>
  writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')))
const remove = (path: string) => (root: string) => rmSync(join(root, path))

const cases: readonly [name: string, files: TreeFiles, harm: (root: string) => void, says: RegExp][] = [
  ['the program is gone', systemd, remove('usr/sbin/vmcontext'), /\/usr\/sbin\/vmcontext is missing/],
  [
    'a unit is disabled',
    systemd,
    remove(`${units}/multi-user.target.wants/vmcontext-local.service`),
    /vmcontext-local\.service at boot: it is not enabled/,
  ],
  ['a unit is empty', systemd, edit(`${units}/vmcontext-final.service`, () => ''), /it is masked/],
  [
    'another target is booted',
    systemd,
    root => symlinkSync('/usr/lib/systemd/system/rescue.target', join(root, units, 'default.target')),
    /multi-user\.target is not part of default\.target/,
  ],
  [
    'a link that insserv has not seen',
    insserv,
    edit('etc/init.d/.depend.start', text => text.replaceAll(' vmcontext.sh', '')),
    /\.depend\.start does not name it/,
  ],
  ['no link', sysv, remove('etc/rc2.d/S01vmcontext.sh'), /no link in runlevel 2/],
  [
    'another runlevel is booted',
    sysv,
    root => writeFileSync(join(root, 'etc/inittab'), 'id:1:initdefault:\n'),
    /no link in runlevel 1/,
  ],
  [
    'a script that is not executable',
    sysv,
    root => chmodSync(join(root, 'etc/init.d/vmcontext.sh'), 0o644),
    /vmcontext\.sh is not executable/,
  ],
  ['no service', openrc, remove('etc/init.d/vmcontext'), /leads to no executable script/],
  [
    'a job that is started by hand',
    upstart,
    root => writeFileSync(join(root, 'etc/init/vmcontext.override'), 'manual\n'),
    /vmcontext\.override says so/,
  ],
  [
    'an rcS that runs nothing else',
    busybox,
    edit('etc/init.d/rcS', () => 'ifup -a\n'),
    /rcS does not run the S scripts/,
  ],
]

for (const [name, files, harm, says] of cases) {
  test(name, async t => {
    const root = plant(t, libraries, files)
    const {exitCode, output, errors} = await runInstall(root, [], {agent: makeAgent(t)})
    assert.equal(exitCode, 0, output + errors)
    harm(root)
    const system = openSystem(root)
    const {problems} = checkStart(system, readInitSystem(system).kind)
    assert.match(problems.map(({message}) => message).join('\n'), says)
  })
}
