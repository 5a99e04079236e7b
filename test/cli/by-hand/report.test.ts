// What `vmcontext report` writes and says, and where it refuses.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {unpackEntries} from '../../../src/bundle/archive.ts'
import {start} from '../../../src/cli/start.ts'
import {runVmcontext} from '../../run-vmcontext.ts'
import {layOut, scenariosDirectory} from '../../scenario.ts'
import {makeDirectory} from '../../temporary.ts'
import {readTree} from '../../tree.ts'

const scenario = join(scenariosDirectory, 'keys', 'every-name')

function makeGuest(t: TestContext): {directory: string; options: string[]} {
  const directory = makeDirectory(t, {'root/nothing': ''})
  layOut(join(directory, 'root'), scenario)
  return {directory, options: ['--root', join(directory, 'root'), '--context', join(scenario, 'context')]}
}

test('report says what it has written', async t => {
  const {directory, options} = makeGuest(t)
  const bundle = join(directory, 'b.tgz')
  const {output, errors, exitCode} = await runVmcontext('report', '-o', bundle, ...options)
  const said = errors.replaceAll(directory, 'DIR').replace(/\d+ files, [\d.]+ \w+/, 'N files, SIZE')
  assert.equal(
    said.replaceAll(/\s+/g, ' '),
    'DIR/b.tgz: N files, SIZE, about DIR/root. There was no secret in what could be seen of the context. ' +
      'The plan made from it is the one that the guest makes. Look inside before you send it: tar tzf DIR/b.tgz ',
  )
  assert.equal(
    errors.split('\n').every(line => line.length <= 80 || line.includes(directory)),
    true,
  )
  assert.deepEqual([output, exitCode], ['', 0])
})

test('a bundle tells of each entry what it is, and each entry is what it tells', async t => {
  const {directory, options} = makeGuest(t)
  const bundle = join(directory, 'b.tgz')
  await runVmcontext('report', '-o', bundle, ...options)
  const files = await unpackEntries(readFileSync(bundle))
  const manifest = JSON.parse(files.get('manifest.json')!.toString())
  assert.deepEqual(Object.keys(manifest), [
    'version',
    'agent',
    'made',
    'guest',
    'plan',
    'masked',
    'leftOut',
    'notSeen',
    'entries',
  ])
  const told = manifest.entries.filter((entry: {link?: string}) => entry.link === undefined)
  assert.deepEqual(
    told.map(({name}: {name: string}) => name).sort(),
    [...files.keys()].filter(name => name !== 'manifest.json').sort(),
  )
  for (const {name, bytes, what} of told) {
    assert.equal(files.get(name)!.length, bytes)
    assert.equal(typeof what, 'string', `${name} is not told of`)
  }
})

test('report writes nothing on the guest, and takes the place of an older bundle', async t => {
  const {directory, options} = makeGuest(t)
  const root = join(directory, 'root')
  const before = readTree(root)
  const bundle = join(directory, 'b.tgz')
  await runVmcontext('report', '-o', bundle, ...options)
  await runVmcontext('report', '-o', bundle, ...options)
  assert.deepEqual(readTree(root), before)
  assert.equal(statSync(bundle).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(directory).sort(), ['b.tgz', 'root'])
})

const refusals: Record<string, {output: (directory: string) => string; code: number; message: RegExp}> = {
  'a directory': {output: directory => directory, code: 2, message: /is a directory; name a file in it/},
  'no directory': {
    output: directory => join(directory, 'no/b.tgz'),
    code: 3,
    message: /there is no such file/,
  },
  nothing: {output: () => '', code: 2, message: /the path is empty/},
}

for (const [what, {output, code, message}] of Object.entries(refusals)) {
  test(`report into ${what} is refused`, async t => {
    const {directory, options} = makeGuest(t)
    const run = await runVmcontext('report', '-o', output(directory), ...options)
    assert.match(run.errors.replaceAll(/\s+/g, ' '), message)
    assert.equal(run.exitCode, code)
  })
}

test('report takes the place of nothing but a plain file', async t => {
  const {directory, options} = makeGuest(t)
  const [link, pipe, victim] = ['link', 'pipe', 'victim'].map(name => join(directory, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(victim, 'kept')
  symlinkSync(victim, link)
  execFileSync('mkfifo', [pipe])
  for (const output of [link, pipe]) {
    const run = await runVmcontext('report', '-o', output, ...options)
    assert.match(run.errors.replaceAll(/\s+/g, ' '), /is no plain file; name a new one/)
    assert.equal(run.exitCode, 2)
  }
  assert.equal(readFileSync(victim, 'utf8'), 'kept')
  assert.deepEqual([lstatSync(link).isSymbolicLink(), lstatSync(pipe).isFIFO()], [true, true])
})

test('a full disk is told, and leaves nothing behind', async t => {
  const {options} = makeGuest(t)
  const said = {errors: ''}
  const exitCode = await runInto(['report', '-o', '-', ...options], said, () => {
    throw Object.assign(new Error(), {code: 'ENOSPC'})
  })
  assert.match(said.errors, /could not write the bundle: the disk is full/)
  assert.equal(exitCode, 3)
})

test('a bundle goes to standard output as it is, and not to a terminal', async t => {
  const {directory, options} = makeGuest(t)
  const chunks: Uint8Array[] = []
  const said = {errors: ''}
  const print = (text: string | Uint8Array) => {
    chunks.push(Buffer.from(text))
  }
  assert.equal(await runInto(['report', '-o', '-', ...options], said, print), 0)
  assert.equal((await unpackEntries(Buffer.concat(chunks))).has('plan.txt'), true)
  assert.equal(await runInto(['report', '-o', '-', ...options], said, print, true), 2)
  assert.match(said.errors, /no text for a terminal/)
  assert.equal(lstatSync(directory).isDirectory(), true)
})

async function runInto(
  args: readonly string[],
  said: {errors: string},
  print: (text: string | Uint8Array) => void,
  isTerminal = false,
): Promise<number> {
  const printError = (text: string) => {
    said.errors += text
  }
  const terminal = {args, environment: {}, isTerminal: () => isTerminal, columns: () => 80, print, printError}
  return start({...terminal, ask: () => undefined, onStop() {}} as never, '0.0.0')
}
