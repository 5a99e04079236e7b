// What the next boot will do, whatever this one has done already: a step that is done once in a boot is done then.

import {type Stage, type StepName, stages} from '../steps.ts'
import type {PlanInput} from './input.ts'
import {type Plan, planBoot} from './plan.ts'

/** Plans all stages; `only`: these steps of them. */
export function planNextBoot(input: PlanInput, only?: readonly StepName[]): Plan {
  return planBoot(input, {stages: Object.keys(stages) as Stage[], only, doneBefore: {}})
}
