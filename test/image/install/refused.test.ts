// Roots that the agent cannot be put into: what is said, and that nothing has changed.

import assert from 'node:assert/strict'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {takeImageLock} from '../../../src/image/lock.ts'
import {openSystem} from '../../../src/system/system.ts'
import {libraries, listTree, makeAgent, makeProgram, plant, runInstall, type TreeFiles} from './tree.ts'

const init = {
  'etc/hostname': 'image\n',
  'sbin/init': '->../usr/lib/systemd/systemd',
  'usr/lib/systemd/systemd': '',
}

const roots: readonly [name: string, files: TreeFiles, says: RegExp, exitCode: number][] = [
  ['no /etc', {'usr/x': ''}, /no root file system: there is no \/etc/, 2],
  ['an /etc that leads out', {'bin/sh': makeProgram('x64'), etc: '->/nowhere-else'}, /there is no \/etc/, 2],
  ['nothing that boots', {...libraries, 'etc/hostname': ''}, /there is no \/sbin\/init/, 2],
  [
    'another architecture',
    {...init, ...libraries, 'bin/sh': makeProgram('arm64')},
    /built for arm64, this vmcontext for x64 \(take the vmcontext for arm64\)/,
    2,
  ],
  [
    'musl',
    {...init, 'bin/sh': makeProgram('x64'), 'lib/ld-musl-x86_64.so.1': ''},
    /musl instead of the GNU C library.*portable/,
    2,
  ],
  [
    'an old glibc',
    {...init, ...libraries, 'lib64/libc.so.6': 'GNU C Library stable release version 2.17, by Roland'},
    /GNU C library of this root is 2\.17; 2\.28 is needed.*portable/,
    2,
  ],
  [
    'an old libstdc++',
    {...init, ...libraries, 'lib64/libstdc++.so.6': 'GLIBCXX_3.4.20\0'},
    /libstdc\+\+ of this root is too old.*portable/,
    2,
  ],
  [
    'a directory in the way',
    {...init, ...libraries, 'etc/udev/rules.d/70-vmcontext.rules/x': '', 'usr/lib/udev/rules.d/x': ''},
    /70-vmcontext\.rules is no file/,
    3,
  ],
]

for (const [name, files, says, code] of roots) {
  test(name, async t => {
    const root = plant(t, files)
    const before = listTree(root)
    const {exitCode, errors} = await runInstall(root, [], {agent: makeAgent(t)})
    assert.match(errors, says)
    assert.equal(exitCode, code)
    assert.equal(listTree(root), before)
  })
}

test('no program to install: run from the sources, it has to be built', async t => {
  const root = plant(t, init, libraries)
  const {exitCode, errors} = await runInstall(root, [], {agent: join(root, 'none')})
  assert.match(errors, /npm run build makes it/)
  assert.equal(exitCode, 3)
})

test('the portable form brings its own libraries: musl is fine', async t => {
  const root = plant(t, init, {'bin/sh': makeProgram('x64'), 'lib/ld-musl-x86_64.so.1': ''})
  const portable = plant(t, {
    'bin/x': '',
    vmcontext: '#!/bin/sh\n',
    'vmcontext.bin': makeProgram('x64'),
    'lib/libc.so.6': 'c',
    'licences/COPYING': 'text',
  })
  const {exitCode, errors} = await runInstall(root, [], {
    agent: '',
    environment: {VMCONTEXT_PORTABLE: portable},
  })
  assert.equal(errors, '')
  const tree = listTree(root)
  assert.match(tree, /^\.\/usr\/lib\/vmcontext\/portable\/lib\/libc\.so\.6 f 644/m)
  assert.match(tree, /^\.\/usr\/sbin\/vmcontext f 755/m)
  assert.equal(exitCode, 1, 'this tree has no default.target, and that is said')
})

test('another install at work on the same root', async t => {
  const root = plant(t, init, libraries)
  const release = takeImageLock(openSystem(root))
  const {exitCode, errors} = await runInstall(root, [], {agent: makeAgent(t)})
  release()
  assert.match(errors, /another vmcontext is at work/)
  assert.equal(exitCode, 3)
})

test('a root that is a directory and nothing else is not touched', async t => {
  const root = plant(t, {})
  mkdirSync(join(root, 'etc'))
  const {exitCode} = await runInstall(root, [], {agent: makeAgent(t)})
  assert.equal(exitCode, 2)
})
