// Whether a boot did all that was asked for, over its runs: the stages may be done apart, and again after mending.

import {hasFailure} from '../problem.ts'
import {type Stage, type StepName, stageOf} from '../steps.ts'
import type {JudgedParts, RunReport, StepReport} from './report.ts'

/** Names what failed in a run: steps, `context` for its text or disc, `settings` for those of the image. */
export function listFailures({steps, context, problems}: JudgedParts): string[] {
  return [
    ...(hasFailure(problems) ? ['settings'] : []),
    ...(hasFailure(context.problems) ? ['context'] : []),
    ...steps.filter(({outcome}) => outcome === 'failed').map(({name}) => name),
  ]
}

/**
 * Names what failed in the runs of a boot. Of each step its latest end counts, also where it was done alone; of the
 * context and the guest what the latest whole run of each stage said. A stage that has never been done as a whole has
 * failed: nobody vouches for it.
 */
export function listFailuresOfBoot(runs: readonly RunReport[], stages: readonly Stage[]): string[] {
  const whole = runs.filter(run => run.only === undefined)
  const latest = stages.map(stage => whole.findLast(run => run.stages.includes(stage)))
  const missing = stages.filter((_, index) => latest[index] === undefined).map(stage => `${stage}-stage`)
  const general = latest.flatMap(run => (run === undefined ? [] : listFailures({...run, steps: []})))
  const outcomes = new Map<StepName, StepReport['outcome']>()
  for (const {name, outcome} of runs.flatMap(run => run.steps)) outcomes.set(name, outcome)
  const failed = [...outcomes].filter(
    ([name, outcome]) => outcome === 'failed' && stages.includes(stageOf(name)),
  )
  return [...new Set([...missing, ...general, ...failed.map(([name]) => name)])]
}
