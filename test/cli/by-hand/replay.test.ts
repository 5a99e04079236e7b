// What `vmcontext replay` makes of bundles, and of what is none.

import assert from 'node:assert/strict'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {gunzipSync, gzipSync} from 'node:zlib'
import {pack as createPack} from 'tar-stream'
import {packEntries, unpackEntries} from '../../../src/bundle/archive.ts'
import {runVmcontext} from '../../run-vmcontext.ts'
import {layOut, readBootOptions, scenariosDirectory} from '../../scenario.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'
import {readTree} from '../../tree.ts'

const scenario = join(scenariosDirectory, 'manual-2.2', 'debian-12')

async function makeBundle(t: TestContext): Promise<{directory: string; bundle: string; options: string[]}> {
  const directory = makeDirectory(t, {'root/nothing': ''})
  layOut(join(directory, 'root'), scenario)
  const bundle = join(directory, 'bundle.tar.gz')
  const options = ['--root', join(directory, 'root'), ...readBootOptions(scenario)]
  const {exitCode, errors} = await runVmcontext('report', '-o', bundle, ...options)
  assert.equal(exitCode, 0, errors)
  return {directory, bundle, options}
}

test('replay prints the plan as it was printed there, as JSON too', async t => {
  const {bundle, options} = await makeBundle(t)
  assert.equal((await runVmcontext('replay', bundle)).output, (await runVmcontext('plan', ...options)).output)
  const [there, here] = [
    await runVmcontext('plan', '--json', ...options),
    await runVmcontext('replay', '--json', bundle),
  ]
  assert.equal(here.output, there.output)
  assert.equal(JSON.parse(here.output).version, 1)
})

test('replay --check shows where the plan is another one', async t => {
  const {directory, bundle} = await makeBundle(t)
  const files = await unpackEntries(readFileSync(bundle))
  const changed = [...files].map(([name, bytes]) => ({
    name,
    bytes:
      name === 'context/context.sh'
        ? Buffer.from(bytes.toString().replaceAll('192.168.0.', '192.168.7.'))
        : bytes,
  }))
  const other = join(directory, 'other.tar.gz')
  writeFileSync(other, await packEntries(changed, new Date(0)))
  const check = await runVmcontext('replay', '--check', other)
  assert.equal(check.exitCode, 1)
  assert.match(check.output, /^-.*192\.168\.0\./m)
  assert.match(check.output, /^\+.*192\.168\.7\./m)
})

test('what is extracted is a scenario: it plans the same, and boots to the same', async t => {
  if (!requireRoot(t)) return
  const {directory, bundle, options} = await makeBundle(t)
  const extracted = join(directory, 'case')
  const run = await runVmcontext('replay', bundle, '--extract', extracted)
  assert.equal(run.exitCode, 0, run.errors)
  assert.deepEqual(readdirSync(extracted).sort(), ['context', 'links', 'root'])
  const guest = ['--root', join(extracted, 'root'), ...readBootOptions(extracted)]
  const plan = await runVmcontext('plan', ...guest)
  const wanted = (await runVmcontext('plan', ...options)).output
  const relative = (text: string) =>
    text.replaceAll(extracted, '').replaceAll(join(directory, 'root'), '/root').replaceAll(scenario, '')
  assert.equal(relative(plan.output).replaceAll(/\s+/g, ' '), relative(wanted).replaceAll(/\s+/g, ' '))
  await runVmcontext('boot', ...guest)
  await runVmcontext('boot', ...options)
  const expected = readTree(join(scenario, 'expected'))
  const [there, here] = [readTree(join(directory, 'root')), readTree(join(extracted, 'root'))]
  assert.equal(expected.size > 0, true)
  // Who somebody is, and since when there is a password, is not told.
  const others = [...expected.keys()].filter(path => !/^etc\/(passwd|shadow)$/.test(path))
  for (const path of others) assert.deepEqual(here.get(path), there.get(path), path)
  const again = await runVmcontext('replay', bundle, '--extract', extracted)
  assert.match(again.errors, /exists already/)
  assert.equal(again.exitCode, 2)
})

const plain = (name: string, text: string, more: object = {}) => ({name, bytes: Buffer.from(text), ...more})
const answers = (more: object) =>
  JSON.stringify({
    version: 1,
    root: '/',
    live: true,
    overrides: [],
    answers: [],
    files: {},
    context: {},
    ...more,
  })
const status = (mode: number) => ({mode, uid: 0, gid: 0, size: 1, rdev: 0})
const found = {
  state: 'found',
  recognition: 'named',
  origin: '/c',
  directory: '/c',
  contextFile: 'x',
  problems: [],
}
const packed = (...entries: Parameters<typeof packEntries>[0]) => packEntries(entries, new Date(0))

const bad: Record<string, {bytes: () => Promise<Buffer> | Buffer; message: RegExp}> = {
  'an empty file': {bytes: () => Buffer.alloc(0), message: /no whole gzip file/},
  'a text': {bytes: () => Buffer.from('hello'), message: /no whole gzip file/},
  'a bundle that was cut': {
    bytes: async () => (await packed(plain('answers.json', answers({})))).subarray(0, 60),
    message: /no whole gzip file/,
  },
  'a gzip of something else': {bytes: () => gzipSync('hello'), message: /damaged|no bundle/},
  'a tar that ends in the middle': {
    bytes: async () =>
      gzipSync(gunzipSync(await packed(plain('answers.json', answers({})))).subarray(0, 600)),
    message: /damaged|no bundle/,
  },
  'a tar of something else': {bytes: () => packed(plain('x', 'y')), message: /no bundle of vmcontext/},
  'a newer bundle': {
    bytes: () => packed(plain('answers.json', answers({version: 2}))),
    message: /of version 2, this program knows 1: use a newer one/,
  },
  'answers that are no JSON': {bytes: () => packed(plain('answers.json', '{')), message: /damaged/},
  'answers of another kind': {bytes: () => packed(plain('answers.json', 'null')), message: /damaged/},
  'a name that leads out': {
    bytes: () => packed(plain('../../etc/cron.d/x', 'y'), plain('answers.json', answers({}))),
    message: /holds the name "\.\.\/\.\.\/etc\/cron\.d\/x", which no bundle has/,
  },
  'an absolute name': {bytes: () => packed(plain('/etc/x', 'y')), message: /which no bundle has/},
  'a path that leads out': {
    bytes: () => packed(plain('answers.json', answers({files: {'/etc/../../x': {status: null}}}))),
    message: /holds the path .* which no bundle has/,
  },
  'a second spelling of a path': {
    bytes: () =>
      packed(
        plain(
          'answers.json',
          answers({
            files: {
              '/a': {status: status(0o120777), link: '/tmp'},
              '//a/planted': {status: status(0o120777), link: '/'},
            },
          }),
        ),
      ),
    message: /holds the path "\/\/a\/planted", which no bundle has/,
  },
  'a context elsewhere': {
    bytes: () =>
      packed(plain('answers.json', answers({source: found, context: {'/d/l': {status: status(0o120777)}}}))),
    message: /holds the path "\/d\/l", which no bundle has/,
  },
  ...Object.fromEntries(
    Object.entries(misshapen()).map(([what, more]) => [
      `answers with ${what}`,
      {bytes: () => packed(plain('answers.json', answers(more))), message: /its answers\.json is damaged/},
    ]),
  ),
  'a device': {bytes: () => packDevice(), message: /which is no plain file/},
  'a bomb': {
    bytes: () => gzipSync(Buffer.alloc(300 * 1024 * 1024)),
    message: /unpacked it is larger than any bundle/,
  },
  'escapes of a terminal': {
    bytes: () => packed(plain('answers.json', answers({files: {'\x1b[2Jx': {}}}))),
    message: /holds the path/,
  },
}

for (const [what, {bytes, message}] of Object.entries(bad)) {
  test(`${what} is no bundle`, async t => {
    const directory = makeDirectory(t)
    const bundle = join(directory, 'bundle.tar.gz')
    writeFileSync(bundle, await bytes())
    for (const more of [[], ['--extract', join(directory, 'case')]]) {
      const run = await runVmcontext('replay', bundle, ...more)
      assert.match(run.errors, message)
      assert.equal(run.exitCode, 3)
      assert.equal(run.output + run.errors.replaceAll('\n', ''), run.errors.replaceAll('\n', ''))
      assert.equal(/[\x00-\x08\x0b-\x1f]/.test(run.errors), false)
      assert.deepEqual(readdirSync(directory), ['bundle.tar.gz'])
    }
  })
}

test('a link of the bundle leads nowhere outside of what is extracted', async t => {
  const directory = makeDirectory(t)
  mkdirSync(join(directory, 'outside'))
  const files = {
    '/etc': {status: status(0o120777), link: join(directory, 'outside')},
    '/etc/passwd': {status: status(0o100644), hasContent: true},
    '/opt': {status: status(0o040755), names: ['../../outside/x', 'fine']},
  }
  const bundle = join(directory, 'bundle.tar.gz')
  writeFileSync(
    bundle,
    await packed(plain('answers.json', answers({files})), plain('root/etc/passwd', 'evil')),
  )
  const run = await runVmcontext('replay', bundle, '--extract', join(directory, 'case'))
  assert.deepEqual(readdirSync(join(directory, 'outside')), [])
  assert.equal(run.exitCode, 0, run.errors)
  assert.deepEqual(readdirSync(join(directory, 'case/root/opt')), ['fine'])
})

test('what is extracted gives nobody rights', async t => {
  const directory = makeDirectory(t)
  const bundle = join(directory, 'bundle.tar.gz')
  const files = {'/sh': {status: status(0o106755), hasContent: true}, '/d': {status: status(0o043777)}}
  writeFileSync(bundle, await packed(plain('answers.json', answers({files})), plain('root/sh', 'evil')))
  const run = await runVmcontext('replay', bundle, '--extract', join(directory, 'case'))
  assert.equal(run.exitCode, 0, run.errors)
  const modes = ['case', 'case/root/sh', 'case/root/d'].map(name =>
    (statSync(join(directory, name)).mode & 0o7777).toString(8),
  )
  assert.deepEqual(modes, ['700', '755', '1777'])
})

test('links that lead in a circle are refused as on the guest', async t => {
  const directory = makeDirectory(t, {'root/etc/hosts': ''})
  symlinkSync('os-release', join(directory, 'root/etc/os-release'))
  symlinkSync('/etc/network', join(directory, 'root/etc/network'))
  const bundle = join(directory, 'bundle.tar.gz')
  const report = await runVmcontext('report', '-o', bundle, '--root', join(directory, 'root'))
  assert.match(report.errors, /is the one that the guest makes/)
  const replay = await runVmcontext('replay', bundle)
  assert.match(replay.output, /could not read \/etc\/os-release: .*circle/s)
  assert.equal(replay.output, (await runVmcontext('plan', '--root', join(directory, 'root'))).output)
})

test('what is larger than any bundle is not read', async t => {
  const directory = makeDirectory(t, {large: ''})
  truncateSync(join(directory, 'large'), 3 * 1024 ** 3)
  const run = await runVmcontext('replay', join(directory, 'large'))
  assert.match(run.errors, /larger than any bundle is/)
  assert.equal(run.exitCode, 3)
})

test('a bundle that is not there is named', async () => {
  const run = await runVmcontext('replay', '/nowhere/bundle.tar.gz')
  assert.match(run.errors, /there is no bundle \/nowhere\/bundle\.tar\.gz/)
  assert.equal(run.exitCode, 2)
})

function misshapen(): Record<string, object> {
  const link = {name: 'eth0', mac: '02:00:00:00:00:01', isPhysical: true, hasPermanentMac: true}
  return {
    'a list for files': {files: []},
    'no trace': {files: {'/etc': null}},
    'a word for a status': {files: {'/etc': {status: 'x'}}},
    'half a status': {files: {'/etc': {status: {mode: 1}}}},
    'a number for names': {files: {'/sys/class/net': {names: 5}}},
    'a name that is nothing': {files: {'/sys/class/net': {names: [null]}}},
    'a link to a number': {files: {'/etc': {link: 5}}},
    'a refusal without words': {files: {'/etc': {refusals: {read: 5}}}},
    'a slice before the beginning': {
      files: {'/dev/sda': {slices: [{offset: -1, length: 1, base64: ''}]}},
    },
    'a word for links': {links: 'eth0'},
    'half a link': {links: [{...link, mac: undefined}]},
    'a source of no kind': {source: {state: 'x', problems: []}},
    'a source without files': {source: {state: 'found'}},
    'a problem without words': {source: {state: 'no disc', problems: [{}]}},
    'a setting that is nothing': {overrides: [null]},
    'a setting without a value': {overrides: [{name: 'X'}]},
    'an answer to nothing': {answers: [{argv: ['getent'], result: null}]},
    'no version': {version: 'x'},
  }
}

async function packDevice(): Promise<Buffer> {
  const pack = createPack()
  const chunks: Buffer[] = []
  pack.on('data', chunk => chunks.push(chunk as Buffer))
  const ended = new Promise(resolve => pack.on('end', () => resolve(undefined)))
  pack.entry({name: 'root/dev/sda', type: 'block-device', devmajor: 8, devminor: 0})
  pack.finalize()
  await ended
  return gzipSync(Buffer.concat(chunks))
}
