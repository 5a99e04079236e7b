// The hooks of the image, at the end of the local stage and after the scripts of the context. They belong to the image
// and not to the cloud, so they run where there is no context, too; then they get no variables.

import type {Stage} from '../../steps.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {planScriptRuns, unconsumed} from './script-actions.ts'

/** The local stage has 60 s whatever hangs (contract §5), and others need some of them. */
export const localHooksMs = 20_000

/** Plans the hooks of the local stage, which nobody may hold up. */
export function planLocalHooks(input: PlanInput): StepPlan {
  return planHooks('local', {sharedMs: localHooksMs}, input)
}

/** Plans the hooks of the final stage. */
export function planFinalHooks(input: PlanInput): StepPlan {
  return planHooks('final', {}, input)
}

function planHooks(stage: Stage, limits: object, input: PlanInput): StepPlan {
  const {hooks, problems: found} = input.facts.hooks[stage]
  if (hooks.length === 0) return nothingAsked([...found])
  const wishes = hooks.map(hook => ({...hook, ...limits}))
  const {actions, problems} = planScriptRuns(`${stage}-hooks`, wishes, input)
  const names = hooks.map(({name}) => name)
  return {
    summary: names.join(', '),
    actions,
    problems: [...found, ...problems],
    request: {names, variables: unconsumed(input.context?.variables)},
  }
}
