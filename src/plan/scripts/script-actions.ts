// What the steps that run scripts have in common: their environment, the variables that make them run again in one
// boot, and the keys that scripts repeat.

import type {RunScriptAction} from '../../action/scripts.ts'
import type {Action} from '../../action.ts'
import {isConsumed} from '../../context/consumed.ts'
import type {Variables} from '../../context/variables.ts'
import type {Problem} from '../../problem.ts'
import type {StepName} from '../../steps.ts'
import type {PlanInput} from '../input.ts'
import {buildScriptEnvironment} from './script-environment.ts'

/** What a script is besides its environment. */
export type ScriptWish = Pick<RunScriptAction, 'name'> & Partial<RunScriptAction>

/** Makes the actions for scripts. What of the environment they do without is told under the last step that has any. */
export function planScriptRuns(
  step: StepName,
  wishes: readonly ScriptWish[],
  input: PlanInput,
): {actions: RunScriptAction[]; problems: Problem[]} {
  const {environment, problems} = describeEnvironment(input)
  const common = {
    kind: 'run-script',
    path: '',
    environment,
    timeoutMs: input.settings.scriptTimeoutMs,
  } as const
  const actions = wishes.map((wish): RunScriptAction => ({...common, ...wish}))
  return {actions, problems: step === lastWithScripts(input) ? problems : []}
}

/** Without a context hooks get what a tool gets. */
function describeEnvironment({
  context,
  mountDirectory,
}: PlanInput): ReturnType<typeof buildScriptEnvironment> {
  if (context === undefined || mountDirectory === undefined) return {environment: {}, problems: []}
  return buildScriptEnvironment(context.variables, mountDirectory, context.file)
}

/** All of them have the same environment; once is enough to tell what is wrong with it. */
function lastWithScripts({context, facts}: PlanInput): StepName {
  if ((context?.scripts ?? []).length > 0) return 'scripts'
  if (context?.startScript !== undefined) return 'start-script'
  if (context?.userData?.script !== undefined) return 'user-data'
  return facts.hooks.final.hooks.length > 0 ? 'final-hooks' : 'local-hooks'
}

/** The variables that no other step takes: if one of them differs, scripts run again in one boot (contract §5). */
export function unconsumed(variables: Variables | undefined): [string, string][] {
  const all = [...(variables?.values() ?? [])]
  return all.filter(({name}) => !isConsumed(name)).map(({name, value}) => [name, value])
}

/** Scripts of 2.2 append their key at every boot; afterwards it stands there once. */
export function planFolding({context, facts, manifest}: PlanInput): Action[] {
  const accounts = new Set([...(context?.keys.keys() ?? []), ...Object.keys(manifest.keys)])
  return facts.live ? [...accounts].map(account => ({kind: 'fold-keys', account})) : []
}
