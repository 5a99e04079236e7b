// Waiting until the final stage of this boot has ended, or until it is certain that it will not.

import {setTimeout as delay} from 'node:timers/promises'
import type {System} from '../system/system.ts'
import {whyNothingComes} from './coming.ts'
import {readStand, type Stand} from './stand.ts'

export type Wait = {
  /** Its last word. `ended` also where there is nothing to wait for: switched off, not to be told. */
  end: 'ended' | 'nothing comes' | 'time is over' | 'stopped'
  /** Why nothing comes, and the cure. */
  reason?: string
  cure?: string
}

const pollMs = 250
/** systemd is asked by a program; that takes longer than to look at a file. */
const askMs = 2000

/** Waits; `signal` ends it. */
export async function awaitFinalStage(system: System, seconds: number, signal: AbortSignal): Promise<Wait> {
  const deadline = performance.now() + seconds * 1000
  for (let nextAsk = 0; ; ) {
    if (signal.aborted) return {end: 'stopped'}
    const stand = readStand(system)
    if (isEnd(stand)) return {end: 'ended'}
    if (stand.state !== 'running' && performance.now() >= nextAsk) {
      nextAsk = performance.now() + askMs
      const nothing = await whyNothingComes(system, stand)
      // It may have begun, or ended, while others were asked.
      if (nothing !== undefined && isSame(stand, readStand(system))) return {end: 'nothing comes', ...nothing}
    }
    const left = deadline - performance.now()
    if (left <= 0) return {end: 'time is over'}
    await delay(Math.min(pollMs, left), undefined, {signal}).catch(() => undefined)
  }
}

/** A run that was killed is not done again; but if it was the local stage, the final one may follow. */
function isEnd({state, stagesDone, now}: Stand): boolean {
  if (stagesDone.includes('final') || state === 'switched off' || state === 'unknown') return true
  return state === 'killed' && now?.stages.includes('final') === true && now.only === undefined
}

function isSame(one: Stand, other: Stand): boolean {
  return one.state === other.state && one.runs.length === other.runs.length
}
