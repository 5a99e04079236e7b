// Where the time of a boot goes, as its own report tells.

import type {RunReport} from '../../../src/report/report.ts'
import {quantile} from '../figures.ts'

export type Phase = {name: string; ms: number}

/** The phases of one boot, one after another; of the steps those that did something. */
export function phasesOf(run: RunReport, wallMs: number): Phase[] {
  const [first] = run.steps
  const last = run.steps.at(-1)
  if (first === undefined || last === undefined) throw new Error('a run without steps')
  const busy = run.steps.filter(({deeds}) => deeds.length > 0)
  return [
    {name: 'the program starts and ends', ms: wallMs - run.durationMs},
    {name: 'the source is found, mounted and read', ms: run.context.durationMs},
    {name: 'settings, records, facts, plan', ms: first.startedMs - run.context.durationMs},
    ...busy.map(({name, durationMs}) => ({name: `step ${name}`, ms: durationMs})),
    {name: 'between the steps', ms: last.startedMs + last.durationMs - first.startedMs - sumOf(busy)},
    {name: 'records, unmounting', ms: run.durationMs - last.startedMs - last.durationMs},
  ]
}

function sumOf(steps: RunReport['steps']): number {
  return steps.reduce((sum, {durationMs}) => sum + durationMs, 0)
}

/** The median of each phase over some boots that did the same. */
export function mediansOf(boots: readonly (readonly Phase[])[]): Phase[] {
  const [first = []] = boots
  return first.map(({name}, at) => ({
    name,
    ms: quantile(
      boots.map(phases => phases[at]!.ms),
      0.5,
    ),
  }))
}
