// What is told to OneGate, a real server on this machine, and what is said when it does not listen.

import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import type {ReportReadyAction} from '../../../src/action/cloud.ts'
import {reportReadyHandler} from '../../../src/apply/cloud/ready.ts'
import type {RunSoFar} from '../../../src/apply/workshop.ts'
import {readManifest} from '../../../src/report/manifest.ts'
import type {StepReport} from '../../../src/report/report.ts'
import {Secret} from '../../../src/secret.ts'
import {openSystem} from '../../../src/system/system.ts'
import {
  type AnswerKind,
  makeIdentity,
  startOneGate,
  token,
  type Validity,
  vmid,
} from '../../onegate-server.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireTool} from '../../tools.ts'

const base: Omit<ReportReadyAction, 'endpoint'> = {
  kind: 'report-ready',
  token: new Secret(token),
  vmid,
  reportsReady: true,
  reportsOutcome: false,
  attempts: 1,
  waitMs: 0,
  timeoutMs: 5000,
  failedBefore: [],
  isForced: false,
}

type More = Partial<ReportReadyAction> & {answers?: readonly AnswerKind[]; run?: Partial<RunSoFar>}

/** A guest whose files lie in a directory, and the report of it to a server on this machine. */
function makeGuest(t: TestContext) {
  const root = makeDirectory(t, {'proc/sys/kernel/random/boot_id': 'boot\n'})
  const system = {...openSystem(root), live: true}
  const manifest = readManifest(system, [])
  return {
    root,
    report(action: ReportReadyAction, run: Partial<RunSoFar> = {}) {
      const runSoFar = {agent: 'vmcontext 1.2.3', context: {problems: []}, steps: [], problems: [], ...run}
      return reportReadyHandler.perform(action, {system, manifest, mayExecute: true, runSoFar})
    },
  }
}

async function reportTo(t: TestContext, {answers, run, ...more}: More) {
  await using server = await startOneGate({answers: answers ?? [200]})
  const result = await makeGuest(t).report(
    {...base, endpoint: `http://127.0.0.1:${server.port}`, ...more},
    run,
  )
  const problem = result.problems?.at(-1)
  const said = problem === undefined ? '' : `${problem.message} (${problem.cure})`
  return {...result, said: said.replaceAll(`${server.port}`, 'PORT'), told: server.told}
}

const step = (name: StepReport['name'], outcome: StepReport['outcome']): StepReport => {
  return {name, outcome, summary: '', deeds: [], problems: [], startedMs: 0, durationMs: 0}
}
const dropped = [{code: 'variable-dropped', message: 'gone'}] as const

const bodies: [what: string, more: More, body: string][] = [
  ['all is well', {}, 'READY=YES\n'],
  [
    'idle steps are no failures',
    {run: {steps: [step('keys', 'done before'), step('disks', 'off')]}},
    'READY=YES\n',
  ],
  ['a step failed', {run: {steps: [step('keys', 'failed'), step('scripts', 'changed')]}}, 'READY=NO\n'],
  ['a variable was dropped', {run: {context: {problems: dropped}}}, 'READY=NO\n'],
  ['the local stage failed', {failedBefore: ['hostname']}, 'READY=NO\n'],
  [
    'the outcome goes along',
    {reportsOutcome: true},
    'READY=YES\nVMCONTEXT_OUTCOME="done"\nVMCONTEXT_FAILED=""\nVMCONTEXT_VERSION="1.2.3"\n',
  ],
  [
    'the outcome alone, of a boot that failed',
    {
      reportsReady: false,
      reportsOutcome: true,
      failedBefore: ['hostname'],
      run: {steps: [step('keys', 'failed')]},
    },
    'VMCONTEXT_OUTCOME="failed"\nVMCONTEXT_FAILED="hostname keys"\nVMCONTEXT_VERSION="1.2.3"\n',
  ],
]

for (const [what, more, body] of bodies) {
  test(`what is told: ${what}`, async t => {
    const {told, status} = await reportTo(t, more)
    assert.deepEqual(told, [{method: 'PUT', path: '/vm', type: 'text/plain', body}])
    assert.equal(status, body.includes('READY=NO') ? 'failed' : 'changed')
  })
}

const refusals: [what: string, more: More, said: RegExp, attempts: number][] = [
  [
    'a wrong token',
    {token: new Secret('wrong')},
    /answered 401, it does not accept the token: status 401|answered 401, it does not accept the token \(the token is of this VM/,
    1,
  ],
  [
    'a right that it does not give',
    {answers: [403], attempts: 3},
    /answered 403, a machine may not .*onegate-server\.conf/,
    1,
  ],
  ['an unknown machine', {answers: [404]}, /answered 404, it does not know this machine/, 1],
  ['500, then 200', {answers: [500, 500, 200], attempts: 3}, /^$/, 3],
  ['500 for ever', {answers: [500], attempts: 3}, /answered 500: status 500, 3 times tried/, 3],
  [
    'silence',
    {answers: ['hang'], timeoutMs: 100, attempts: 2},
    /did not answer within 0\.1 s, 2 times tried/,
    2,
  ],
  ['an answer without end', {answers: ['huge']}, /answered 500: x{160}… \(/, 1],
  ['an answer in drops', {answers: ['drip'], timeoutMs: 2000}, /answered 500: x+ \(/, 1],
  ['another protocol', {answers: ['other protocol'], attempts: 2}, /answered 101 \(/, 1],
  ['no HTTP', {answers: ['garbage'], attempts: 3}, /does not speak HTTP/, 1],
  ['a connection that breaks off', {answers: ['hang up']}, /broke the connection off/, 1],
  [
    'a redirection',
    {answers: ['elsewhere'], attempts: 3},
    /302, a redirection to http:\/\/192\.0\.2\.1\/steal, which is not followed/,
    1,
  ],
  ['an answer with controls', {answers: ['echo']}, /answered 500: \\x1b\[2J<h1>\*{8}<\/h1>/, 1],
]

for (const [what, more, said, attempts] of refusals) {
  test(`what is said of ${what}`, async t => {
    const result = await reportTo(t, more)
    assert.match(result.said, said)
    assert.equal(result.told.length, attempts)
    assert.equal(result.status, result.said === '' ? 'changed' : 'failed')
  })
}

test('nobody is there', async t => {
  const {port} = await closedServer()
  const result = await makeGuest(t).report({...base, endpoint: `http://[::1]:${port}/prefix`, attempts: 2})
  assert.match(
    result.problems![0]!.message,
    /^could not report to OneGate: .* refused the connection, 2 times tried$/,
  )
  const unknown = await makeGuest(t).report({...base, endpoint: 'http://onegate.invalid'})
  assert.match(
    unknown.problems![0]!.message,
    /has a name that (nobody here knows|no name server answers for)$/,
  )
})

async function closedServer() {
  await using server = await startOneGate({})
  return {port: server.port}
}

test('it is told once, and again when there is other news or by force', async t => {
  await using server = await startOneGate({})
  const guest = makeGuest(t)
  const action = {...base, endpoint: `http://127.0.0.1:${server.port}`}
  const failing = {steps: [step('keys', 'failed')]}
  const statuses = []
  for (const run of [{}, {}, failing, failing, {}]) statuses.push((await guest.report(action, run)).status)
  assert.deepEqual(statuses, ['changed', 'unchanged', 'failed', 'failed', 'changed'])
  assert.deepEqual(
    server.told.map(({body}) => body.trim()),
    ['READY=YES', 'READY=NO', 'READY=YES'],
  )
  assert.equal((await guest.report({...action, isForced: true})).status, 'changed')
  assert.equal((await guest.report({...action, token: new Secret('other')})).status, 'failed')
  writeFileSync(join(guest.root, 'proc/sys/kernel/random/boot_id'), 'next boot\n')
  assert.equal((await guest.report(action)).status, 'changed')
})

test('a proxy in the environment gets nothing', async t => {
  await using proxy = await startOneGate({})
  await using server = await startOneGate({})
  const names = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'NODE_USE_ENV_PROXY']
  for (const name of names)
    process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${proxy.port}`
  t.after(() => {
    for (const name of names) delete process.env[name]
  })
  const result = await makeGuest(t).report({...base, endpoint: `http://127.0.0.1:${server.port}`})
  assert.deepEqual([result.status, proxy.told.length, server.told.length], ['changed', 0, 1])
})

type TlsCase = {
  what: string
  names?: string
  validity?: Validity
  store?: string
  named?: 'authority' | string
  said: RegExp
}
const ours = 'DNS:localhost,IP:127.0.0.1'
const tlsCases: TlsCase[] = [
  {what: 'a stranger', said: /by nobody whom this guest trusts \(put .* into a file that READY_CA names\)/},
  {what: 'READY_CA', named: 'authority', said: /^$/},
  ...['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem'].map(
    store => ({what: `the store ${store}`, store, said: /^$/}),
  ),
  {
    what: 'a certificate of the future',
    validity: ['20980101000000Z', '20990101000000Z'],
    named: 'authority',
    said: /not valid yet: here it is 20\d\d-\d\d-\d\d \d\d:\d\d UTC \(is the clock of this guest right\?\)/,
  },
  {
    what: 'a certificate of the past',
    validity: ['20080101000000Z', '20090101000000Z'],
    named: 'authority',
    said: /has expired: here it is 20/,
  },
  {what: 'another name', names: 'DNS:other', named: 'authority', said: /has a certificate for another name/},
  {
    what: 'READY_CA without a certificate',
    named: '/garbage',
    said: /READY_CA \/garbage: there is no certificate in it/,
  },
  {what: 'READY_CA that is not there', named: '/none', said: /READY_CA \/none: there is no such file/},
]

for (const {what, names = ours, validity, store, named, said} of tlsCases) {
  test(`trust in a server: ${what}`, async t => {
    if (!requireTool(t, 'openssl')) return
    const identity = makeIdentity(makeDirectory(t), names, validity)
    await using server = await startOneGate({identity})
    const guest = makeGuest(t)
    const authority = readFileSync(identity.authority, 'utf8')
    const system = openSystem(guest.root)
    const files = {
      ...(store && {[store]: authority}),
      '/authority': authority,
      '/garbage': 'no certificate\n',
    }
    for (const [path, text] of Object.entries(files)) {
      system.files.makeDirectory(join(path, '..'))
      system.files.write(path, text, {mode: 0o644})
    }
    const authorityFile = named === 'authority' ? '/authority' : named
    const action = {...base, endpoint: `https://localhost:${server.port}`, authorityFile}
    const end = await Promise.resolve(guest.report(action)).catch(error => ({
      problems: [{message: error.message}],
    }))
    const [problem] = end.problems ?? []
    assert.match(
      problem === undefined ? '' : `${problem.message} (${'cure' in problem ? problem.cure : ''})`,
      said,
    )
    assert.equal(server.told.length, `${said}` === `${/^$/}` ? 1 : 0)
  })
}
