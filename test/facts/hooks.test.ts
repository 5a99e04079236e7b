import assert from 'node:assert/strict'
import {chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {readHooks} from '../../src/facts/hooks.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot} from '../tools.ts'

function makeHooks(t: TestContext, files: Record<string, number>) {
  const root = makeDirectory(t)
  const directory = join(root, 'etc/vmcontext.d/local')
  mkdirSync(directory, {recursive: true})
  for (const [name, mode] of Object.entries(files)) {
    writeFileSync(join(directory, name), '')
    chmodSync(join(directory, name), mode)
  }
  const look = () => {
    const {hooks, problems} = readHooks(openSystem(root)).local
    return {
      names: hooks.map(({name}) => name),
      problems: problems.map(({code, message}) => `${code}: ${message}`),
    }
  }
  return {directory, look}
}

test('without the directories there are none', t => {
  const none = {hooks: [], problems: []}
  assert.deepEqual(readHooks(openSystem(makeDirectory(t))), {local: none, final: none})
})

test('they come in the order of bytes', t => {
  if (!requireRoot(t)) return
  const hooks = makeHooks(t, {b: 0o755, '10-x.sh': 0o755, '9-x': 0o700, B: 0o755, _: 0o755})
  assert.deepEqual(hooks.look(), {
    names: ['local/10-x.sh', 'local/9-x', 'local/B', 'local/_', 'local/b'],
    problems: [],
  })
})

const passedOver: [name: string, mode: number, reason: RegExp][] = [
  ['10-x~', 0o755, /copy that was left behind/],
  ['10-x.bak', 0o755, /copy that was left behind/],
  ['10-x.dpkg-old', 0o755, /copy that was left behind/],
  ['10-x.ucf-dist', 0o755, /copy that was left behind/],
  ['10-x.rpmsave', 0o755, /copy that was left behind/],
  ['10 x', 0o755, /other characters/],
  ['README', 0o644, /not executable/],
]

for (const [name, mode, reason] of passedOver) {
  test(`${name} with mode ${mode.toString(8)} is passed over with a note`, t => {
    if (!requireRoot(t)) return
    const {names, problems} = makeHooks(t, {[name]: mode}).look()
    assert.deepEqual([names, problems.length], [[], 1])
    assert.match(problems.join(), /^hook-passed-over/)
    assert.match(problems.join(), reason)
  })
}

const refused: [what: string, change: (path: string, directory: string) => void, reason: RegExp][] = [
  ['that others can write', path => chmodSync(path, 0o757), /can be written by others than root/],
  ['that a group can write', path => chmodSync(path, 0o775), /can be written by others than root/],
  ['of somebody else', path => chownSync(path, 1000, 0), /belongs to the user 1000/],
  [
    'in a directory that others can write',
    (_, directory) => chmodSync(directory, 0o1777),
    /none of its hooks/,
  ],
  ['in a directory of somebody else', (_, directory) => chownSync(directory, 1000, 0), /none of its hooks/],
  ['below one', (_, directory) => chmodSync(join(directory, '..'), 0o777), /vmcontext\.d can be written/],
]

for (const [what, change, reason] of refused) {
  test(`a hook ${what} is refused`, t => {
    if (!requireRoot(t)) return
    const hooks = makeHooks(t, {'10-x': 0o755})
    change(join(hooks.directory, '10-x'), hooks.directory)
    const {names, problems} = hooks.look()
    assert.deepEqual([names, problems.length], [[], 1])
    assert.match(problems.join(), /^hook-refused/)
    assert.match(problems.join(), reason)
  })
}

test('a link is refused, one to /dev/null switches a hook off', t => {
  if (!requireRoot(t)) return
  const hooks = makeHooks(t, {'30-x': 0o755})
  symlinkSync('/bin/true', join(hooks.directory, '10-x'))
  symlinkSync('/dev/null', join(hooks.directory, '20-x'))
  const {names, problems} = hooks.look()
  assert.deepEqual(names, ['local/30-x'])
  assert.match(problems.join('\n'), /^hook-refused: this hook is no regular file/)
  assert.equal(problems.length, 1)
})
