// Trying until it goes well: the script that says whether the guest is ready, and the report to OneGate.

import {setTimeout as sleep} from 'node:timers/promises'
import type {ReportReadyAction} from '../../action/cloud.ts'
import {maskText} from '../../secret.ts'
import {stopSignal} from '../../system/commands.ts'
import {type Answer, putText} from '../../system/https.ts'
import {runScriptHandler} from '../scripts/script.ts'
import type {Result, Workshop} from '../workshop.ts'
import {readAuthorities} from './authorities.ts'
import {describeAnswer, type Refusal} from './onegate-answer.ts'

/** After so long nothing is tried again, whatever the number of attempts. */
const limitMs = 15 * 60_000

export type Attempts = ReportReadyAction & {
  /** By performance.now(). */
  deadline: number
}

/** Begins to count the time. */
export function beginAttempts(action: ReportReadyAction): Attempts {
  return {...action, deadline: performance.now() + limitMs}
}

/** Runs the script until it succeeds; how it failed at last if it never does. */
export async function runReadyScript(attempts: Attempts, workshop: Workshop): Promise<Result | undefined> {
  const {script} = attempts
  if (script === undefined) return undefined
  for (let count = 1; ; count += 1) {
    const result = await runScriptHandler.perform(script, workshop)
    if (result.status !== 'failed') return undefined
    if (count === attempts.attempts || !(await pause(attempts))) return result
  }
}

/**
 * Tells OneGate; why it does not listen, and how often it was tried, if it never does.
 *
 * @throws SystemError if READY_CA cannot be read.
 */
export async function tellOneGate(
  attempts: Attempts,
  body: string,
  {system}: Workshop,
  agent: string,
): Promise<(Refusal & {count: number}) | undefined> {
  const {endpoint, token, vmid, timeoutMs, authorityFile} = attempts
  const authorities = endpoint.startsWith('https:') ? await readAuthorities(system, authorityFile) : []
  const headers = {
    'X-ONEGATE-TOKEN': token.reveal(),
    'X-ONEGATE-VMID': vmid,
    // As a form, which is what curl says, OneGate would look for a field `data` in it.
    'Content-Type': 'text/plain',
    'User-Agent': agent.replace(' ', '/'),
  }
  for (let count = 1; ; count += 1) {
    const answer = await putText({url: `${endpoint}/vm`, headers, body, timeoutMs, authorities})
    const refusal = describe(answer, attempts)
    if (refusal === undefined) return undefined
    if (!refusal.mayPass || count === attempts.attempts || !(await pause(attempts)))
      return {...refusal, count}
  }
}

function describe(answer: Answer, {token, timeoutMs, authorityFile}: Attempts): Refusal | undefined {
  const secret = token.reveal()
  return describeAnswer(answer, {
    timeoutMs,
    hasAuthorityFile: authorityFile !== undefined,
    now: new Date(),
    // What comes back may have the token in it; masked before it is cut anywhere.
    mask: text => text.replaceAll(secret, maskText),
  })
}

/** Waits for the next attempt; false if there is no time for one, or the agent was told to stop. */
async function pause({waitMs, deadline}: Attempts): Promise<boolean> {
  if (performance.now() + waitMs > deadline) return false
  return sleep(waitMs, true, {signal: stopSignal()}).catch(() => false)
}
