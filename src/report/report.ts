// What came of a boot, for programs: /run/vmcontext/report.json. World-readable, so it holds no value of a secret.

import type {ActionKind, Idleness} from '../action.ts'
import type {DeedStatus} from '../apply/workshop.ts'
import {type Problem, weighProblem} from '../problem.ts'
import type {Source} from '../source/source.ts'
import type {Stage, StepName} from '../steps.ts'
import {readBootId} from '../system/clock.ts'
import type {System} from '../system/system.ts'
import {stringifyMasked} from './mask.ts'

export const reportPath = '/run/vmcontext/report.json'

export type DeedReport = {
  kind: ActionKind
  status: DeedStatus
  /** What was done, for a person. */
  detail: string
  /** The files and directories that it made or changed. */
  paths?: readonly string[]
  /** SHA-256 of a file before and after; the name that a name server told. */
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
  /** These steps of them only; undefined: all. */
  only?: readonly StepName[] | undefined
  /** Wall-clock time; at boot it may be wrong. */
  startedAt: string
  /** Milliseconds from the start of the kernel to that of the run: true even where the clock was set in between. */
  sinceBootMs?: number | undefined
  durationMs: number
  outcome: Outcome
  context: ContextReport
  steps: readonly StepReport[]
  /** Problems of the run itself: settings, records. */
  problems: readonly Problem[]
}

export type ReportFile = {version: 1; bootId?: string | undefined; runs: RunReport[]}

/** What a run is judged by. */
export type JudgedParts = Pick<RunReport, 'steps' | 'problems'> & {context: Pick<ContextReport, 'problems'>}

/** Every problem of a run, in the order in which things happen. */
export function allProblems(run: JudgedParts): Problem[] {
  return [...run.problems, ...run.context.problems, ...run.steps.flatMap(step => step.problems)]
}

/** Judges a run: failed if anything asked for was not done. */
export function judgeRun(run: JudgedParts): Outcome {
  const weights = new Set(allProblems(run).map(weighProblem))
  if (weights.has('failure')) return 'failed'
  return weights.has('warning') ? 'warnings' : 'done'
}

/**
 * Adds a run to the report of this boot; the latest for each set of stages stays, and beside it the latest for each
 * choice of single steps: a part never takes the place of the whole.
 */
export function writeReport(system: System, run: RunReport, mask: (text: string) => string): void {
  const kept = readRunsOfBoot(system).filter(other => scopeOf(other) !== scopeOf(run))
  const report: ReportFile = {version: 1, bootId: readBootId(system.files), runs: [...kept, run]}
  system.files.makeDirectory('/run/vmcontext')
  const text = stringifyMasked(report, mask)
  system.files.write(reportPath, `${text}\n`, {mode: 0o644, durable: false})
}

function scopeOf({stages, only}: RunReport): string {
  return `${stages.join()} ${only?.toSorted().join() ?? ''}`
}

/** The runs of this boot so far, the latest last. */
export function readRunsOfBoot(system: System): RunReport[] {
  const report = readReport(system)
  return report !== undefined && report.bootId === readBootId(system.files) ? report.runs : []
}

/** Reads the report; undefined if there is none that can be read. */
function readReport(system: System): ReportFile | undefined {
  try {
    const report = JSON.parse(system.files.readText(reportPath) ?? 'null') as ReportFile | null
    return report?.version === 1 && Array.isArray(report.runs) ? report : undefined
  } catch {
    return undefined
  }
}
