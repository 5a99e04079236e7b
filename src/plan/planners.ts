// The planners of all steps but those that build on the network or on other steps, which have theirs in plan.ts.

import type {StepName} from '../steps.ts'
import {planOneGate} from './cloud/onegate.ts'
import {planConsole} from './console.ts'
import type {PlanInput, StepPlan} from './input.ts'
import {planAccount} from './login/account.ts'
import {planHostKeys} from './login/host-keys.ts'
import {planKeys} from './login/keys.ts'
import {planPassword} from './login/password.ts'
import {planSudo} from './login/sudo.ts'
import {planFinalHooks, planLocalHooks} from './scripts/hooks.ts'
import {planScripts} from './scripts/scripts.ts'
import {planStartScript} from './scripts/start-script.ts'
import {planUserData} from './scripts/user-data.ts'
import {planDisks} from './storage/disks.ts'
import {planMounts} from './storage/mounts.ts'
import {planSwap} from './storage/swap.ts'
import {planTimeZone} from './time-zone.ts'

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
