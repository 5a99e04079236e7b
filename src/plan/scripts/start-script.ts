// The start-script step: START_SCRIPT, at every boot or once for a VM.

import type {StartScript} from '../../context/scripts/start-script.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {planOnce} from './once.ts'
import {planFolding, planScriptRuns, unconsumed} from './script-actions.ts'

const name = 'START_SCRIPT'

/** Plans START_SCRIPT. */
export function planStartScript(input: PlanInput): StepPlan {
  const {context, contextProblems} = input
  const found = contextProblems['start-script']
  const script = context?.startScript
  if (script === undefined) return nothingAsked([...found])
  const text = script.text.reveal()
  const request = {text, once: script.once, variables: unconsumed(context?.variables)}
  if (!script.once) return {...planRun(script, {}, input), request}
  const once = planOnce('start-script', script.key, [text], input)
  if (!once.isDone) return {...planRun(script, {once: once.mark}, input), request}
  const problems = [...found, ...once.problems]
  return {summary: name, actions: [], problems, request, idle: 'done once'}
}

function planRun(
  {text}: StartScript,
  more: object,
  input: PlanInput,
): Pick<StepPlan, 'summary' | 'actions' | 'problems'> {
  const {actions, problems} = planScriptRuns('start-script', [{name, text, ...more}], input)
  const found = input.contextProblems['start-script']
  return {summary: name, actions: [...actions, ...planFolding(input)], problems: [...found, ...problems]}
}
