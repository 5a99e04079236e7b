// What is waited for, and what is not, by what systemd says. Its answers are those of systemctl 252.

import assert from 'node:assert/strict'
import {type TestContext, test} from 'node:test'
import {awaitFinalStage} from '../../src/status/wait.ts'
import {openSystem, type System} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'
import {reportOf, run} from './boot-report.ts'

const units = {
  'lib/systemd/systemd': '',
  'run/systemd/system/x': '',
  'etc/systemd/system/vmcontext-local.service': '[Unit]\n',
  'etc/systemd/system/vmcontext-final.service': '[Unit]\n',
  'etc/systemd/system/default.target.wants/vmcontext-local.service': '',
}
const enabled = {...units, 'etc/systemd/system/default.target.wants/vmcontext-final.service': ''}

/** A running guest that is this directory, and whose systemctl says this. */
function makeGuest(
  t: TestContext,
  files: Record<string, string>,
  unit: string,
  manager = 'starting',
): System {
  const answer = (argv: readonly string[]) => (argv.includes('show') ? unit : `${manager}\n`)
  const ended = {ended: 'exited', exitCode: 0} as const
  const system = openSystem(makeDirectory(t, files))
  return {...system, live: true, run: async ({argv}) => ({...ended, output: answer(argv)})}
}

const wait = (system: System, seconds = 900) => awaitFinalStage(system, seconds, new AbortController().signal)

const hopeless: [
  what: string,
  files: Record<string, string>,
  unit: string,
  manager: string,
  reason: RegExp,
][] = [
  [
    'it is not enabled',
    units,
    'ActiveState=inactive\n',
    'starting',
    /final.service at boot: it is not enabled/,
  ],
  ['it has failed', enabled, 'ActiveState=failed\n', 'starting', /has failed/],
  ['it left no report', enabled, 'ActiveState=active\n', 'running', /left no report/],
  ['the boot is over', enabled, 'ActiveState=inactive\n', 'degraded', /without starting/],
  ['nothing starts the agent', {'sbin/init': ''}, '', '', /nothing starts the agent at boot/],
]
for (const [what, files, unit, manager, reason] of hopeless)
  test(`the waiting ends where ${what}`, async t => {
    const {end, reason: said, cure} = await wait(makeGuest(t, files, unit, manager))
    assert.equal(end, 'nothing comes')
    assert.match(said!, reason)
    assert.ok(cure)
  })

const hopeful: [what: string, unit: string, manager: string][] = [
  ['it is in the queue', 'ActiveState=inactive\nJob=12\n', 'running'],
  ['it is at work', 'ActiveState=activating\nJob=12\n', 'starting'],
  ['the boot goes on', 'ActiveState=inactive\n', 'starting'],
]
for (const [what, unit, manager] of hopeful)
  test(`the waiting goes on where ${what}`, async t => {
    assert.equal((await wait(makeGuest(t, enabled, unit, manager), 0.01)).end, 'time is over')
  })

test('a script of the manual does both stages: it is waited for', async t => {
  const files = {
    'sbin/init': '',
    'etc/rc2.d/S01vmcontext.sh': '',
    'etc/rc3.d/x': '',
    'etc/init.d/vmcontext.sh': '',
  }
  assert.equal(
    (await wait(makeGuest(t, {...files, ...reportOf(run({stages: ['local']}))}, ''), 0.01)).end,
    'time is over',
  )
})

test('what has ended is not waited for', async t => {
  assert.equal((await wait(makeGuest(t, {...enabled, ...reportOf(run())}, ''))).end, 'ended')
})

test('a run by hand that was killed after the boot is not waited for', async t => {
  const now = {
    version: 1,
    pid: 1,
    stages: ['local'],
    only: ['network'],
    startedAt: '2026-01-02T03:04:05.678Z',
  }
  const note = {'run/vmcontext/current.json': JSON.stringify(now)}
  const left = makeGuest(t, {...enabled, ...reportOf(run()), ...note}, 'ActiveState=active\n', 'running')
  assert.equal((await wait(left)).end, 'ended')
})

test('who is told to stop stops', async t => {
  const {end} = await awaitFinalStage(
    makeGuest(t, enabled, 'ActiveState=activating\n'),
    900,
    AbortSignal.abort(),
  )
  assert.equal(end, 'stopped')
})
