// Killed at any change, an install, an upgrade or an uninstall leaves what the next run understands: installed again it
// is what an undisturbed run makes of it, uninstalled it is byte for byte what it was. The tree is copied right before
// a change, which is what SIGKILL leaves there.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import fs, {existsSync, renameSync, rmSync} from 'node:fs'
import {syncBuiltinESMExports} from 'node:module'
import {join} from 'node:path'
import {after, type TestContext, test} from 'node:test'
import type {TreeFiles} from './tree.ts'

if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm'

/** What changes a file system; the program and these tests have them by the same name. */
const changes = ['mkdirSync', 'rmSync', 'rmdirSync', 'renameSync', 'linkSync', 'symlinkSync'] as const
const opened = ['writeFileSync', 'copyFileSync', 'fchmodSync'] as const
let count = 0
let onChange: ((index: number) => void) | undefined
const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>
const originals = new Map([...changes, ...opened].map(name => [name, functions[name]!]))
for (const [name, original] of originals) {
  functions[name] = (...args) => {
    // The lock lies on this machine.
    if (!String(args[0]).startsWith('/run/')) onChange?.(count++)
    return original(...args)
  }
}
syncBuiltinESMExports()
after(() => {
  for (const [name, original] of originals) functions[name] = original
  syncBuiltinESMExports()
})

const {withOpenrc, withSystemd, written} = await import('../take-over/one-context.ts')
const {libraries, listTree, makeAgent, plant, runInstall} = await import('./tree.ts')
const {payload} = await import('../../../src/image/install/payload.ts')
const {runVmcontext} = await import('../../run-vmcontext.ts')

const script = (provides: string, behind = '') =>
  `#!/bin/sh\n### BEGIN INIT INFO\n# Provides: ${provides}\n# Required-Start: ${behind}\n# Default-Start: S\n### END INIT INFO\n`
const links = (files: TreeFiles) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, String(text).replace(/^-> /, '->')]))
const old = '#!/bin/sh\nmac2ip() { :; }\n. /mnt/context.sh\n'
const common: TreeFiles = {...libraries, 'var/lib/x': '', 'etc/ssh/x': ''}

const roots: Readonly<Record<string, TreeFiles>> = {
  'insserv, with what the manual of 2.2 has people make': {
    ...common,
    'sbin/init': '',
    'sbin/insserv': '',
    'etc/insserv.conf': '$local_fs\t+mountall\n$network\t+networking\n',
    'etc/init.d/mountall.sh': script('mountall'),
    'etc/init.d/networking': script('networking', '$local_fs'),
    'etc/init.d/mountnfs.sh': script('mountnfs', '$network'),
    'etc/init.d/.depend.boot':
      'TARGETS = mountall.sh networking mountnfs.sh\nINTERACTIVE =\nnetworking: mountall.sh\nmountnfs.sh: networking\n',
    'etc/init.d/.depend.start': 'TARGETS = ssh\nINTERACTIVE =\n',
    'etc/rcS.d/S01mountall.sh': '->../init.d/mountall.sh',
    'etc/rcS.d/S02networking': '->../init.d/networking',
    'etc/rcS.d/S03mountnfs.sh': '->../init.d/mountnfs.sh',
    'etc/rc3.d/S01ssh': '->../init.d/ssh',
    'etc/init.d/vmcontext.sh': old,
    'etc/rc2.d/S01vmcontext.sh': old,
    'etc/rc.local': '#!/bin/sh -e\nmount /dev/hdc /mnt\n. /mnt/init.sh\numount /mnt\nexit 0\n',
    'etc/mdev.conf': 'null root:root 666\n',
  },
  'systemd, with one-context': {
    ...common,
    'boot/vmlinuz': '',
    'usr/lib/systemd/systemd': '',
    'usr/lib/systemd/system/default.target': '->multi-user.target',
    'usr/lib/systemd/system/multi-user.target': '[Unit]\n',
    'usr/bin/cloud-init': '',
    'etc/hosts': '127.0.0.1 localhost\n192.168.0.5 web # one-contextd\n',
    ...links({...withSystemd, ...written.netplan}),
  },
  'OpenRC, with one-context': {
    ...common,
    'sbin/init': '->../bin/busybox',
    'bin/busybox': '',
    'sbin/openrc': '',
    ...links({...withOpenrc, ...written.interfaces}),
  },
}

/** What a later release has otherwise: other texts, and some files less. */
const first = {...payload}
const second = Object.fromEntries(
  Object.entries(first)
    .filter(([path]) => !/guestinfo|man5/.test(path))
    .map(([path, text]) => [path, `${text}# later\n`]),
)
function useRelease(texts: Readonly<Record<string, string>>): void {
  const carried = payload as Record<string, string>
  for (const path of Object.keys(carried)) delete carried[path]
  Object.assign(carried, texts)
}

/** Every so many changes there is one at which a run is killed. */
const stride = 9

for (const [name, files] of Object.entries(roots)) {
  test(name, async t => {
    const agents = [makeAgent(t), makeAgent(t, 'later')]
    const install = async (root: string, release: 0 | 1) => {
      useRelease([first, second][release]!)
      await runInstall(root, ['--take-over', '--yes'], {agent: agents[release]!})
    }
    const uninstall = (root: string) => runVmcontext('uninstall', '--yes', '--root', root)
    const bare = plant(t, files)
    const installed = copyOf(t, bare)
    await install(installed, 0)
    const upgraded = copyOf(t, installed)
    await install(upgraded, 1)
    const runs = [
      {name: 'install', from: bare, run: (root: string) => install(root, 0), to: installed, release: 0},
      {name: 'upgrade', from: installed, run: (root: string) => install(root, 1), to: upgraded, release: 1},
      {name: 'uninstall', from: installed, run: uninstall, to: installed, release: 0},
    ] as const
    for (const {name, from, run, to, release} of runs) {
      let [at, tried] = [0, 0]
      for (; ; at += stride, tried += 1) {
        const killed = await runUntil(t, from, at, run)
        if (killed === undefined) break
        const other = copyOf(t, killed)
        await install(killed, release)
        assert.equal(listTree(killed), listTree(to), `${name} killed at ${at}, installed again`)
        for (const root of [killed, other]) {
          await uninstall(root)
          assert.equal(listTree(root), listTree(bare), `${name} killed at ${at}, uninstalled`)
          rmSync(root, {recursive: true})
        }
      }
      assert.ok(tried >= 2, `${name}: killed at ${tried} points`)
    }
  })
}

function copyOf(t: TestContext, root: string): string {
  const copy = join(plant(t, {}), 'copy')
  execFileSync('cp', ['-a', root, copy])
  return copy
}

/** The tree as a run leaves it that is killed at a change; undefined if the run makes fewer. */
async function runUntil(
  t: TestContext,
  from: string,
  at: number,
  run: (root: string) => Promise<unknown>,
): Promise<string | undefined> {
  const root = copyOf(t, from)
  const snapshot = `${root}.killed`
  count = 0
  onChange = index => {
    if (index === at) execFileSync('cp', ['-a', root, snapshot])
  }
  try {
    await run(root)
  } finally {
    onChange = undefined
  }
  rmSync(root, {recursive: true})
  if (!existsSync(snapshot)) return undefined
  renameSync(snapshot, root)
  return root
}
