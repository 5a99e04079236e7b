// The history and a rollback for programs. Texts of files are not in it: hashes are.

import type {History, HistoryRun} from '../../../report/history.ts'
import {hashBytes} from '../../../report/manifest.ts'
import type {Standing} from '../../../report/standing.ts'
import type {FileReturn} from '../../../rollback/files.ts'
import type {Rolled} from '../../../rollback/perform.ts'
import type {RollbackPlan} from '../../../rollback/plan.ts'

/** The runs that can be taken back, the latest first. */
export function describeHistory({runs}: History) {
  return {version: 1, runs: runs.toReversed().map(describeRun)}
}

function describeRun({id, startedAt, bootId, stages, only, outcome, files}: HistoryRun) {
  const changes = Object.entries(files).map(([path, {step, isLeft}]) => ({
    path,
    step,
    isLeft: isLeft === true,
  }))
  return {id, startedAt, bootId, stages, only, outcome: outcome ?? 'killed', files: changes}
}

/** What would be done, or with `rolled` what was. */
export function describeRollback(plan: RollbackPlan, rolled?: Rolled) {
  const {runs, files, network, hostName, stays, steps, problems} = plan
  const done = new Set(rolled?.returned.map(({path}) => path))
  return {
    version: 1,
    outcome: rolled === undefined ? 'planned' : rolled.isTakenBack ? 'taken back' : 'done',
    runs: runs.map(({id}) => id),
    files: files.map(file => ({...describeFile(file), isReturned: done.has(file.path)})),
    network: network && {down: network.down, up: network.up, expected: network.expected},
    hostName,
    stays,
    steps,
    problems: [...problems, ...(rolled?.problems ?? [])],
  }
}

function describeFile({path, step, state, before, now, message, cure}: FileReturn) {
  return {path, step, state, now: describeStanding(now), before, message, cure}
}

function describeStanding(now: Standing) {
  if (now === null || typeof now !== 'object') return null
  if ('link' in now) return {link: now.link}
  return {sha256: hashBytes(now.bytes), mode: now.mode & 0o7777, uid: now.uid, gid: now.gid}
}
