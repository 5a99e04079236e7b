// What is wrong around the agent while a guest boots: it costs what rows.ts says and no more, is told, and the next boot
// mends it.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {RunReport} from '../../../src/report/report.ts'
import type {Guest} from '../../guests/guest.ts'
import {skipWithoutGuest} from '../../guests/host.ts'
import {chooseSeed, Random} from '../../random.ts'
import {requireTool} from '../../tools.ts'
import {isCampaign, rounds, tried} from '../rounds.ts'
import {listUndone, runIn, startFaultyGuest} from './live-guest.ts'
import type {Ended} from './root-guest.ts'
import {type Row, rows} from './rows.ts'
import {findDisgrace} from './verdict.ts'

const seed = chooseSeed()
const chosen = process.env.VMCONTEXT_FAULT

describe(`a boot in bad surroundings (seed ${seed})`, skipWithoutGuest('namespace'), () => {
  let survived = 0
  for (const row of choose()) {
    test(row.name, {timeout: 300_000}, async t => {
      if (row.strace !== undefined && !requireTool(t, 'strace')) return
      await tryRow(row)
      survived++
    })
  }
  test('all of them were survived', t => tried(t, survived, 'faults of the surroundings of a boot'))
})

function choose(): readonly Row[] {
  if (chosen !== undefined) return rows.filter(({name}) => name.includes(chosen))
  const random = new Random(seed)
  const rest = rows.filter(({isSlow}) => isCampaign || !isSlow)
  const count = Math.min(rounds(24, rest.length), rest.length)
  return Array.from({length: count}, () => rest.splice(random.below(rest.length), 1)[0]!)
}

async function tryRow(row: Row): Promise<void> {
  await using guest = await startFaultyGuest()
  const made = row.make === undefined ? undefined : await runIn(guest, row.make)
  assert.ok(made === undefined || made.status === 0, `the fault was not made: ${made?.stderr}`)
  const wrapper = row.strace === undefined ? [] : ['strace', '-f', '-qq', '-o', '/dev/null', ...row.strace]
  const ended = await runIn(guest, row.boot ?? 'vmcontext boot', wrapper)
  const undone = await listUndone(guest)
  assert.deepEqual(findDisgrace(ended), [], `${ended.stdout}${ended.stderr}`)
  assert.deepEqual(
    undone.filter(step => !row.costs?.includes(step)),
    [],
    `done all the same\n${ended.stdout}${ended.stderr}`,
  )
  if (row.says !== undefined) assert.match(`${ended.stdout}${ended.stderr}`, row.says)
  const run = await readLastRun(guest)
  assert.deepEqual(findUntold(undone, run, ended, row), [], `${ended.stdout}${ended.stderr}`)
  await assertNothingLiesAbout(guest, row)
  if (!row.isLasting) await assertMended(guest, row)
}

/** The next boot does what was left, in the same boot of the machine and after a restart. */
async function assertMended(guest: Guest, {mend}: Row): Promise<void> {
  if (mend !== undefined) {
    const mended = await runIn(guest, mend)
    assert.equal(mended.status, 0, `the fault was not ended: ${mended.stderr}`)
  }
  const next = await runIn(guest, 'vmcontext boot')
  assert.deepEqual(await listUndone(guest), [], `the next boot\n${next.stdout}${next.stderr}`)
  assert.equal(next.status, 0, `the next boot\n${next.stdout}${next.stderr}`)
}

function findUntold(
  undone: readonly string[],
  run: RunReport | undefined,
  {status, stdout, stderr}: Ended,
  {isMute, isNormal}: Row,
): string[] {
  if (isNormal) return status === 0 ? [] : [`exit code ${status}`]
  if (undone.length > 0 && status === 0) return [`exit code 0, and undone: ${undone.join()}`]
  if (run === undefined)
    return isMute || status === 3 || stdout.includes('there is no report of this run') ? [] : ['the report']
  const failed = new Set<string>(run.steps.filter(({outcome}) => outcome === 'failed').map(({name}) => name))
  const untold = run.context.state === 'found' ? undone.filter(step => !failed.has(step)) : []
  const problems = run.steps.flatMap(({problems}) => problems)
  const uncured = problems.filter(({code, cure}) => code === 'deed-failed' && cure === undefined)
  const unsaid = isMute ? [] : [...failed].filter(step => !`${stdout}${stderr}`.includes(`  ${step}`))
  return [
    ...untold.map(step => `${step} is undone`),
    ...uncured.map(({message}) => `no cure: ${message}`),
    ...unsaid.map(step => `the console does not name ${step}`),
  ]
}

async function readLastRun(guest: Guest): Promise<RunReport | undefined> {
  const {stdout} = await runIn(guest, 'cat /run/vmcontext/report.json 2>/dev/null')
  return stdout.trim() === '' || stdout.trim() === '{' ? undefined : JSON.parse(stdout).runs.at(-1)
}

async function assertNothingLiesAbout(guest: Guest, {leavesMount}: Row): Promise<void> {
  const {stdout} = await runIn(
    guest,
    "find / -xdev -name '*.vmcontext-new'; findmnt -rn /mnt; ls /run/vmcontext/context 2>/dev/null",
  )
  if (leavesMount) assert.match(stdout, /^\/mnt /)
  else assert.equal(stdout.trim(), '', 'left behind')
}
