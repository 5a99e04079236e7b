// The user-data step: files and commands that a user hands to the machine, once for a VM.

import type {OnceMark} from '../../action/scripts.ts'
import type {Action} from '../../action.ts'
import type {UserData} from '../../context/scripts/user-data.ts'
import {weighProblem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {hashBytes} from '../../report/manifest.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {planOnce} from './once.ts'
import {planScriptRuns} from './script-actions.ts'

/** Plans USER_DATA: its files, then its script or its commands. */
export function planUserData(input: PlanInput): StepPlan {
  const {context, contextProblems} = input
  const found = contextProblems['user-data']
  const userData = context?.userData
  if (userData === undefined) return nothingAsked([...found])
  const summary = summarize(userData)
  const request = listUserData(userData)
  const once = planOnce('user-data', userData.key, request, input)
  // What has no effect was told when it was done. What was not done is told until it is.
  const left = once.isDone ? found.filter(problem => weighProblem(problem) === 'failure') : found
  const problems = [...left, ...once.problems]
  if (once.isDone) return {summary, actions: [], problems, request, idle: 'done once'}
  const files = userData.files.map(({isDeferred: _, ...file}): Action => ({kind: 'write-user-file', ...file}))
  const runs = planRun(userData, once.mark, input)
  // On another root nothing is executed, and so it is still to be done when that boots.
  const isLast = runs.actions.length === 0 && input.facts.live
  const mark: Action[] = isLast ? [{kind: 'mark-once', ...once.mark}] : []
  return {
    summary,
    actions: [...files, ...runs.actions, ...mark],
    problems: [...problems, ...runs.problems],
    request,
  }
}

function planRun({script}: UserData, once: OnceMark, input: PlanInput): ReturnType<typeof planScriptRuns> {
  if (script === undefined) return {actions: [], problems: []}
  return planScriptRuns('user-data', [{name: nameOf(script.key), text: script.text, once}], input)
}

/** A script is called by the first of the variable's names. */
function nameOf(key: string): string {
  return key === 'runcmd' ? key : 'USER_DATA'
}

function summarize({files, script}: UserData): string {
  const parts = [
    ...(files.length > 0 ? [count(files.length, 'file')] : []),
    ...(script === undefined ? [] : [nameOf(script.key) === 'runcmd' ? 'runcmd' : 'a script']),
  ]
  return parts.join(' and ') || 'nothing'
}

/** All that it is, to tell it from another. */
export function listUserData({files, script}: UserData): string[] {
  const entries = files.map(file => JSON.stringify({...file, content: hashBytes(file.content.reveal())}))
  return [...entries, script?.text.reveal() ?? '']
}
