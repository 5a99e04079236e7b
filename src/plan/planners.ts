// The planners of all steps but those that build on the network or on other steps, which have theirs in plan.ts.

import type {StepName} from '../steps.ts'
import {planAccount} from './account.ts'
import {planConsole} from './console.ts'
import {planDisks} from './disks.ts'
import {planFinalHooks, planLocalHooks} from './hooks.ts'
import {planHostKeys} from './host-keys.ts'
import type {PlanInput, StepPlan} from './input.ts'
import {planKeys} from './keys.ts'
import {planMounts} from './mounts.ts'
import {planOneGate} from './onegate.ts'
import {planPassword} from './password.ts'
import {planScripts} from './scripts.ts'
import {planStartScript} from './start-script.ts'
import {planSudo} from './sudo.ts'
import {planSwap} from './swap.ts'
import {planTimeZone} from './time-zone.ts'
import {planUserData} from './user-data.ts'

/** Plans one step by itself. */
export type Planner = (input: PlanInput) => StepPlan

export const planners: Record<
  Exclude<StepName, 'network' | 'hostname' | 'online' | 'dns-name' | 'ready'>,
  Planner
> = {
  account: planAccount,
  keys: planKeys,
  password: planPassword,
  sudo: planSudo,
  'host-keys': planHostKeys,
  'time-zone': planTimeZone,
  console: planConsole,
  onegate: planOneGate,
  disks: planDisks,
  swap: planSwap,
  mounts: planMounts,
  'local-hooks': planLocalHooks,
  'user-data': planUserData,
  'start-script': planStartScript,
  scripts: planScripts,
  'final-hooks': planFinalHooks,
}
