// The runs of a boot on one axis of time: a row for each step and deed, and stretches in which nothing ran cut short.

import type {RunReport, StepReport} from '../report/report.ts'

export type RowKind = 'run' | 'step' | 'deed'
export type TimelineRow = {
  kind: RowKind
  label: string
  outcome: string
  /** Milliseconds on the axis. */
  startMs: number
  durationMs: number
}
/** A run on the axis; `pauseMs`: how long nothing ran before it. */
export type Stretch = {startMs: number; endMs: number; pauseMs: number}
export type Timeline = {
  /** True: the axis counts from the start of the kernel; else from that of the first run. */
  isSinceBoot: boolean
  stretches: readonly Stretch[]
  rows: readonly TimelineRow[]
}

const farMs = 600_000

/** Lays the runs out. */
export function layTimeline(runs: readonly RunReport[]): Timeline {
  const hasUptime = runs.every(({sinceBootMs}) => sinceBootMs !== undefined)
  const timed = runs
    .map(run => ({run, startMs: hasUptime ? run.sinceBootMs! : Date.parse(run.startedAt)}))
    .sort((one, other) => one.startMs - other.startMs)
  const firstMs = timed[0]?.startMs ?? 0
  // Hours later the kernel's start is no help in reading milliseconds.
  const isSinceBoot = hasUptime && firstMs < farMs
  const zero = isSinceBoot ? 0 : firstMs
  const placed = timed.map(({run, startMs}) => ({run, startMs: startMs - zero}))
  return {isSinceBoot, stretches: findStretches(placed), rows: placed.flatMap(listRows)}
}

type Placed = {run: RunReport; startMs: number}

/** Runs never overlap, as one agent works at a time; by a clock that was set in between they may seem to. */
function findStretches(placed: readonly Placed[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const {run, startMs} of placed) {
    const last = stretches.at(-1)
    const endMs = startMs + run.durationMs
    if (last !== undefined && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs)
    else stretches.push({startMs, endMs, pauseMs: startMs - (last?.endMs ?? 0)})
  }
  return stretches
}

function listRows({run, startMs}: Placed): TimelineRow[] {
  const label = `${run.only?.join(', ') ?? run.stages.join(' and ')} (${run.outcome})`
  const context = {
    ...({kind: 'step', label: 'context', outcome: run.context.state} as const),
    ...{startMs, durationMs: run.context.durationMs},
  }
  const steps = run.steps.filter(({deeds, outcome}) => deeds.length > 0 || outcome === 'failed')
  const whole = {kind: 'run', label, outcome: run.outcome, startMs, durationMs: run.durationMs} as const
  return [whole, context, ...steps.flatMap(step => listStepRows(step, startMs))]
}

/** A deed alone is its step. Deeds are done one after the other. */
function listStepRows(
  {name, outcome, startedMs, durationMs, deeds}: StepReport,
  runMs: number,
): TimelineRow[] {
  const startMs = runMs + startedMs
  const only = deeds.length === 1 ? `: ${deeds[0]!.detail}` : ''
  const rows: TimelineRow[] = [{kind: 'step', label: `${name}${only}`, outcome, startMs, durationMs}]
  if (deeds.length < 2) return rows
  let atMs = startMs
  for (const {detail, status, durationMs: deedMs} of deeds) {
    rows.push({kind: 'deed', label: detail, outcome: status, startMs: atMs, durationMs: deedMs})
    atMs += deedMs
  }
  return rows
}
