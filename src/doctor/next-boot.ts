// The deeds of the next boot, and what does one of them now.

import type {Action} from '../action.ts'
import {planNextBoot} from '../plan/next-boot.ts'
import type {StepName} from '../steps.ts'
import type {Exam} from './exam.ts'

export type PlannedDeed = {step: StepName; action: Action}

/** Lists the deeds of the next boot. */
export function listNextDeeds({prepared: {input}}: Exam): PlannedDeed[] {
  return planNextBoot(input).steps.flatMap(({name, actions}) => actions.map(action => ({step: name, action})))
}

/** What mends something now: the step that has to do with it, done again. */
export function redo(step: StepName): string {
  return `vmcontext boot --only ${step}`
}
