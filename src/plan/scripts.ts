// The scripts step: what the disc brings along to be run, after the login works.

import type {Action, RunScriptAction} from '../action.ts'
import {isConsumed} from '../context/context.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'
import {buildScriptEnvironment} from './script-environment.ts'

/** Plans the scripts of the disc, in order. */
export function planScripts({
  context,
  contextProblems,
  settings,
  facts,
  mountDirectory,
  ...input
}: PlanInput): StepPlan {
  const problems = [...contextProblems.scripts]
  if (context === undefined || mountDirectory === undefined || context.scripts.length === 0)
    return nothingAsked(problems)
  const {environment, problems: tooLong} = buildScriptEnvironment(
    context.variables,
    mountDirectory,
    context.file,
  )
  const scripts = context.scripts.map((name): RunScriptAction => {
    return {
      kind: 'run-script',
      name,
      path: `${mountDirectory}/${name}`,
      environment,
      timeoutMs: settings.scriptTimeoutMs,
    }
  })
  const accounts = new Set([...context.keys.keys(), ...Object.keys(input.manifest.keys)])
  const folding = facts.live ? [...accounts].map((account): Action => ({kind: 'fold-keys', account})) : []
  return {
    summary: context.scripts.join(', '),
    actions: [...scripts, ...folding],
    problems: [...problems, ...tooLong],
    request: {scripts: context.scripts, variables: unconsumed(context.variables)},
  }
}

/** The variables that no other step takes: if one of them differs, the scripts run again (contract §5). */
function unconsumed(variables: NonNullable<PlanInput['context']>['variables']): [string, string][] {
  return [...variables.values()].filter(({name}) => !isConsumed(name)).map(({name, value}) => [name, value])
}
