// The step that waits for the network, in the stage that may need it.

import type {Network} from '../network/model.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

/** Plans to wait until the addresses of the context are there, if something that it asks for needs them. */
export function planOnline(_input: PlanInput, _network: Network): StepPlan {
  return nothingAsked()
}
