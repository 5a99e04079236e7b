// The history of runs: how long it gets, what it refers to, and that it costs nothing where nothing changes.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {readHistory} from '../../src/report/history.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeSample, put, type Sample} from '../rollback/sample.ts'
import {requireBinary, requireTool} from '../tools.ts'

const state = 'var/lib/vmcontext'

function read({root}: Sample) {
  return JSON.parse(readFileSync(join(root, state, 'history.json'), 'utf8'))
}

test('the latest twenty runs are kept, and no copy that nothing refers to', async t => {
  const sample = makeSample(t)
  const copies = () => readdirSync(join(sample.root, state, 'kept'))
  for (let count = 1; count <= 24; count += 1) {
    writeFileSync(join(sample.directory, 'a/context.sh'), `SET_HOSTNAME="name${count}"\n`)
    await sample.boot('a')
  }
  const {runs, next} = read(sample)
  assert.deepEqual([runs.length, runs[0].id, runs.at(-1).id, next], [20, 5, 24, 25])
  const records = ['history.json', 'manifest.json'].map(name =>
    readFileSync(join(sample.root, state, name), 'utf8'),
  )
  for (const name of copies())
    assert.ok(
      records.some(text => text.includes(name)),
      `${name} is referred to`,
    )
  for (const {files} of runs)
    for (const {before} of Object.values<{before: {sha256: string}}>(files))
      assert.ok(copies().includes(before.sha256), 'what can be taken back is there')
  const {previous} = JSON.parse(records[1]!).files['/etc/hostname']
  assert.ok(copies().includes(previous.sha256), 'the first copy stays for good')
})

test('it is for root alone', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  assert.equal(statSync(join(sample.root, state, 'history.json')).mode & 0o7777, 0o600)
})

test('what the run did besides is on record in words, without secrets', async t => {
  const sample = makeSample(t)
  const lines = ['SET_HOSTNAME="web"', 'USERNAME="joe"', 'PASSWORD="hunter2-of-the-cloud"']
  put(sample, '../a/context.sh', `${lines.join('\n')}\n`)
  await sample.boot('a')
  const text = readFileSync(join(sample.root, state, 'history.json'), 'utf8')
  assert.doesNotMatch(text, /hunter2/)
  assert.ok(Array.isArray(read(sample).runs[0].stays))
})

test('a boot that changes nothing neither reads nor writes it', async t => {
  const binary = requireTool(t, 'strace') ? requireBinary(t) : undefined
  if (binary === undefined) return
  const sample = makeSample(t)
  await sample.boot('a')
  const trace = join(sample.directory, 'trace')
  const strace = [
    '-f',
    '-qq',
    '-e',
    'trace=file,openat,rename',
    '-o',
    trace,
    binary,
    ...sample.bootArguments('a'),
  ]
  assert.equal(spawnSync('strace', strace, {encoding: 'utf8'}).status, 0)
  const calls = readFileSync(trace, 'utf8')
  assert.ok(calls.includes('manifest.json'))
  assert.ok(!calls.includes('history.json'))
})

test('without a history there is nothing to take back, and the next run begins one', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  rmSync(join(sample.root, state, 'history.json'))
  await sample.boot('a')
  assert.ok(!existsSync(join(sample.root, state, 'history.json')))
  await sample.boot('b')
  assert.equal(read(sample).runs[0].id, 1)
})

test('a run that failed to change a file does not say that it did', async t => {
  const sample = makeSample(t)
  rmSync(join(sample.root, 'etc/hostname'))
  symlinkSync('/nowhere/name', join(sample.root, 'etc/hostname'))
  put(sample, '../a/context.sh', 'SET_HOSTNAME="web"\nMAC_PREFIX="0a:0b"\n')
  assert.match(await sample.boot('a'), /could not write \/etc\/hostname/)
  assert.deepEqual(Object.keys(read(sample).runs[0].files), ['/etc/hosts'])
})

type Spoil = (run: ReturnType<typeof read>['runs'][0], history: ReturnType<typeof read>) => void
const hosts = '/etc/hosts'
const spoils: Record<string, Spoil> = {
  'a directory that is no path': run => Object.assign(run.files[hosts], {missing: [5]}),
  'a directory above the guest': run => Object.assign(run.files[hosts], {missing: ['/../..']}),
  'a path that climbs': run => Object.assign(run.files, {'/srv/../etc/hosts': run.files[hosts]}),
  'a copy without a mode': run => delete run.files[hosts].before.mode,
  'an owner that is no number': run => Object.assign(run.files[hosts].before, {uid: -7}),
  'an unknown step': run => Object.assign(run.files[hosts], {step: 'constructor'}),
  'an entry that is not of the manifest': run => Object.assign(run.files[hosts], {owned: {x: 1}}),
  'a line of /etc/hosts that is none': run => run.hosts.push(5),
  'a NIC that is none': run => Object.assign(run.nics, {mac: 5}),
  'a network without names': run => Object.assign(run, {network: {nics: [{}]}}),
  'words that are none': run => run.stays.push({}),
  'two runs of one number': (run, history) => history.runs.push(run),
  'a counter that begins anew': (_run, history) => Object.assign(history, {next: 1}),
}

test('a history with a single odd value is not relied upon', async t => {
  const sample = makeSample(t)
  await sample.boot('a')
  assert.equal(readHistory(openSystem(sample.root)).runs.length, 1)
  for (const [what, spoil] of Object.entries(spoils)) {
    const history = read(sample)
    spoil(history.runs[0], history)
    const text = JSON.stringify(history)
    assert.throws(() => readHistory(openSpoilt(sample, text)), /it is damaged/, what)
  }
})

function openSpoilt(sample: Sample, text: string) {
  const system = openSystem(sample.root)
  return {...system, files: {...system.files, readText: () => text}}
}
