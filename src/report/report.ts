// What came of a boot, for programs: /run/vmcontext/report.json. World-readable, so it holds no value of a secret.

import type {ActionKind, Idleness} from '../action.ts'
import type {DeedStatus} from '../apply/workshop.ts'
import {type Problem, weighProblem} from '../problem.ts'
import type {Source} from '../source/source.ts'
import type {Stage, StepName} from '../steps.ts'
import {readBootId} from '../system/clock.ts'
import type {System} from '../system/system.ts'

const reportPath = '/run/vmcontext/report.json'

export type DeedReport = {
  kind: ActionKind
  status: DeedStatus
  /** What was done, for a person. */
  detail: string
  /** The files and directories that it made or changed. */
  paths?: readonly string[]
  /** SHA-256 of a file before and after. */
  before?: string | undefined
  after?: string | undefined
  problems: readonly Problem[]
  durationMs: number
}

/** Without the step's digest: over variables, it would let anyone who reads it try passwords. */
export type StepReport = {
  name: StepName
  summary: string
  outcome: 'changed' | 'unchanged' | 'failed' | Idleness
  deeds: readonly DeedReport[]
  problems: readonly Problem[]
  /** Milliseconds since the run began. */
  startedMs: number
  durationMs: number
}

export type ContextReport = {
  state: Source['state']
  /** The device or directory it was found on, and by what. */
  origin?: string | undefined
  recognition?: string | undefined
  variables: number
  problems: readonly Problem[]
  durationMs: number
}

export type Outcome = 'done' | 'warnings' | 'failed'

export type RunReport = {
  agent: string
  stages: readonly Stage[]
  /** Wall-clock time; at boot it may be wrong. */
  startedAt: string
  durationMs: number
  outcome: Outcome
  context: ContextReport
  steps: readonly StepReport[]
  /** Problems of the run itself: settings, records. */
  problems: readonly Problem[]
}

type ReportFile = {version: 1; bootId?: string | undefined; runs: RunReport[]}

/** Every problem of a run, in the order in which things happen. */
export function allProblems(run: Pick<RunReport, 'context' | 'steps' | 'problems'>): Problem[] {
  return [...run.problems, ...run.context.problems, ...run.steps.flatMap(step => step.problems)]
}

/** Judges a run: failed if anything asked for was not done. */
export function judgeRun(run: Pick<RunReport, 'context' | 'steps' | 'problems'>): Outcome {
  const weights = new Set(allProblems(run).map(weighProblem))
  if (weights.has('failure')) return 'failed'
  return weights.has('warning') ? 'warnings' : 'done'
}

/** Adds a run to the report of this boot; the latest for each set of stages stays. */
export function writeReport(system: System, run: RunReport, mask: (text: string) => string): void {
  const bootId = readBootId(system.files)
  const earlier = readReport(system)
  const stages = run.stages.join()
  const kept = (earlier?.bootId === bootId ? (earlier?.runs ?? []) : []).filter(
    other => other.stages.join() !== stages,
  )
  const report: ReportFile = {version: 1, bootId, runs: [...kept, run]}
  system.files.makeDirectory('/run/vmcontext')
  system.files.write(reportPath, `${mask(JSON.stringify(report, null, 2))}\n`, {mode: 0o644, durable: false})
}

/** Reads the report; undefined if there is none that can be read. */
function readReport(system: System): ReportFile | undefined {
  try {
    const report = JSON.parse(system.files.readText(reportPath) ?? 'null') as ReportFile | null
    return report?.version === 1 ? report : undefined
  } catch {
    return undefined
  }
}
