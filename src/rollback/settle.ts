// The records after a rollback, so that the next plan is true. Files have changed by now: a rollback that is killed
// before this point finds them as they shall be, and writes the records then.

import type {Problem} from '../problem.ts'
import {readBootState, writeBootState} from '../report/boot-state.ts'
import {describeHistoryFailure, type History, type HistoryRun, writeHistory} from '../report/history.ts'
import {sweepKept} from '../report/kept-copies.ts'
import {type Manifest, type OwnedFile, writeManifest} from '../report/manifest.ts'
import {enterNics} from '../report/owned-nics.ts'
import type {StepName} from '../steps.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import type {FileReturn} from './files.ts'
import type {RollbackPlan} from './plan.ts'

/** Writes the records; the problem if they cannot be kept. */
export function settleRollback(
  system: System,
  history: History,
  manifest: Manifest,
  plan: RollbackPlan,
  returned: readonly FileReturn[],
): Problem[] {
  enterReturned(manifest, plan, returned)
  const forgotten = forgetReturned(history, plan, new Set(returned.map(({path}) => path)))
  return unlessRefused(
    () => {
      forgetSteps(system, returned)
      writeManifest(system, manifest)
      writeHistory(system, history)
      sweepKept(system, forgotten)
      return []
    },
    refusal => [{...describeHistoryFailure(refusal), code: 'deed-failed' as const}],
  )
}

/** What the manifest said of the files, and what goes with them, it says again. */
function enterReturned(manifest: Manifest, plan: RollbackPlan, returned: readonly FileReturn[]): void {
  for (const {path, owned} of returned) {
    const {overwritten} = manifest.files[path] ?? {}
    if (owned === null) delete manifest.files[path]
    else manifest.files[path] = {...owned, ...keepAll(owned, overwritten)}
  }
  const {nics, hosts} = plan.runs.at(-1)!
  if (returned.some(({path}) => path === '/etc/hosts')) manifest.hosts = [...hosts]
  const ofNetwork = plan.files.filter(({step}) => step === 'network')
  if (ofNetwork.length === 0) return
  // A NIC that only a part returned of is still what it was as well.
  if (ofNetwork.every(file => returned.includes(file))) manifest.nics = nics
  else enterNics(manifest.nics, nics)
}

/** What others wrote in between stays on record. */
function keepAll({overwritten = []}: OwnedFile, more: OwnedFile['overwritten'] = []) {
  const all = [...overwritten, ...more.filter(copy => !overwritten.some(each => isSame(each, copy)))]
  return all.length === 0 ? {} : {overwritten: all}
}

const isSame = (one: object, other: object) => JSON.stringify(one) === JSON.stringify(other)

/** Runs lose what is taken back; what had to be left stays for another try. Gives what the history has forgotten. */
function forgetReturned(history: History, {runs, files}: RollbackPlan, returned: ReadonlySet<string>) {
  const left = new Set(
    files.filter(({state}) => state !== 'return' && state !== 'same').map(({path}) => path),
  )
  const forgotten = runs.map(run => ({files: {...run.files}}))
  for (const run of runs) {
    for (const [path, change] of Object.entries(run.files)) {
      if (returned.has(path)) delete run.files[path]
      else if (left.has(path)) change.isLeft = true
    }
    if (Object.values(run.files).every(({step}) => step !== 'network')) delete run.network
  }
  history.runs = history.runs.filter(hasFiles)
  return forgotten
}

function hasFiles({files}: HistoryRun): boolean {
  return Object.keys(files).length > 0
}

/** They no longer stand as they were done in this boot. */
function forgetSteps(system: System, returned: readonly FileReturn[]): void {
  const state = readBootState(system)
  const steps = new Set<StepName>(returned.map(({step}) => step))
  if (steps.has('hostname')) steps.add('dns-name')
  const stale = [...steps].filter(step => state[step] !== undefined)
  if (stale.length === 0) return
  for (const step of stale) delete state[step]
  writeBootState(system, state)
}
