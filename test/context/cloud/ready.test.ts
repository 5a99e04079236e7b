import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readReady} from '../../../src/context/cloud/ready.ts'
import {formatProblem, type Problem} from '../../../src/problem.ts'
import {Secret} from '../../../src/secret.ts'
import {makeDisc} from '../sample-disc.ts'

const oneGate = {endpoint: 'http://a', token: new Secret('b'), vmid: '1'}

function read(text: string, known: Partial<typeof oneGate> = oneGate) {
  const problems: Problem[] = []
  const ready = readReady(makeDisc(`${text}\n`), known, problems)
  return {ready, problems: problems.map(formatProblem).join('\n')}
}

const asked: [text: string, reportsReady: boolean | undefined, reportsOutcome?: boolean][] = [
  ['REPORT_READY=YES', true, false],
  ['report_ready=true', true, false],
  ['REPORT_READY=NO', undefined],
  ['REPORT_READY=', undefined],
  ['', undefined],
  ['VMCONTEXT_REPORT=YES', false, true],
  ['REPORT_READY=1 VMCONTEXT_REPORT=y', true, true],
]

for (const [text, reportsReady, reportsOutcome] of asked) {
  test(`what is reported: ${text}`, () => {
    const {ready, problems} = read(text)
    assert.deepEqual([ready?.reportsReady, ready?.reportsOutcome], [reportsReady, reportsOutcome])
    assert.equal(problems, '')
  })
}

test('what is neither yes nor no asks for nothing, and is told', () => {
  const {ready, problems} = read('REPORT_READY=on')
  assert.equal(ready, undefined)
  assert.match(problems, /REPORT_READY: this is neither YES nor NO/)
})

const numbers: [text: string, attempts: number, waitMs: number, problems: RegExp][] = [
  ['', 3, 10_000, /^$/],
  ['RETRY_COUNT=5 RETRY_WAIT_PERIOD=1', 5, 1000, /^$/],
  ['RETRY_COUNT=0 RETRY_WAIT_PERIOD=0', 1, 0, /^$/],
  ['RETRY_COUNT=99999999', 1000, 10_000, /RETRY_COUNT: this is no number from 0 to 1000; 1000 is taken/],
  ['RETRY_COUNT=-1', 3, 10_000, /RETRY_COUNT: this is no number/],
  ['RETRY_WAIT_PERIOD=10s', 3, 10_000, /RETRY_WAIT_PERIOD: this is no number from 0 to 600; 10 is taken/],
]

for (const [text, attempts, waitMs, expected] of numbers) {
  test(`attempts: ${text}`, () => {
    const {ready, problems} = read(`REPORT_READY=YES ${text}`)
    assert.deepEqual([ready?.attempts, ready?.waitMs], [attempts, waitMs])
    assert.match(problems, expected)
  })
}

const scripts: [what: string, text: string, script: string, problems?: RegExp][] = [
  ['as text', "READY_SCRIPT='test -e /x && true'", 'test -e /x && true'],
  ['as base64', `READY_SCRIPT='${Buffer.from('test -e /x\n').toString('base64')}'`, 'test -e /x\n'],
  ['in lines of base64', "READY_SCRIPT='dGVzdCAt\nZSAveA=='", 'test -e /x'],
  ['words that look like base64', "READY_SCRIPT='true'", 'true'],
  ['more of them', "READY_SCRIPT='poweroff'", 'poweroff'],
  ['a path, which comes first', "READY_SCRIPT='true' READY_SCRIPT_PATH=/opt/check", '/opt/check'],
  ['a path from nowhere', 'READY_SCRIPT_PATH=check', '', /READY_SCRIPT_PATH: this is no absolute path/],
  ['a directory', 'READY_SCRIPT_PATH=/opt/', '', /READY_SCRIPT_PATH: this is no absolute path/],
]

for (const [what, text, expected, problems = /^$/] of scripts) {
  test(`a script: ${what}`, () => {
    const found = read(`REPORT_READY=YES ${text}`)
    const script = found.ready?.script
    assert.equal(script === undefined ? '' : 'path' in script ? script.path : script.text.reveal(), expected)
    assert.match(found.problems, problems)
  })
}

test('what is missing is named, with the line that asks for it', () => {
  const {ready, problems} = read('A=1\nREPORT_READY=YES', {endpoint: 'http://a'})
  assert.equal(ready?.target, undefined)
  assert.match(
    problems,
    /^context\.sh:2: REPORT_READY: OneGate cannot be told: the context has no usable ONEGATE_TOKEN or token\.txt, no VMID \(put TOKEN = "YES" into the CONTEXT section\)$/,
  )
})
