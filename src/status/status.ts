// How the last boot of a guest went, as data: its runs, the verdict over them, what is amiss with its files now.

import {type Problem, weighProblem} from '../problem.ts'
import {type Drift, findDrift} from '../report/drift.ts'
import {ManifestTooNewError, manifestPath, readManifest} from '../report/manifest.ts'
import {allProblems, type Outcome} from '../report/report.ts'
import {listFailuresOfBoot} from '../report/verdict.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {whyNothingComes} from './coming.ts'
import {type EarlierRun, findEarlierRun} from './earlier.ts'
import {readStand, type Stand} from './stand.ts'

export type Status = Omit<Stand, 'earlierRuns' | 'problem'> & {
  /** The name of the guest, as its kernel or its /etc/hostname has it. */
  hostname?: string | undefined
  live: boolean
  root: string
  /** The verdict over the runs of this boot; undefined as long as no stage was done. */
  outcome?: Outcome | undefined
  /** What failed: steps, `context`, `settings`. */
  failures: readonly string[]
  /** Why no final stage is to be expected where none was done, with a cure. */
  nothingComes?: {reason: string; cure: string} | undefined
  /** The last run of an earlier boot, where none of this one is known. */
  earlier?: EarlierRun | undefined
  /** Files that are ours and no longer as we left them; undefined if that cannot be seen. */
  drift?: readonly Drift[] | undefined
  /** What could not be seen for this answer. */
  unseen: readonly Problem[]
}

/** Reads it. Nothing is changed. */
export async function readStatus(system: System): Promise<Status> {
  const {earlierRuns, problem, ...stand} = readStand(system)
  const unseen: Problem[] = problem === undefined ? [] : [problem]
  const drift = readDrift(system, unseen)
  const failures = listFailuresOfBoot(stand.runs, stand.stagesDone)
  const isWaiting = stand.state === 'unfinished' || stand.state === 'not started'
  return {
    ...stand,
    hostname: readHostname(system),
    live: system.live,
    root: system.root,
    outcome: judgeBoot(stand, failures),
    failures,
    nothingComes: isWaiting ? await whyNothingComes(system, {...stand, earlierRuns}) : undefined,
    earlier: stand.runs.length === 0 ? findEarlierRun(system, earlierRuns) : undefined,
    drift,
    unseen,
  }
}

/** All that was asked for in this boot was done, and the boot is over. */
export function isWell({state, stagesDone, failures}: Status): boolean {
  if (state === 'switched off') return true
  return state !== 'killed' && stagesDone.includes('final') && failures.length === 0
}

function judgeBoot({runs, stagesDone}: Pick<Stand, 'runs' | 'stagesDone'>, failures: readonly string[]) {
  if (stagesDone.length === 0) return undefined
  if (failures.length > 0) return 'failed'
  const hasWarning = runs.flatMap(allProblems).some(problem => weighProblem(problem) === 'warning')
  return hasWarning ? 'warnings' : 'done'
}

function readDrift(system: System, unseen: Problem[]): Drift[] | undefined {
  const problems: Problem[] = []
  try {
    const manifest = readManifest(system, problems)
    unseen.push(...problems)
    return problems.length > 0 ? undefined : findDrift(system, manifest)
  } catch (error) {
    if (!(error instanceof ManifestTooNewError)) throw error
    unseen.push({code: 'record-damaged', file: manifestPath, message: error.message})
    return undefined
  }
}

function readHostname({files, live}: System): string | undefined {
  const path = live ? '/proc/sys/kernel/hostname' : '/etc/hostname'
  return unlessRefused(
    () => files.readText(path)?.trim() || undefined,
    () => undefined,
  )
}
