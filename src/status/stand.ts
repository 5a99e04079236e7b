// How far this boot has come: from the report, the lock and the note of the run that is at work. Cheap, for whoever waits
// asks again and again.

import type {Problem} from '../problem.ts'
import {lockPath, type RunNow, readProgress} from '../report/progress.ts'
import type {RunReport} from '../report/report.ts'
import {readSettingsLayers} from '../settings/read-settings.ts'
import {settle} from '../settings/settings.ts'
import type {Stage} from '../steps.ts'
import {readLockOwner} from '../system/lock.ts'
import type {System} from '../system/system.ts'
import {readReport} from './read-report.ts'

/**
 * - `ended`: the final stage has been done in this boot.
 * - `unfinished`: the local stage alone.
 * - `running`: a run is at work.
 * - `killed`: the last run was killed in the middle of it.
 * - `not started`: no whole run in this boot.
 * - `switched off`: nor will there be one.
 * - `unknown`: the report cannot be read.
 */
export type BootState =
  | 'ended'
  | 'unfinished'
  | 'running'
  | 'killed'
  | 'not started'
  | 'switched off'
  | 'unknown'

export type Stand = {
  state: BootState
  /** The stages that were done as a whole in this boot. */
  stagesDone: readonly Stage[]
  /** The runs of this boot, the latest last. */
  runs: readonly RunReport[]
  /** Those that the report has of an earlier boot. */
  earlierRuns: readonly RunReport[]
  /** The run that is at work, or was killed. */
  now?: RunNow | undefined
  /** Another process of vmcontext that holds the lock and is no boot: a rollback, an uninstall. */
  busyPid?: number | undefined
  /** Why the report cannot be read. */
  problem?: Problem | undefined
}

/** Reads it. */
export function readStand(system: System): Stand {
  const {now, isAlive, busyPid} = readRunNow(system)
  const reading = readReport(system)
  const problem = 'problem' in reading ? reading.problem : undefined
  const {runs, isOfThisBoot} = 'problem' in reading ? {runs: [], isOfThisBoot: true} : reading
  const ownRuns = isOfThisBoot ? runs : []
  const whole = ownRuns.filter(({only}) => only === undefined)
  const stagesDone = (['local', 'final'] as const).filter(stage =>
    whole.some(({stages}) => stages.includes(stage)),
  )
  const stand = {stagesDone, runs: ownRuns, earlierRuns: isOfThisBoot ? [] : runs, now, busyPid, problem}
  return {state: judge(system, stand, isAlive), ...stand}
}

function judge(system: System, stand: Omit<Stand, 'state'>, isAlive: boolean): BootState {
  if (stand.now !== undefined) return isAlive ? 'running' : 'killed'
  if (stand.problem !== undefined) return 'unknown'
  if (stand.stagesDone.includes('final')) return 'ended'
  if (isSwitchedOff(system)) return 'switched off'
  return stand.stagesDone.length > 0 ? 'unfinished' : 'not started'
}

function isSwitchedOff(system: System): boolean {
  return !settle(readSettingsLayers(system, [], []), undefined, []).enabled
}

/**
 * The note is made after the lock is taken and goes before it is released. So a note without a living owner of the
 * lock is that of a run which was killed, if it is still there when it is read again.
 */
function readRunNow(system: System): {now?: RunNow | undefined; isAlive: boolean; busyPid?: number} {
  for (;;) {
    const now = readProgress(system)
    const owner = readLockOwner(system.files, lockPath)
    if (owner?.isAlive) return now === undefined ? {isAlive: true, busyPid: owner.pid} : {now, isAlive: true}
    const again = readProgress(system)
    if (JSON.stringify(again) === JSON.stringify(now)) return {now, isAlive: false}
  }
}
