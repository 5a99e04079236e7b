// Killed, or with a disk that is full, at any change: a boot leaves a history that is true, and a rollback is ended by
// the next one.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {killAt} from '../strace.ts'
import {requireBinary, requireRoot, requireTool} from '../tools.ts'
import {compareTrees, readTree, type Tree} from '../tree.ts'
import {makeSample, type Sample} from './sample.ts'

/** Those that change what others see; between two of them there is nothing to be cut short. */
const calls = ['rename', 'mkdir', 'unlink', 'symlink', 'rmdir']

function require(t: TestContext): string | undefined {
  return requireRoot(t) && requireTool(t, 'strace') ? requireBinary(t) : undefined
}

function run(binary: string, args: readonly string[], wrapper: readonly string[] = []) {
  const [program, ...rest] = [...wrapper, binary, ...args]
  return spawnSync(program!, rest, {encoding: 'utf8', timeout: 60_000})
}

function readHistory({root}: Sample): {runs: {id: number; outcome?: string}[]} {
  const path = join(root, 'var/lib/vmcontext/history.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {runs: []}
}

/** What a killed run leaves beside a file is replaced by the next one that writes it. */
function withoutTemporary(tree: Tree): Tree {
  return new Map([...tree].filter(([path]) => !path.includes('.vmcontext-new')))
}

/** A guest that has booted with the first context. */
async function makeBooted(t: TestContext): Promise<{sample: Sample; first: Tree}> {
  const sample = makeSample(t)
  await sample.boot('a')
  return {sample, first: readTree(sample.root)}
}

test('a boot that is killed at any change can be taken back', {timeout: 300_000}, async t => {
  const binary = require(t)
  if (binary === undefined) return
  let points = 0
  for (const call of calls) {
    for (let count = 1; ; count += 1) {
      const {sample, first} = await makeBooted(t)
      const {signal, status} = run(binary, sample.bootArguments('b'), killAt(call, count))
      if (signal === null && status === 0) break
      points += 1
      // Of two a person does one: takes it back as it is, or has the next boot complete it first.
      if (count % 2 === 0) assert.equal(run(binary, sample.bootArguments('b')).status, 0)
      const isOnRecord = readHistory(sample).runs.some(({id}) => id === 2)
      if (isOnRecord) {
        const {stdout, status} = run(binary, ['rollback', '2', '--root', sample.root, '--yes'])
        assert.equal(status, 0, `after a kill at ${call} ${count}:\n${stdout}`)
        assert.ok(
          !readHistory(sample).runs.some(({id}) => id > 1),
          'one run is one, however often it was begun',
        )
      }
      const difference = compareTrees(first, withoutTemporary(readTree(sample.root)))
      assert.equal(difference, '', `after a kill at ${call} ${count}`)
    }
  }
  t.diagnostic(`killed at ${points} points`)
  assert.ok(points > 10, `only ${points} points were tried`)
})

const disturbances: [what: string, wrap: (call: string, count: number) => string[], calls: string[]][] = [
  ['killed', killAt, ['rename', 'unlink', 'symlink', 'rmdir']],
  ['without space', noSpaceAt, ['fsync']],
]

function noSpaceAt(call: string, count: number): string[] {
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `inject=${call}:error=ENOSPC:when=${count}`]
}

for (const [what, wrap, names] of disturbances) {
  test(`a rollback that is ${what} at any change is ended by the next one`, {timeout: 300_000}, async t => {
    const binary = require(t)
    if (binary === undefined) return
    let points = 0
    for (const call of names) {
      for (let count = 1; ; count += 1) {
        const {sample, first} = await makeBooted(t)
        await sample.boot('b')
        const args = ['rollback', '2', '--root', sample.root, '--yes']
        const {status} = run(binary, args, wrap(call, count))
        if (status === 0) break
        points += 1
        // Once the history has forgotten the run it is over.
        if (readHistory(sample).runs.some(({id}) => id === 2)) {
          const {stdout, stderr, status} = run(binary, args)
          assert.equal(status, 0, `after ${call} ${count}:\n${stdout}${stderr}`)
        }
        const difference = compareTrees(first, withoutTemporary(readTree(sample.root)))
        assert.equal(difference, '', `after ${call} ${count}`)
        if (count % 3 !== 1) continue
        const plan = run(binary, ['plan', '--check', ...sample.bootArguments('a').slice(1)])
        assert.equal(plan.status, 0, `the next plan after ${call} ${count}:\n${plan.stdout}`)
      }
    }
    t.diagnostic(`disturbed at ${points} points`)
    assert.ok(points > 3, `only ${points} points were tried`)
  })
}
