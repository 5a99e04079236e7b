import assert from 'node:assert/strict'
import {mkdirSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {acquireSource, type SourceRequest} from '../../src/source/acquire.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

// Mounting is tried in guests; here is what needs none. A regular file at /dev/NAME stands for a device.
const place: SourceRequest['place'] = {
  directory: '/nowhere',
  layout: '/nowhere',
  prepare: () => assert.fail('mounts'),
  cleanUp() {},
}
const request = {waitMs: 0, waitForDisc: false, place}

const states: [what: string, files: Record<string, string>, state: string][] = [
  ['a machine without block devices has no drive', {}, 'no drive'],
  ['a disk is no drive for a disc', {'sys/class/block/vda/size': '4096\n', 'dev/vda': 'data'}, 'no drive'],
  [
    'a CD drive with something else in it',
    {'sys/class/block/sr0/size': '8\n', 'dev/sr0': 'audio'},
    'no disc',
  ],
  ['a CD drive whose device node is missing', {'sys/class/block/sr0/size': '8\n'}, 'no disc'],
  [
    "a container that sees its host's drive",
    {
      'sys/class/block/sr0/size': '8\n',
      'sys/class/block/vda/size': '4096\n',
      'proc/1/environ': 'PATH=/\0container=lxc\0',
    },
    'no drive',
  ],
  ['an LXC guest', {'context/context.sh': 'A=1\n'}, 'found'],
  [
    "an LXC guest that sees its host's drive",
    {'context/context.sh': 'A=1\n', 'sys/class/block/sr0/size': '8\n'},
    'found',
  ],
  ['an LXC guest whose directory is empty of a context.sh', {'context/token.txt': 'x'}, 'unreadable'],
  ['an LXC guest whose context.sh is a directory', {'context/context.sh/x': ''}, 'unreadable'],
]

for (const [what, files, state] of states) {
  test(`${what}: ${state}`, async t => {
    const source = await acquireSource(openSystem(makeDirectory(t, files)), request)
    assert.equal(source.state, state)
  })
}

test('in a container nothing is waited for but what CONTEXT_WAIT says', async t => {
  const files = {'sys/class/block/sr0/size': '8\n', 'run/systemd/container': 'lxc\n'}
  // Waited for, this would not end.
  const waiting = {...request, waitMs: Number.POSITIVE_INFINITY}
  const source = await acquireSource(openSystem(makeDirectory(t, files)), waiting)
  assert.equal(source.state, 'no drive')
})

const links: [what: string, target: string, state: string][] = [
  ['a link to a file of the guest', '/srv/context.sh', 'found'],
  ['a link that leads nowhere', '/nowhere/at/all', 'unreadable'],
]
for (const [what, target, state] of links) {
  test(`a context.sh in /context that is ${what}: ${state}`, async t => {
    const root = makeDirectory(t, {'srv/context.sh': 'A=1\n'})
    mkdirSync(join(root, 'context'))
    symlinkSync(target, join(root, 'context/context.sh'))
    assert.equal((await acquireSource(openSystem(root), request)).state, state)
  })
}

test('an empty /context is none', async t => {
  const root = makeDirectory(t)
  mkdirSync(join(root, 'context'))
  assert.equal((await acquireSource(openSystem(root), request)).state, 'no drive')
})

test('a drive that cannot be read is told from one without a disc', async t => {
  const root = makeDirectory(t, {'sys/class/block/sr0/size': '8\n'})
  mkdirSync(join(root, 'dev/sr0'), {recursive: true})
  const source = await acquireSource(openSystem(root), request)
  assert.equal(source.state, 'unreadable')
  assert.match(source.problems[0]?.message ?? '', /sr0 cannot be read as a context: it is a directory/)
})

test('a TARGET that is no drive of this machine is named', async t => {
  const source = await acquireSource(openSystem(makeDirectory(t)), {...request, target: 'sdc'})
  assert.match(source.problems[0]?.message ?? '', /TARGET names sdc/)
})

const named: [what: string, path: (t: TestContext) => string, state: string, file?: string][] = [
  ['a directory', t => makeDirectory(t, {'context.sh': 'A=1'}), 'found', 'context.sh'],
  [
    'a file of variables',
    t => join(makeDirectory(t, {'my-context': 'A=1'}), 'my-context'),
    'found',
    'my-context',
  ],
  ['a directory without a context.sh', t => makeDirectory(t, {other: ''}), 'unreadable'],
  ['nothing', () => '/nowhere/at/all', 'unreadable'],
  ['a device that holds no file system', () => '/dev/zero', 'unreadable'],
]

for (const [what, path, state, file] of named) {
  test(`${what} that the caller names: ${state}`, async t => {
    const source = await acquireSource(openSystem(makeDirectory(t)), {...request, path: path(t)})
    assert.equal(source.state, state)
    if (source.state === 'found') assert.equal(source.contextFile, file)
    else assert.equal(source.problems.length, 1)
  })
}
