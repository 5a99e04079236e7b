// The last deed of a boot: OneGate is told how it went. READY=YES only if every step of the boot succeeded; otherwise
// READY=NO, for the machine keeps what an earlier boot of it said.

import type {ReportReadyAction} from '../../action/cloud.ts'
import {hashBytes} from '../../report/manifest.ts'
import {judgeRun} from '../../report/report.ts'
import {listFailures} from '../../report/verdict.ts'
import {failed, type Handler, leftOut, type Result, type RunSoFar, type Workshop} from '../workshop.ts'
import type {Refusal} from './onegate-answer.ts'
import {beginAttempts, runReadyScript, tellOneGate} from './ready-attempts.ts'
import {noteTold, wasTold} from './told.ts'

export const reportReadyHandler: Handler<ReportReadyAction> = {
  async perform(action, workshop) {
    if (!workshop.mayExecute) return leftOut('OneGate was not told', 'nothing is reported for another root')
    const attempts = beginAttempts(action)
    const run = workshop.runSoFar ?? nothingDone
    const failures = [...new Set([...action.failedBefore, ...listFailures(run)])]
    const hopes = {failures, outcome: failures.length > 0 ? 'failed' : judgeRun(run)}
    // A guest that was ready in this boot is so still: its script is not run for nothing.
    if (isTold(action, workshop, hopes)) return conclude(action, hopes, 'unchanged')
    const trouble = failures.length === 0 ? await runReadyScript(attempts, workshop) : undefined
    const verdict = trouble === undefined ? hopes : {failures: ['ready'], outcome: 'failed', trouble}
    if (isTold(action, workshop, verdict)) return conclude(action, verdict, 'unchanged')
    const body = renderBody(action, verdict, run.agent)
    const refusal = await tellOneGate(attempts, body, workshop, run.agent)
    if (refusal !== undefined) return describeSilence(action, verdict, refusal)
    noteTold(workshop.system, digest(action, verdict))
    return conclude(action, verdict, 'changed')
  },
}

const nothingDone: RunSoFar = {agent: 'vmcontext', context: {problems: []}, steps: [], problems: []}

type Verdict = {
  failures: readonly string[]
  outcome: string
  /** What the script that has to succeed came to, if it failed. */
  trouble?: Result | undefined
}

function isTold(action: ReportReadyAction, {system}: Workshop, verdict: Verdict): boolean {
  return !action.isForced && wasTold(system, digest(action, verdict))
}

/** Names what is told, and whom. */
function digest(action: ReportReadyAction, verdict: Verdict): string {
  const {endpoint, vmid, token, script} = action
  const test = [script?.path, script?.text?.reveal()]
  return hashBytes(JSON.stringify([endpoint, vmid, token.reveal(), test, renderBody(action, verdict, '')]))
}

/**
 * A line for each attribute, as a template has them. In quotes OneGate leaves the value as it is, unless there is a
 * comma, a bracket or a backslash in it (escape_attr in onegate-server.rb); READY=YES stands as `onegate` sends it.
 */
function renderBody(action: ReportReadyAction, {failures, outcome}: Verdict, agent: string): string {
  const outcomes = {
    VMCONTEXT_OUTCOME: outcome,
    VMCONTEXT_FAILED: failures.join(' '),
    VMCONTEXT_VERSION: agent.replace(/^vmcontext /, ''),
  }
  const lines = [
    ...(action.reportsReady ? [`READY=${failures.length === 0 ? 'YES' : 'NO'}`] : []),
    ...(action.reportsOutcome
      ? Object.entries(outcomes).map(([name, value]) => `${name}="${value.replaceAll(/[^\w. -]/g, '_')}"`)
      : []),
  ]
  return lines.map(line => `${line}\n`).join('')
}

function describeSilence(
  action: ReportReadyAction,
  {trouble}: Verdict,
  refusal: Refusal & {count: number},
): Result {
  const {reason, cure, count} = refusal
  const times = count === 1 ? '' : `, ${count} times tried`
  const result = failed(
    `report to ${action.endpoint}`,
    `could not report to OneGate: ${action.endpoint} ${reason}${times}`,
    cure,
  )
  return {...result, problems: [...(trouble?.problems ?? []), ...(result.problems ?? [])]}
}

/** What the deed comes to once OneGate knows. */
function conclude(action: ReportReadyAction, verdict: Verdict, status: Result['status']): Result {
  const {endpoint, reportsReady, script} = action
  const {failures, outcome, trouble} = verdict
  if (!reportsReady) return {status, detail: `told ${endpoint} that the boot ended as ${outcome}`}
  if (failures.length === 0) return {status, detail: `reported READY=YES to ${endpoint}`}
  const culprits = trouble === undefined ? failures.join(', ') : script?.name
  const message = `this guest is not ready, and OneGate was told READY=NO: ${culprits} failed`
  const result = failed(`reported READY=NO to ${endpoint}`, message, 'mend that and run vmcontext boot again')
  return {...result, problems: [...(trouble?.problems ?? []), ...(result.problems ?? [])]}
}
