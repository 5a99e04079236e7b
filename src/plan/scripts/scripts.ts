// The scripts step: what the disc brings along to be run, after the login works.

import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {planFolding, planScriptRuns, unconsumed} from './script-actions.ts'

/** Plans the scripts of the disc, in order. */
export function planScripts(input: PlanInput): StepPlan {
  const {context, contextProblems, mountDirectory} = input
  const found = contextProblems.scripts
  if (context === undefined || mountDirectory === undefined || context.scripts.length === 0)
    return nothingAsked([...found])
  const {scripts} = context
  const wishes = scripts.map(name => ({name, path: `${mountDirectory}/${name}`}))
  const {actions, problems} = planScriptRuns('scripts', wishes, input)
  return {
    summary: scripts.join(', '),
    actions: [...actions, ...planFolding(input)],
    problems: [...found, ...problems],
    request: {scripts, variables: unconsumed(context.variables)},
  }
}
