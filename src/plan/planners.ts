// The planners of all steps but the first two, which build on each other.

import type {StepName} from '../steps.ts'
import {planAccount} from './account.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'
import {planKeys} from './keys.ts'
import {planScripts} from './scripts.ts'

/** Plans one step by itself. */
export type Planner = (input: PlanInput) => StepPlan

const planNothing: Planner = () => nothingAsked()

export const planners: Record<Exclude<StepName, 'network' | 'hostname' | 'online'>, Planner> = {
  account: planAccount,
  keys: planKeys,
  password: planNothing,
  sudo: planNothing,
  'host-keys': planNothing,
  'time-zone': planNothing,
  console: planNothing,
  onegate: planNothing,
  disks: planNothing,
  swap: planNothing,
  mounts: planNothing,
  'local-hooks': planNothing,
  'dns-name': planNothing,
  'user-data': planNothing,
  'start-script': planNothing,
  scripts: planScripts,
  'final-hooks': planNothing,
  ready: planNothing,
}
