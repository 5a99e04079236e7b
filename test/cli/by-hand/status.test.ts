// vmcontext status on roots whose report says this or that.

import assert from 'node:assert/strict'
import {existsSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {runRelease, runVmcontext} from '../../run-vmcontext.ts'
import {reportOf, run, step} from '../../status/boot-report.ts'
import {makeDirectory} from '../../temporary.ts'

const failure = {code: 'deed-failed', message: 'it exited with 3', cure: 'mend it'} as const
const failed = step('scripts', {outcome: 'failed', problems: [failure], durationMs: 40})
const wrote = {
  kind: 'write',
  status: 'changed',
  detail: 'wrote /etc/hostname',
  problems: [],
  durationMs: 1,
} as const
const changed = step('hostname', {outcome: 'changed', deeds: [wrote], durationMs: 10})

test('a boot that is done', async t => {
  const idle = step('swap', {outcome: 'not asked'})
  const off = step('sudo', {outcome: 'off'})
  const root = makeDirectory(t, reportOf(run({steps: [changed, off, idle]})))
  const {exitCode, output} = await runVmcontext('status', '--root', root)
  const expected = `${root}: the boot is done

local stage and final stage: done (2026-01-02 03:04:05 UTC, 0.10 s, 1 change)
  context      none: there is no context disc in a drive, 1 ms
  hostname     changed   #############################################    10 ms
               wrote /etc/hostname
               nothing asked for: swap
               switched off (STEPS_OFF): sudo
`
  assert.equal(output, expected)
  assert.equal(exitCode, 0)
})

test('a failure comes first, with its cure', async t => {
  const root = makeDirectory(t, reportOf(run({steps: [changed, failed], outcome: 'failed'})))
  const {exitCode, output} = await runVmcontext('status', '--root', root)
  assert.match(
    output,
    /^.*: the boot FAILED in scripts\n\n {2}failure {3}scripts: it exited with 3\n {12}cure: mend it\n/,
  )
  assert.match(output, /vmcontext doctor --root .* looks for the cause/)
  assert.equal(exitCode, 1)
})

test('bars of blocks where the locale has them', async t => {
  const root = makeDirectory(t, reportOf(run({steps: [changed]})))
  const {output} = await runRelease(['status', '--root', root], {environment: {LANG: 'de_DE.UTF-8'}})
  assert.match(output, /hostname {5}changed {3}█{45} {4}10 ms\n/)
})

test('no line is wider than 80 columns', async t => {
  const long = {...failure, message: 'word '.repeat(60).trim()}
  const steps = [
    changed,
    {...failed, problems: [long]},
    step('network', {durationMs: 3, summary: 'a '.repeat(80)}),
  ]
  const root = makeDirectory(t, reportOf(run({steps})))
  const {output} = await runVmcontext('status', '--root', root)
  const head = output.indexOf('\n')
  for (const line of output.slice(head).split('\n')) assert.ok(line.length <= 80 || line.includes(root), line)
})

test('nothing steers the terminal', async t => {
  const evil = 'a\u001b[2J\u009b31m\nb\u202e'
  const steps = [
    step('network', {summary: evil, outcome: 'failed', problems: [{...failure, message: evil, cure: evil}]}),
  ]
  const context = {
    ...{state: 'found' as const, variables: 1, problems: [], durationMs: 1},
    origin: evil,
    recognition: evil,
  } as const
  const root = makeDirectory(t, {...reportOf(run({steps, context, startedAt: evil})), 'etc/hostname': evil})
  for (const option of [[], ['--json'], ['--plot', '-']]) {
    const {output} = await runVmcontext('status', '--root', root, ...option)
    assert.doesNotMatch(output, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/, option.join())
    assert.ok(output.length > 100)
  }
})

test('--json has keys to rely on', async t => {
  const root = makeDirectory(t, reportOf(run({steps: [failed], outcome: 'failed'})))
  const {exitCode, output} = await runVmcontext('status', '--root', root, '--json')
  const {runs, ...value} = JSON.parse(output)
  const rest = {version: 1, state: 'ended', stagesDone: ['local', 'final'], live: false, root}
  assert.deepEqual(value, {
    ...rest,
    outcome: 'failed',
    failures: ['scripts'],
    drift: [],
    unseen: [],
    isWell: false,
  })
  assert.equal(Object.keys(JSON.parse(output))[0], 'version')
  assert.equal(runs[0].steps[0].name, 'scripts')
  assert.equal(exitCode, 1)
})

const states: [what: string, files: Record<string, string>, exitCode: number, text: RegExp][] = [
  ['no report', {}, 1, /no boot has left a report here/],
  ['switched off', {'etc/vmcontext.conf': 'VMCONTEXT=no\n'}, 0, /switched off/],
  ['the local stage alone', reportOf(run({stages: ['local']})), 1, /the local stage is done; no final stage/],
  [
    'single steps alone',
    reportOf(run({only: ['keys']})),
    1,
    /no boot has left a report here[\s\S]*keys alone: done/,
  ],
  [
    'a damaged report',
    {'run/vmcontext/report.json': '{"version":1,"runs":[{'},
    3,
    /cannot be told[\s\S]*damaged[\s\S]*cure/,
  ],
  ['a report that lies', {'run/vmcontext/report.json': '{"version":1,"runs":[{"steps":7}]}'}, 3, /damaged/],
  [
    'a report whose step steers the terminal',
    reportOf(run({steps: [{...changed, name: 'x\u001b]0;y\u0007' as 'keys'}]})),
    3,
    /damaged/,
  ],
  [
    'a report whose outcome steers the terminal',
    reportOf(run({steps: [{...changed, outcome: '\u001b[2J' as 'failed'}]})),
    3,
    /damaged/,
  ],
  ['a newer report', {'run/vmcontext/report.json': '{"version":2}'}, 3, /version 2[\s\S]*newer program/],
  ['a report that is a directory', {'run/vmcontext/report.json/x': ''}, 3, /could not read/],
  [
    'a newer manifest',
    {...reportOf(run()), 'var/lib/vmcontext/manifest.json': '{"version":9}'},
    0,
    /version 9/,
  ],
]
for (const [what, files, code, text] of states)
  test(`${what}: exit code ${code}`, async t => {
    const root = makeDirectory(t, files)
    const {exitCode, output, errors} = await runVmcontext('status', '--root', root)
    assert.match(output, text)
    assert.equal(errors, '')
    assert.equal(exitCode, code)
    const json = await runVmcontext('status', '--root', root, '--json')
    assert.equal(json.exitCode, code)
    assert.equal(JSON.parse(json.output).version, 1)
  })

test('a note that nobody holds the lock of is a run that was killed', async t => {
  const now = {
    version: 1,
    pid: 1,
    stages: ['local', 'final'],
    startedAt: '2026-01-02T03:04:05.678Z',
    step: 'scripts',
  }
  const root = makeDirectory(t, {'run/vmcontext/current.json': JSON.stringify(now)})
  const {exitCode, output} = await runVmcontext('status', '--root', root, '--wait', '900')
  const words = output.replaceAll(/\s+/g, ' ')
  assert.match(
    words,
    /killed in the middle of it \(process 1, local and final, since .* in the step scripts\)/,
  )
  assert.equal(exitCode, 1)
})

test('a run of single steps is not told as the one before', async t => {
  const log = {'var/log/vmcontext.log': '2026-01-02T03:04:06.000Z info  vmcontext: done in 0.10 s\n'}
  const alone = await runVmcontext(
    'status',
    '--root',
    makeDirectory(t, {...log, ...reportOf(run({only: ['keys']}))}),
  )
  assert.doesNotMatch(alone.output, /The last run before/)
  const before = await runVmcontext('status', '--root', makeDirectory(t, log))
  assert.match(before.output, /The last run before: .*, vmcontext: done in 0\.10 s/)
})

test('files that drifted are named', async t => {
  const files = {
    '/etc/motd': {sha256: '0'.repeat(64), previous: null},
    '/etc/gone': {sha256: '1', previous: null},
  }
  const manifest = {version: 1, files, accounts: {}, keys: {}, nics: {}, hosts: []}
  const records = {'var/lib/vmcontext/manifest.json': JSON.stringify(manifest), 'etc/motd': 'hello'}
  const root = makeDirectory(t, {...reportOf(run()), ...records})
  const {output, exitCode} = await runVmcontext('status', '--root', root)
  assert.match(
    output,
    /\/etc\/motd was changed by somebody else\n {2}\/etc\/gone was removed by somebody else\n/,
  )
  assert.match(output, /vmcontext plan --root/)
  assert.equal(exitCode, 0)
})

test('on an image there is nothing to wait for', async t => {
  const root = makeDirectory(t)
  const {exitCode, errors} = await runVmcontext('status', '--root', root, '--wait', '900')
  assert.match(errors, /the final stage will not come: nothing runs on an image/)
  assert.equal(exitCode, 1)
})

test('a picture takes the place of a file, and of nothing else', async t => {
  const root = makeDirectory(t, reportOf(run()))
  const place = makeDirectory(t, {'old.svg': 'old', 'directory/x': ''})
  symlinkSync('/dev/null', join(place, 'null'))
  symlinkSync('nowhere', join(place, 'dangling'))
  const plot = (name: string) => runVmcontext('status', '--root', root, '--plot', join(place, name))
  for (const name of ['directory', 'null', 'dangling', 'none/x.svg']) {
    const {exitCode, errors} = await plot(name)
    assert.equal(exitCode, 2, name)
    assert.match(errors, /--plot: /)
  }
  assert.equal((await plot('old.svg')).exitCode, 0)
  assert.match(readFileSync(join(place, 'old.svg'), 'utf8'), /^<\?xml [\s\S]*<\/svg>\n$/)
  writeFileSync(join(root, 'run/vmcontext/report.json'), '{"version":1,"runs":[]}')
  assert.equal((await plot('new.svg')).exitCode, 1)
  assert.equal(existsSync(join(place, 'new.svg')), false)
})

test('one thing alone goes to standard output', async t => {
  const root = makeDirectory(t, reportOf(run()))
  const {exitCode} = await runVmcontext('status', '--root', root, '--json', '--plot', '-')
  assert.equal(exitCode, 2)
})

test('a note that is none is passed over', async t => {
  for (const note of [
    '{',
    'null',
    '{"version":1,"stages":7}',
    '{"version":1,"pid":1,"stages":[],"only":"x"}',
  ]) {
    const root = makeDirectory(t, {...reportOf(run()), 'run/vmcontext/current.json': note})
    assert.equal((await runVmcontext('status', '--root', root)).exitCode, 0, note)
  }
})
