// vmcontext log on logs of every kind.

import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {type TestContext, test} from 'node:test'
import {runVmcontext} from '../../run-vmcontext.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'

const at = '2026-01-02T03:04:05.678Z'
const first = [
  `${at} info  context: none`,
  `${at} warn  keys: warning: x`,
  `${at} error vmcontext: FAILED in 0.10 s`,
]
const second = [`${at} info  context: /dev/sr0`, `${at} info  vmcontext: done in 0.10 s`]
const log = [...first, ...second].map(line => `${line}\n`).join('')
const main = join(import.meta.dirname, '../../../src/main.ts')

function makeRoot(t: TestContext, text: string | Uint8Array = log): string {
  return makeDirectory(t, {'var/log/vmcontext.log': text})
}

async function read(root: string, ...options: string[]): Promise<string> {
  const {exitCode, output} = await runVmcontext('log', '--root', root, ...options)
  assert.equal(exitCode, 0)
  return output
}

test('runs stand apart', async t => {
  assert.equal(await read(makeRoot(t)), `${first.join('\n')}\n\n${second.join('\n')}\n`)
})

test('--level takes that and what is worse', async t => {
  const root = makeRoot(t)
  assert.equal(await read(root, '--level', 'warn'), `${first[1]}\n${first[2]}\n`)
  assert.equal(await read(root, '--level', 'error'), `${first[2]}\n`)
})

test('-n takes the last lines of the level', async t => {
  const root = makeRoot(t)
  assert.equal(await read(root, '-n', '1'), `${second[1]}\n`)
  assert.equal(await read(root, '-n', '3'), `${first[2]}\n\n${second.join('\n')}\n`)
  assert.equal(await read(root, '-n', '1', '--level', 'warn'), `${first[2]}\n`)
  assert.equal(await read(root, '-n', '99'), await read(root))
})

test('--json is an object a line', async t => {
  const lines = (await read(makeRoot(t, `${first[1]}\ntorn`), '--json')).trimEnd().split('\n')
  assert.deepEqual(
    lines.map(line => JSON.parse(line)),
    [
      {time: at, level: 'warn', text: 'keys: warning: x'},
      {time: null, level: null, text: 'torn'},
    ],
  )
})

test('whatever a power cut or a disk has made of it is shown and steers nothing', async t => {
  const bytes = Buffer.concat([
    Buffer.from(`${first[0]}\n${at} inf`),
    Buffer.alloc(9000),
    Buffer.from(`\n\u001b[2J\xff\n${first[1]}\n`, 'latin1'),
    Buffer.from('\u009b31m\u202e\u007f\n'),
    Buffer.alloc(200_000, 'x'),
  ])
  for (const options of [[], ['--json'], ['-n', '5']]) {
    const output = await read(makeRoot(t, bytes), ...options)
    assert.doesNotMatch(output, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    assert.match(output, /\[9000 zero bytes\]/)
    assert.match(output, /keys: warning: x/)
    assert.match(output, /\[134464 bytes more\]\W*\n$/)
  }
})

test('the last lines are found across the pieces it is read in', async t => {
  const lines = Array.from(
    {length: 5000},
    (_, index) => `${at} info  line ${index} ${'ä'.repeat(index % 90)}`,
  )
  const root = makeRoot(t, `${lines.join('\n')}\n`)
  for (const number of [1, 700, 4999])
    assert.equal(await read(root, '-n', `${number}`), `${lines.slice(-number).join('\n')}\n`)
})

test('of a large log only the end is read for -n', async t => {
  const root = makeRoot(t, '')
  const path = join(root, 'var/log/vmcontext.log')
  // A hole of 8 GiB: more than could be held, or read in a test.
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, `\n${log}`, 8 * 2 ** 30)
  closeSync(descriptor)
  assert.equal(await read(root, '-n', '2'), `${second.join('\n')}\n`)
})

test('no log is said, and is no failure', async t => {
  const {exitCode, output, errors} = await runVmcontext('log', '--root', makeDirectory(t))
  assert.deepEqual([exitCode, output], [0, ''])
  assert.match(errors, /there is no \/var\/log\/vmcontext\.log/)
})

test('a link in its place is not followed', async t => {
  const root = makeDirectory(t, {'var/log/other': log})
  symlinkSync('other', join(root, 'var/log/vmcontext.log'))
  const {exitCode, output, errors} = await runVmcontext('log', '--root', root)
  assert.deepEqual([exitCode, output], [3, ''])
  assert.match(errors, /symbolic link.*remove the link/)
})

test('a directory or a pipe is refused', async t => {
  const root = makeDirectory(t)
  mkdirSync(join(root, 'var/log/vmcontext.log'), {recursive: true})
  const {exitCode, errors} = await runVmcontext('log', '--root', root)
  assert.equal(exitCode, 3)
  assert.match(errors, /no regular file/)
})

test('an ordinary user is told what to do', async t => {
  if (!requireRoot(t)) return
  const root = makeRoot(t)
  chmodSync(root, 0o755)
  chmodSync(join(root, 'var/log/vmcontext.log'), 0o600)
  const child = spawn(process.execPath, [main, 'log', '--root', root], {uid: 65534, gid: 65534})
  let errors = ''
  child.stderr.on('data', data => {
    errors += data
  })
  const [exitCode] = await once(child, 'close')
  assert.match(errors, /permission denied; .*sudo vmcontext log/)
  assert.equal(exitCode, 3)
})

test('--follow goes on through a log that comes, is rotated and is emptied, until it is told to end', async t => {
  const root = makeDirectory(t, {'var/log/x': ''})
  const path = join(root, 'var/log/vmcontext.log')
  const child = spawn(process.execPath, [main, 'log', '--root', root, '--follow'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async () => (await lines.next()).value
  writeFileSync(path, `${at} info  one\n${at} info  tw`)
  assert.equal(await next(), `${at} info  one`)
  appendFileSync(path, 'o\n')
  assert.equal(await next(), `${at} info  two`)
  appendFileSync(path, `${at} info  three\n`)
  renameSync(path, `${path}.1`)
  writeFileSync(path, `${at} info  four\n`)
  assert.equal(await next(), `${at} info  three`)
  assert.equal(await next(), `${at} info  four`)
  truncateSync(path)
  // Shorter than it was: that is all there is to tell it by.
  appendFileSync(path, `${at} info  5\n`)
  assert.equal(await next(), `${at} info  5`)
  child.kill('SIGINT')
  const [exitCode] = await once(child, 'exit')
  assert.equal(exitCode, 0)
})

test('--follow ends when nobody reads any more', async t => {
  const root = makeRoot(t)
  const path = join(root, 'var/log/vmcontext.log')
  const child = spawn(process.execPath, [main, 'log', '--root', root, '--follow'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const ended = once(child, 'exit')
  const writer = setInterval(() => appendFileSync(path, `${at} info  more\n`), 50)
  const [exitCode] = await ended
  clearInterval(writer)
  assert.equal(exitCode, 0)
})
