import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {RunScriptAction} from '../../../src/action/scripts.ts'
import {runScriptHandler} from '../../../src/apply/scripts/script.ts'
import type {Workshop} from '../../../src/apply/workshop.ts'
import {readManifest} from '../../../src/report/manifest.ts'
import type {Command} from '../../../src/system/commands.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const files = {
  'bin/sh': '',
  'dev/null': '',
  'usr/bin/perl': '',
  plain: 'echo\n',
  perl: '#!/usr/bin/perl\n',
  'with-argument': '#! /usr/bin/perl -w  -T \n',
  'with-cr': '#!/bin/sh\r\n',
  nothing: '#!\n',
  'by-name': '#!perl\n',
  missing: '#!/usr/bin/python3\n',
  empty: '',
}

/** Performs a script as on a running machine, and gives the command that would have been started. */
async function perform(
  t: Parameters<typeof makeDirectory>[0],
  action: Partial<RunScriptAction>,
  more: Partial<Workshop> = {},
  exitCode = 0,
) {
  const commands: Command[] = []
  const marks: (string | undefined)[] = []
  const system = {
    ...openSystem(makeDirectory(t, files)),
    async run(command: Command) {
      commands.push(command)
      marks.push(readManifest(system, []).once['start-script'])
      return {ended: 'exited', exitCode, output: ''} as const
    },
  }
  const workshop: Workshop = {system, manifest: readManifest(system, []), mayExecute: true, ...more}
  const common = {kind: 'run-script', name: 'x', path: '/plain', environment: {}, timeoutMs: 60_000} as const
  const {status, problems = []} = await runScriptHandler.perform({...common, ...action}, workshop)
  marks.push(readManifest(system, []).once['start-script'])
  const messages = problems.map(({message}) => message).join()
  return {status, messages, commands, marks, workshop}
}

const starts: [path: string, argv: string[]][] = [
  ['/plain', ['/bin/sh', '/plain']],
  ['/perl', ['/usr/bin/perl', '/perl']],
  // One argument, whatever blanks are in it: execve(2).
  ['/with-argument', ['/usr/bin/perl', '-w  -T', '/with-argument']],
  ['/with-cr', ['/bin/sh', '/with-cr']],
  ['/nothing', ['/bin/sh', '/nothing']],
  ['/by-name', ['perl', '/by-name']],
  ['/empty', ['/bin/sh', '/empty']],
]

for (const [path, argv] of starts) {
  test(`${path} is started as ${argv.join(' ')}`, async t => {
    assert.deepEqual((await perform(t, {path})).commands[0]?.argv, argv)
  })
}

test('an interpreter that is not there is named', async t => {
  const {commands, messages} = await perform(t, {path: '/missing'})
  assert.deepEqual(commands, [])
  assert.equal(messages, 'x cannot be run: there is no interpreter /usr/bin/python3 here')
})

test('scripts that share their time get what is left of it', async t => {
  const {commands} = await perform(t, {sharedMs: 20_000}, {sharedMsSpent: 15_000})
  assert.equal(commands[0]?.timeoutMs, 5000)
})

test('the own limit holds where it is the smaller one', async t => {
  const {commands} = await perform(t, {sharedMs: 20_000, timeoutMs: 1000}, {sharedMsSpent: 15_000})
  assert.equal(commands[0]?.timeoutMs, 1000)
})

test('where nothing is left of it the next one is not begun', async t => {
  const {commands, status, messages} = await perform(t, {sharedMs: 20_000}, {sharedMsSpent: 20_000})
  assert.deepEqual([commands, status], [[], 'failed'])
  assert.match(messages, /those before it took all the time there is/)
})

const once = {step: 'start-script', mark: 'vmid=7'} as const

test('what is done once is marked as begun before it is, and then as what it came to', async t => {
  assert.deepEqual((await perform(t, {once})).marks, ['vmid=7 ended=no', 'vmid=7'])
  assert.deepEqual((await perform(t, {once}, {}, 3)).marks, ['vmid=7 ended=no', 'vmid=7 failed=yes'])
})

test('where a file is missing a script that is done once counts as failed', async t => {
  const {marks} = await perform(t, {once}, {isFileMissing: true})
  assert.equal(marks.at(-1), 'vmid=7 failed=yes')
})

test('a file that is missing costs its own step, even if the script of that could not be begun', async t => {
  const {workshop, marks} = await perform(t, {once, path: '/missing'}, {isFileMissing: true})
  assert.deepEqual([marks.at(-1), workshop.isFileMissing], [undefined, false])
})
