// `vmcontext plan`: what it shows, what it hides, and what it does not claim.

import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {test} from 'node:test'
import {diffFile} from '../../../src/cli/by-hand/file-diff.ts'
import {renderRows} from '../../../src/cli/by-hand/page.ts'
import {bootRoot} from '../../boot-root.ts'
import {runOnTerminal, runVmcontext} from '../../run-vmcontext.ts'
import {layOut, listScenarios, readBootOptions, scenariosDirectory} from '../../scenario.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot, requireTool} from '../../tools.ts'
import {compareTrees, readTree} from '../../tree.ts'

const plain = {mask: (text: string) => text, style: (_: unknown, text: string) => text}
const diff = (before: string | undefined, after: string | undefined, limit = Number.POSITIVE_INFINITY) =>
  renderRows(diffFile(before, after, limit), plain)

for (const scenario of listScenarios()) {
  test(`what has been booted is not planned again: ${relative(scenariosDirectory, scenario)}`, async t => {
    if (!requireRoot(t)) return
    const root = layOut(makeDirectory(t), scenario)
    const options = readBootOptions(scenario)
    const console = await bootRoot(root, ...options)
    // What could not be done is still to be done.
    if (/FAILED|switched off/.test(console)) return
    const before = readTree(root)
    const {output} = await runVmcontext(
      'plan',
      '--root',
      root,
      ...options.filter(option => option !== '--strict'),
    )
    assert.match(output, /^Nothing to do\.$/m)
    assert.equal(compareTrees(before, readTree(root)), '')
  })
}

const differences: [name: string, before: string | undefined, after: string | undefined, rows: string[]][] = [
  ['a file that comes', undefined, 'a\nb\n', ['@@ -0,0 +1,2 @@', '+a', '+b']],
  ['a file that goes', 'a\n', undefined, ['@@ -1 +0,0 @@', '-a']],
  ['the end of the last line', 'a', 'a\n', ['@@ -1 +1 @@', '-a', '\\ No newline at end of file', '+a']],
  ['lines of Windows', 'a\r\nb\n', 'a\nb\n', ['@@ -1,2 +1,2 @@', '-a\\x0d', '+a', ' b']],
  ['bytes that are no UTF-8', '# caf\xe9\n', '# caf\xc3\xa9\n', ['@@ -1 +1 @@', '-# caf\\xe9', '+# café']],
  ['what a terminal would obey', '', '\x1b]0;x\x07\n', ['@@ -0,0 +1 @@', '+\\x1b]0;x\\x07']],
  ['a line that turns round', '', 'a \xe2\x80\xaeb\n', ['@@ -0,0 +1 @@', '+a \\u202eb']],
  ['binary content', 'a\0b', 'a\n', ['binary: 0.0 KiB become 0.0 KiB']],
]

for (const [name, before, after, rows] of differences) {
  test(`a difference shows ${name}`, () => {
    assert.deepEqual(diff(before, after).trimEnd().split('\n'), rows)
  })
}

test('a difference agrees with diff -U 2', t => {
  if (!requireTool(t, 'diff')) return
  const lines = Array.from({length: 40}, (_, index) => `line ${index}\n`)
  const [before, after] = [
    lines.join(''),
    lines
      .filter((_, index) => index % 9 !== 4)
      .join('')
      .replace('line 30', 'x'),
  ]
  const directory = makeDirectory(t, {before, after})
  const {stdout} = spawnSync('diff', ['-U', '2', 'before', 'after'], {cwd: directory, encoding: 'utf8'})
  assert.equal(diff(before, after), stdout.split('\n').slice(2).join('\n'))
})

test('a long difference is cut with a count; what has nothing in common is told by its size', () => {
  const text = (word: string, lines: number) =>
    Array.from({length: lines}, (_, index) => `${word}${index}\n`).join('')
  assert.match(diff(undefined, text('a', 300), 200), /\n101 more lines, shown where a pipe reads them\n$/)
  assert.equal(
    diff(text('a', 2_001), text('b', 2_001)),
    'too different to be compared: 2001 lines become 2001 lines\n',
  )
  for (const [before, after] of [
    [undefined, text('a', 30_000)],
    [text('a', 30_000), undefined],
  ])
    assert.equal(diff(before, after).split('\n').length, 30_002, 'a file that comes or goes is shown')
})

test('a terminal sees colours of ours and no escape of theirs', async t => {
  const {root, options} = makeGuest(
    t,
    "SET_HOSTNAME=web\nUSERNAME=$'a\\e[2Jb'\n",
    '127.0.0.1 localhost\n127.0.1.1 \x1b[2Jx\n',
  )
  const {output} = await runOnTerminal(['plan', '--root', root, ...options])
  assert.match(output, /\x1b\[32m\+web\x1b\[39m/)
  assert.match(output, /\\x1b\[2J/)
  assert.doesNotMatch(output, /\x1b\[2J/)
  for (const environment of [{NO_COLOR: '1'}, {TERM: 'dumb'}]) {
    const plain = await runOnTerminal(['plan', '--root', root, ...options], environment)
    assert.doesNotMatch(plain.output, /\x1b/)
  }
})

test('what stands between lines of ours cannot look like one of them', async t => {
  const {root, options} = makeGuest(t, "SET_HOSTNAME='a\nNothing to do.'\n")
  const {output} = await runVmcontext('plan', '--root', root, ...options)
  assert.doesNotMatch(output, /^Nothing to do/m)
})

test('no line is longer than 80 columns, but for lines of files and words', async t => {
  for (const scenario of listScenarios()) {
    const root = layOut(makeDirectory(t), scenario)
    const {output} = await runVmcontext('plan', '--root', root, ...readBootOptions(scenario))
    const isOfFile = (line: string) => /^ {6}[-+ ]/.test(line)
    const long = output
      .split('\n')
      .filter(line => line.length > 80 && !isOfFile(line) && !/^ *\S*$/.test(line))
    // A path may be longer than what is left of a line.
    assert.deepEqual(
      long.filter(line => !line.includes(scenario) && !line.includes(root)),
      [],
    )
  }
})

test('an ordinary user is told what could not be seen, and nothing is claimed of it', t => {
  if (!requireRoot(t)) return
  const {root, options} = makeGuest(
    t,
    "SET_HOSTNAME=web\nUSERNAME=joe\nPASSWORD='xyzzy1'\nUSERNAME_SUDO=YES\n",
  )
  mkdirSync(join(root, 'etc/sudoers.d'))
  chmodSync(join(root, 'etc/sudoers.d'), 0o750)
  mkdirSync(join(root, 'var/lib/vmcontext'), {recursive: true})
  chmodSync(join(root, 'var/lib/vmcontext'), 0o700)
  mkdirSync(join(root, 'usr/bin'), {recursive: true})
  writeFileSync(join(root, 'usr/bin/sudo'), '', {mode: 0o755})
  writeFileSync(join(root, 'etc/sudoers'), '@includedir /etc/sudoers.d\n', {mode: 0o440})
  writeFileSync(join(root, 'etc/hostname'), 'web\n')
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1\tlocalhost\n127.0.1.1\tweb\n')
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\njoe:x:1000:1000::/home/joe:/bin/sh\n')
  const main = join(import.meta.dirname, '../../../src/main.ts')
  const run = (...more: string[]) =>
    spawnSync(process.execPath, [main, 'plan', '--root', root, ...options, ...more], {
      encoding: 'utf8',
      uid: 65534,
      gid: 65534,
    })
  const {stdout, stderr, status} = run('--check')
  assert.deepEqual([stderr, status], ['', 1])
  assert.match(stdout, /perhaps set the password of joe\n/)
  assert.match(stdout, /perhaps create \/etc\/sudoers.d\/90-vmcontext/)
  assert.match(
    stdout,
    /^Nothing to do for certain, 2 things perhaps\.\nNot seen as this user: \/etc\/sudoers, /m,
  )
  assert.match(
    stdout.replaceAll(/\n +/g, ' '),
    /\/var\/lib\/vmcontext\/manifest\.json; run as root to see it all/,
  )
  const {unseen, toDo} = JSON.parse(run('--json').stdout)
  assert.deepEqual(toDo, {certain: 0, perhaps: 2})
  assert.deepEqual(unseen, [
    '/etc/sudoers',
    '/etc/sudoers.d/90-vmcontext',
    '/var/lib/vmcontext/manifest.json',
  ])
})

test('an agent that is switched off says so in JSON too', async t => {
  const {root, options} = makeGuest(t, '')
  const {output} = await runVmcontext('plan', '--json', '--root', root, ...options, '--set', 'VMCONTEXT=off')
  assert.deepEqual(JSON.parse(output), {version: 1, state: 'switched off'})
})

test('the JSON of a plan is the same text twice, and obeyed by no terminal', async t => {
  const {root, options} = makeGuest(t, "SET_HOSTNAME=web\nUSERNAME='a\u202eb\u009bc'\n")
  const [first, second] = await Promise.all(
    [1, 2].map(() => runVmcontext('plan', '--json', '--root', root, ...options)),
  )
  assert.equal(first!.output, second!.output)
  assert.doesNotMatch(first!.output, /[\x80-\x9f\u202e]/)
})

function makeGuest(t: import('node:test').TestContext, context: string, hosts = '127.0.0.1 localhost\n') {
  const directory = makeDirectory(t, {
    'root/etc/os-release': 'ID=debian\nVERSION_ID=12\nPRETTY_NAME=Debian\n',
    'root/etc/hosts': hosts,
    'root/etc/hostname': 'old\n',
    'context/context.sh': context,
    links: '',
  })
  chmodSync(directory, 0o755)
  const at = (name: string) => join(directory, name)
  return {root: at('root'), options: ['--context', at('context'), '--links', at('links')]}
}
