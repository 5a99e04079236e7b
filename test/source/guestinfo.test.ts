import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {acquireSource} from '../../src/source/acquire.ts'
import {readDisc} from '../../src/source/read-disc.ts'
import {type Command, type CommandResult, runCommand} from '../../src/system/commands.ts'
import {openSystem, type System} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

/** The driver's base64: a line break after every 60 characters. */
const encode = (text: string) =>
  Buffer.from(text)
    .toString('base64')
    .replace(/.{1,60}/g, '$&\n')
const file = (name: string, text: string) => `${name}\n${encode(text)}`
const context = 'guestinfo.opennebula.context'
const fileKey = (number: number) => `guestinfo.opennebula.file.${number}`
const layout = '/run/vmcontext/guestinfo'

const vmware = {'sys/class/dmi/id/sys_vendor': 'VMware, Inc.\n'}
const tool = {'usr/bin/vmtoolsd': ''}

type Answer = string | Partial<CommandResult>

/** A machine of VMware's whose hypervisor answers as vmtoolsd tells it (services/vmtoolsd/cmdLine.c). */
function makeMachine(t: TestContext, answers: Record<string, Answer>, files: Record<string, string> = {}) {
  const root = makeDirectory(t, {...vmware, ...tool, ...files})
  const asked: string[] = []
  const run = async ({argv}: Command): Promise<CommandResult> => {
    asked.push(argv.join(' '))
    const answer = answers[argv.at(-1)!.replace('info-get ', '')]
    if (answer === undefined) return {ended: 'exited', exitCode: 1, output: 'No value found\n'}
    if (typeof answer !== 'string') return {ended: 'exited', exitCode: 1, output: '', ...answer}
    return {ended: 'exited', exitCode: 0, output: '', value: Buffer.from(`${answer}\n`)}
  }
  const system: System = {...openSystem(root), live: true, run}
  const place = {directory: '/nowhere', layout, prepare: () => assert.fail('mounts'), cleanUp() {}}
  const acquire = () => acquireSource(system, {waitMs: 0, waitForDisc: false, place})
  return {root, asked, acquire, directory: join(root, layout)}
}

test('a context in guestinfo is found with its files, and nobody but root can read them', async t => {
  const answers = {
    [context]: encode("HOSTNAME='web'\nPASSWORD='hunter2'\n"),
    [fileKey(0)]: file('init.sh', `#!/bin/sh\n${'# long\n'.repeat(100)}`),
    [fileKey(1)]: file('clé.pub', 'ssh-rsa\n'),
    [fileKey(3)]: file('behind-a-gap', ''),
  }
  const {acquire, directory, asked} = makeMachine(t, answers)
  const source = await acquire()
  assert.ok(source.state === 'found')
  assert.deepEqual([source.recognition, source.directory, source.problems], ['VMware', layout, []])
  assert.equal(readDisc(source).disc?.variables.get('HOSTNAME')?.value, 'web')
  assert.deepEqual(readdirSync(directory).sort(), ['clé.pub', 'context.sh', 'init.sh'])
  assert.equal(readFileSync(join(directory, 'clé.pub'), 'utf8'), 'ssh-rsa\n')
  assert.equal(statSync(directory).mode & 0o777, 0o700)
  for (const name of readdirSync(directory)) assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600)
  assert.equal(asked[0], `/usr/bin/vmtoolsd --cmd info-get ${context}`)
  assert.equal(asked.length, 4)
  await source.release()
  await source.release()
  assert.ok(!existsSync(directory))
})

const none: [what: string, answers: Record<string, Answer>][] = [
  ['no such key', {}],
  ['a key that was emptied', {[context]: ''}],
  ['a program that sees no VMware', {[context]: {exitCode: 1, output: ''}}],
]
for (const [what, answers] of none) {
  test(`${what} is no context`, async t => {
    const {acquire, directory} = makeMachine(t, answers)
    assert.equal((await acquire()).state, 'no drive')
    assert.ok(!existsSync(directory))
  })
}

const unreadable: [what: string, answers: Record<string, Answer>, cause: RegExp][] = [
  ['garbage', {[context]: 'HOSTNAME=web'}, /context: it is not base64/],
  ['base64 that was cut', {[context]: encode('HOSTNAME=web').slice(0, -3)}, /it is not base64/],
  ['a value without an end', {[context]: {exitCode: 0}}, /larger than 16 MiB/],
  [
    'a hypervisor that refuses',
    {[context]: {output: 'Permission denied\n'}},
    /vmtoolsd exited with 1: Permission denied/,
  ],
  ['a program that hangs', {[context]: {ended: 'timed out'}}, /did not end in time and was killed/],
  [
    'a program without its libraries',
    {[context]: {exitCode: 127, output: 'vmtoolsd: error while loading shared libraries\n'}},
    /exited with 127/,
  ],
  [
    'a file that cannot be asked for',
    {[context]: encode('A=1'), [fileKey(0)]: file('a', ''), [fileKey(1)]: {ended: 'timed out'}},
    /guestinfo\.opennebula\.file\.1 cannot be read/,
  ],
]
for (const [what, answers, cause] of unreadable) {
  test(`${what} is a context that cannot be read`, async t => {
    const {acquire, directory} = makeMachine(t, answers)
    const source = await acquire()
    assert.equal(source.state, 'unreadable')
    assert.match(source.problems[0]!.message, cause)
    assert.ok(!existsSync(directory))
  })
}

const bad: [what: string, value: string, message: RegExp][] = [
  ['a name that leads out', file('../../../etc/cron.d/x', 'x'), /cannot be the name of a file/],
  ['an absolute name', file('/etc/passwd', 'x'), /cannot be the name of a file/],
  ['a name that is a directory', file('..', 'x'), /cannot be the name of a file/],
  ['a name that says terminal what to do', file('\x1b[2J', 'x'), /"\\u001b\[2J" cannot be the name/],
  ['a name without an end', file('x'.repeat(201), 'x'), /cannot be the name of a file/],
  ['the name of the context itself', file('context.sh', 'HOSTNAME=evil'), /cannot be called context\.sh/],
  ['a name that another one has', file('good', 'other'), /two files called "good"; the first is taken/],
  ['what is not base64', 'notes\n<html>', /"notes" is not base64/],
]
for (const [what, value, message] of bad) {
  test(`a file with ${what} costs itself, and the others are there`, async t => {
    const answers = {
      [context]: encode('HOSTNAME=web\n'),
      [fileKey(0)]: file('good', 'good'),
      [fileKey(1)]: value,
      [fileKey(2)]: file('other', 'other'),
    }
    const {acquire, root, directory} = makeMachine(t, answers)
    const source = await acquire()
    assert.ok(source.state === 'found')
    assert.equal(source.problems.length, 1)
    assert.equal(source.problems[0]!.key, fileKey(1))
    assert.match(source.problems[0]!.message, message)
    assert.deepEqual(readdirSync(directory).sort(), ['context.sh', 'good', 'other'])
    assert.equal(readFileSync(join(directory, 'good'), 'utf8'), 'good')
    assert.equal(readDisc(source).disc?.variables.get('HOSTNAME')?.value, 'web')
    assert.equal(readDisc(source).disc?.lacksFiles, true)
    assert.ok(!existsSync(join(root, 'etc')))
  })
}

test('files without an end end', async t => {
  const all = Array.from({length: 100}, (_, number) => [fileKey(number), file(`f${number}`, '')])
  const {acquire, directory} = makeMachine(t, {[context]: encode('A=1\n'), ...Object.fromEntries(all)})
  const source = await acquire()
  assert.match(source.problems[0]!.message, /only the first 64 files are taken/)
  assert.equal(readdirSync(directory).length, 65)
})

test('what a run that was killed left behind is not part of the next', async t => {
  const left = {'run/vmcontext/guestinfo/old.sh': 'old'}
  const {acquire, directory} = makeMachine(t, {[context]: encode('A=1\n')}, left)
  await acquire()
  assert.deepEqual(readdirSync(directory), ['context.sh'])
})

test('where it cannot be laid out it says why', async t => {
  const {acquire} = makeMachine(t, {[context]: encode('A=1\n')}, {'run/vmcontext': 'a file'})
  const source = await acquire()
  assert.equal(source.state, 'unreadable')
  assert.match(source.problems[0]!.message, /could not create the directory/)
})

const nobodyAsks: [what: string, files: Record<string, string>][] = [
  ['on another hypervisor', {'sys/class/dmi/id/sys_vendor': 'QEMU\n'}],
  ['where /context is there', {'context/context.sh': 'A=1\n'}],
]
for (const [what, files] of nobodyAsks) {
  test(`${what} no process is started`, async t => {
    const {acquire, asked} = makeMachine(t, {[context]: encode('A=1\n')}, files)
    await acquire()
    assert.deepEqual(asked, [])
  })
}

test('on an image tree nobody is asked', async t => {
  const root = makeDirectory(t, {...vmware, ...tool})
  const system: System = {...openSystem(root), run: () => assert.fail('asks')}
  const place = {directory: '/nowhere', layout, prepare() {}, cleanUp() {}}
  assert.equal((await acquireSource(system, {waitMs: 0, waitForDisc: false, place})).state, 'no drive')
})

test('vmware-rpctool is asked where vmtoolsd is missing', async t => {
  const root = makeDirectory(t, {...vmware, 'usr/bin/vmware-rpctool': ''})
  const asked: string[] = []
  const run = async ({argv}: Command): Promise<CommandResult> => {
    asked.push(argv.join(' '))
    return {ended: 'exited', exitCode: 1, output: 'No value found\n'}
  }
  const place = {directory: '/nowhere', layout, prepare() {}, cleanUp() {}}
  await acquireSource({...openSystem(root), live: true, run}, {waitMs: 0, waitForDisc: false, place})
  assert.deepEqual(asked, [`/usr/bin/vmware-rpctool info-get ${context}`])
})

test('a large context comes whole through the output of a program', async () => {
  const script = 'head -c 3000000 /dev/zero | tr "\\0" x; echo noise >&2'
  const {value, output} = await runCommand({
    argv: ['sh', '-c', script],
    timeoutMs: 20_000,
    valueLimit: 3_000_000,
  })
  assert.equal(value?.length, 3_000_000)
  assert.equal(output, 'noise\n')
})

test('one that is too large is none, not a part of it', async () => {
  const argv = ['sh', '-c', 'head -c 3000000 /dev/zero'] as const
  const {value, exitCode} = await runCommand({argv, timeoutMs: 20_000, valueLimit: 2_999_999})
  assert.deepEqual([value, exitCode], [undefined, 0])
})
