// How far a boot has come, in words.

import type {RunNow} from '../../../report/progress.ts'
import type {Status} from '../../../status/status.ts'
import type {Tone} from '../../style.ts'
import {formatTime} from './time.ts'

export type Words = {text: string; tone: Tone; cure?: string | undefined}

/** Says it in a line, with what to do where that is certain. */
export function describeStand(status: Status): Words {
  const words = standWords[status.state](status)
  const busy = status.busyPid === undefined ? '' : ` (vmcontext is at work: process ${status.busyPid})`
  return {...words, text: `${words.text}${busy}`}
}

const standWords: Readonly<Record<Status['state'], (status: Status) => Words>> = {
  ended: ({outcome, failures}) => {
    if (outcome === 'failed') return {text: `the boot FAILED in ${failures.join(', ')}`, tone: 'wrong'}
    return outcome === 'warnings'
      ? {text: 'the boot is done, with warnings', tone: 'doubtful'}
      : {text: 'the boot is done', tone: 'good'}
  },
  unfinished: ({failures, nothingComes}) => {
    const failed = failures.length === 0 ? '' : `; it FAILED in ${failures.join(', ')}`
    const rest =
      nothingComes === undefined ? 'the final stage is to come' : `no final stage: ${nothingComes.reason}`
    const isWrong = failures.length > 0 || nothingComes !== undefined
    const text = `the local stage is done${failed}; ${rest}`
    return {text, tone: isWrong ? 'wrong' : 'doubtful', cure: nothingComes?.cure}
  },
  running: ({now}) => ({text: `a run is at work ${describeRun(now!)}`, tone: 'doubtful'}),
  killed: ({now}) => ({
    text: `the last run was killed in the middle of it ${describeRun(now!)}`,
    tone: 'wrong',
    cure: 'vmcontext boot does what is left; run by hand it shows what hangs',
  }),
  'not started': ({live, nothingComes}) => {
    if (!live) return {text: 'no boot has left a report here', tone: 'doubtful'}
    const why = nothingComes === undefined ? '' : `: ${nothingComes.reason}`
    return {text: `the agent has not run in this boot${why}`, tone: 'wrong', cure: nothingComes?.cure}
  },
  'switched off': () => ({
    text: 'the agent is switched off, by the kernel command line or vmcontext.conf',
    tone: 'doubtful',
  }),
  unknown: () => ({text: 'what this boot has done cannot be told', tone: 'wrong'}),
}

/** `(process 12, both stages since 2026-…, in start-script)` */
function describeRun({pid, stages, only, startedAt, step}: RunNow): string {
  const what = only?.join(', ') ?? stages.join(' and ')
  const place = step === undefined ? 'before the first step' : `in the step ${step}`
  return `(process ${pid}, ${what}, since ${formatTime(startedAt)}, ${place})`
}
