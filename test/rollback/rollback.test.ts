// Boots that are taken back: afterwards every file is byte for byte what it was, with its mode and owner, and the records
// say so too.

import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {runVmcontext} from '../run-vmcontext.ts'
import {compareTrees, readTree} from '../tree.ts'
import {makeSample, put, type Sample} from './sample.ts'

const state = 'var/lib/vmcontext'

function rollback({root}: Sample, ...args: string[]) {
  return runVmcontext('rollback', '--root', root, ...args)
}

function readRecord({root}: Sample, name: string) {
  return JSON.parse(readFileSync(join(root, state, name), 'utf8'))
}

test('the last run is taken back, then the one before it', async t => {
  const sample = makeSample(t)
  const clean = readTree(sample.root)
  await sample.boot('a')
  const [first, manifest] = [readTree(sample.root), readRecord(sample, 'manifest.json')]
  await sample.boot('b')
  assert.match(compareTrees(first, readTree(sample.root)), /^A srv\/made\/by\/cloud 0640 0:0$/m)

  const {exitCode, output} = await rollback(sample, '--yes')
  assert.equal(exitCode, 0, output)
  assert.equal(compareTrees(first, readTree(sample.root)), '')
  assert.deepEqual(readRecord(sample, 'manifest.json'), manifest)
  assert.ok(!existsSync(join(sample.root, 'srv')), 'directories that were made for a file go with it')
  assert.match(output, /^Taken back: \d files as before\.$/m)
  assert.match(output, /STEPS_OFF="network hostname time-zone/)

  assert.equal((await rollback(sample, '--yes')).exitCode, 0)
  assert.equal(compareTrees(clean, readTree(sample.root)), '')
  assert.deepEqual(readRecord(sample, 'manifest.json').files, {})
  assert.deepEqual(readdirSync(join(sample.root, state, 'kept')), [], 'no copy is left over')
  assert.match((await rollback(sample, '--yes')).output, /nothing to take back/)
})

test('a named run goes with all after it, and the next boot does it all again', async t => {
  const sample = makeSample(t)
  const clean = readTree(sample.root)
  await sample.boot('a')
  await sample.boot('b')
  const booted = readTree(sample.root)
  assert.equal((await rollback(sample, '1', '--yes')).exitCode, 0)
  assert.equal(compareTrees(clean, readTree(sample.root)), '')
  await sample.boot('b')
  assert.equal(compareTrees(booted, readTree(sample.root)), '')
  assert.deepEqual(
    readRecord(sample, 'history.json').runs.map(({id}: {id: number}) => id),
    [3],
  )
})

test('looking changes nothing, and nobody is there to say yes', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  const read = () => [
    readTree(sample.root),
    readTree(join(sample.root, state)),
    readTree(join(sample.root, 'run')),
  ]
  const before = read()
  const shown = await rollback(sample, '--dry-run')
  assert.match(shown.output, /^ +-one\n +\+debian$/m)
  assert.match(shown.output, /^Nothing was done\.$/m)
  assert.match(
    (await rollback(sample, '--list')).output,
    /^1 +\d{4}-\d\d-\d\d \d\d:\d\d +local and final +done$/m,
  )
  assert.equal((await rollback(sample)).exitCode, 2)
  assert.equal((await rollback(sample, '--json')).exitCode, 2)
  const unknown = await rollback(sample, '7', '--yes')
  assert.equal(unknown.exitCode, 2)
  assert.match(unknown.errors, /there is no run 7: on record are 1/)
  assert.deepEqual(read(), before)
})

test('a boot that changes nothing is not on record', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  const before = readFileSync(join(sample.root, state, 'history.json'))
  await sample.boot('a')
  assert.deepEqual(readFileSync(join(sample.root, state, 'history.json')), before)
})

test('what somebody has changed since stays, and does not stand in the way of older runs', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  await sample.boot('b')
  put(sample, 'etc/hosts', '127.0.0.1 mine\n')
  const {exitCode, output} = await rollback(sample, '--yes')
  assert.equal(exitCode, 1)
  assert.match(output, /leave \/etc\/hosts: somebody has changed this since/)
  assert.equal(readFileSync(join(sample.root, 'etc/hosts'), 'utf8'), '127.0.0.1 mine\n')
  assert.equal(readFileSync(join(sample.root, 'etc/hostname'), 'utf8'), 'one\n')
  const copy = /what stood there before is\s+\/(\S+)/.exec(output)?.[1] ?? ''
  assert.match(readFileSync(join(sample.root, copy), 'utf8'), /127\.0\.1\.1\tone/)
  assert.match((await rollback(sample, '--list')).output, /\/etc\/hosts \(left by a rollback\)/)
  await rollback(sample, '--yes')
  assert.equal(readFileSync(join(sample.root, 'etc/hostname'), 'utf8'), 'debian\n')
  assert.equal(readFileSync(join(sample.root, 'etc/hosts'), 'utf8'), '127.0.0.1 mine\n')
})

for (const [what, spoil] of [
  ['missing', (path: string) => rmSync(path)],
  ['damaged', (path: string) => writeFileSync(path, '127.0.0.1 evil\n')],
] as const) {
  test(`a copy that is ${what} costs its own file`, async t => {
    const sample = makeSample(t)
    await sample.boot('a')
    const {sha256} = readRecord(sample, 'history.json').runs[0].files['/etc/hosts'].before
    spoil(join(sample.root, state, 'kept', sha256))
    const {exitCode, output} = await rollback(sample, '--yes')
    assert.equal(exitCode, 1)
    assert.match(output, new RegExp(`leave /etc/hosts: the copy of what stood here before is ${what}`))
    assert.match(readFileSync(join(sample.root, 'etc/hosts'), 'utf8'), /one/)
    assert.equal(readFileSync(join(sample.root, 'etc/hostname'), 'utf8'), 'debian\n')
  })
}

test('a file whose mode alone has changed since gets its mode back too', async t => {
  const sample = makeSample(t)
  const clean = readTree(sample.root)
  await sample.boot('a')
  chmodSync(join(sample.root, 'etc/hosts'), 0o600)
  assert.match((await rollback(sample, '--dry-run')).output, /mode and owner 0600 0:42 become 0664 0:42/)
  await rollback(sample, '--yes')
  assert.equal(compareTrees(clean, readTree(sample.root)), '')
})

test('as JSON it says what was done, and a path with escapes harms no terminal', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  const value = JSON.parse((await rollback(sample, '--yes', '--json')).output)
  assert.equal(Object.keys(value)[0], 'version')
  assert.equal(value.outcome, 'done')
  assert.deepEqual(value.runs, [1])
  assert.ok(
    value.files.every(({isReturned, state}: Record<string, unknown>) => isReturned && state === 'return'),
  )
  put(sample, 'etc/hostname', '\x1b]0;evil\x07\n')
  await sample.boot('a')
  const {output} = await rollback(sample, '--dry-run')
  assert.match(output, /\+\\x1b\]0;evil\\x07/)
  assert.doesNotMatch(output, /\x1b/)
})

test('a history that is damaged is set aside by the next run, one of a later version is left alone', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  const path = join(sample.root, state, 'history.json')
  for (const text of ['{', '{"version":1,"next":2,"runs":[{"id":1}]}', '[]', 'null', '\xff']) {
    writeFileSync(path, text)
    const {exitCode, errors} = await rollback(sample, '--list')
    assert.equal(exitCode, 3, text)
    assert.match(errors, /history\.json: it is damaged/)
  }
  await sample.boot('b')
  assert.equal(readFileSync(`${path}.damaged`, 'utf8'), '\xff')
  assert.equal((await rollback(sample, '--yes')).exitCode, 0)
  assert.equal(readFileSync(join(sample.root, 'etc/hostname'), 'utf8'), 'one\n')

  writeFileSync(path, '{"version":2}')
  assert.match(await sample.boot('b'), /history\.json.*could not be kept.*version 2/s)
  assert.equal(readFileSync(path, 'utf8'), '{"version":2}')
  assert.match((await rollback(sample)).errors, /use the newer program/)
})

test('a hash in the history is no path', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  const history = readRecord(sample, 'history.json')
  history.runs[0].files['/etc/hosts'].before.sha256 = '../../../../etc/shadow'
  put(sample, `${state}/history.json`, JSON.stringify(history))
  assert.equal((await rollback(sample, '--yes')).exitCode, 3)
})

test('records that are damaged are told before and after', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  put(sample, `${state}/manifest.json`, '{')
  assert.match((await rollback(sample, '--dry-run')).output, /manifest\.json: this is damaged/)
  const {problems} = JSON.parse((await rollback(sample, '--yes', '--json')).output)
  assert.equal(problems[0].code, 'record-damaged')
  assert.equal(readFileSync(join(sample.root, state, 'manifest.json.damaged'), 'utf8'), '{')
})

test('network files that cannot all return stay as they are, and so does the rest', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  const booted = readTree(sample.root)
  mkdirSync(join(sample.root, 'etc/network/.interfaces.vmcontext-new'))
  const {exitCode, output} = await rollback(sample, '--yes')
  assert.equal(exitCode, 1)
  assert.match(output, /could not write \/etc\/network\/interfaces.*The rollback was taken back/s)
  assert.equal(compareTrees(booted, readTree(sample.root)), '')
  const log = readFileSync(join(sample.root, 'var/log/vmcontext.log'), 'utf8')
  assert.match(log, /rollback of 1 failed and was undone/)
  assert.doesNotMatch(log, /cut the guest off/)
  rmdirSync(join(sample.root, 'etc/network/.interfaces.vmcontext-new'))
  assert.equal((await rollback(sample, '--yes')).exitCode, 0)
})

test('a directory in the place of a file costs that file alone', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  rmSync(join(sample.root, 'etc/hosts'))
  mkdirSync(join(sample.root, 'etc/hosts'))
  const {exitCode, output} = await rollback(sample, '--yes')
  assert.equal(exitCode, 1)
  assert.match(output, /leave \/etc\/hosts: it cannot be read, or is a directory by now/)
  assert.equal(readFileSync(join(sample.root, 'etc/hostname'), 'utf8'), 'debian\n')
})
