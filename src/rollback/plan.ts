// The plan of `vmcontext rollback`, as data: which runs are taken back, what becomes of each of their files, and what is
// done to the running guest because of it. Nothing is changed here.

import type {Prepared} from '../prepare.ts'
import type {Problem} from '../problem.ts'
import type {History, HistoryRun} from '../report/history.ts'
import {type StepName, stepNames} from '../steps.ts'
import type {System} from '../system/system.ts'
import {type FileReturn, planFile} from './files.ts'
import {findHostName} from './host-name.ts'
import {type NetworkReturn, planNetworkReturn} from './network.ts'

export type RollbackPlan = {
  /** The runs that are taken back, the latest first. */
  runs: readonly HistoryRun[]
  files: readonly FileReturn[]
  /** Undefined where no network of a running guest is concerned. */
  network?: NetworkReturn | undefined
  /** The name that the running kernel gets. */
  hostName?: string | undefined
  /** What else those runs did; it stays. */
  stays: readonly string[]
  /** The steps whose files change: a boot would do them anew. */
  steps: readonly StepName[]
  /** What the manifest lacks: only of these files it will say again what it said. */
  problems: readonly Problem[]
}

/** Plans taking back these runs, the latest first. */
export function planRollback(
  system: System,
  history: History,
  runs: readonly HistoryRun[],
  prepared: Pick<Prepared, 'facts' | 'context' | 'settings' | 'problems'>,
): RollbackPlan {
  const paths = new Set(runs.flatMap(run => Object.keys(run.files)))
  const oldestFirst = runs.toReversed()
  const files = [...paths].sort().map(path =>
    planFile(
      system,
      path,
      oldestFirst.flatMap(run => run.files[path] ?? []),
    ),
  )
  const concerned = files.filter(({state}) => state === 'return' || state === 'same')
  const isNetwork = concerned.some(({step}) => step === 'network')
  return {
    runs,
    files,
    network: isNetwork ? planNetworkReturn(history, runs, concerned, prepared) : undefined,
    hostName: findHostName(concerned, prepared.facts),
    stays: [...new Set(oldestFirst.flatMap(run => run.stays))],
    steps: stepNames.filter(name => concerned.some(({step}) => step === name)),
    problems: prepared.problems.filter(({code}) => code === 'record-damaged'),
  }
}
