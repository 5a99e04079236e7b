// The onegate step: what the tool `onegate`, if it is installed, has to know of this guest.

import type {OneGate} from '../../context/cloud/onegate.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'

/** Plans the file that `onegate` reads, and its end when the context tells of OneGate no more. */
export function planOneGate({context, contextProblems, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.onegate]
  // Another root has no /run that would outlive its start.
  if (context === undefined || !facts.live) return nothingAsked(problems)
  const values = context.oneGateAccess
  if (values.endpoint !== undefined || values.token !== undefined) {
    const summary = values.endpoint ?? 'token'
    return {summary, actions: [{kind: 'keep-one-env', values}], problems, request: revealed(values)}
  }
  if (!facts.hasOneEnv) return nothingAsked(problems)
  return {summary: 'none', actions: [{kind: 'keep-one-env'}], problems, request: null}
}

/** A request is only ever digested; with asterisks in it one token would be like another. */
function revealed({endpoint, token, vmid}: OneGate) {
  return {endpoint, token: token?.reveal(), vmid}
}
