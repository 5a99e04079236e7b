// What the cloud wants to be told once the guest is configured (contract §3).

import type {Problem} from '../../problem.ts'
import {Secret} from '../../secret.ts'
import {type Disc, placeOf} from '../disc.ts'
import type {Assignment} from '../shell.ts'
import {isNo, isYes, pickVariable, readPlainValue} from '../variables.ts'
import type {OneGate} from './onegate.ts'

export type ReadyRequest = {
  /** READY=YES once every step has succeeded. */
  reportsReady: boolean
  /** How the boot ended and which steps failed. */
  reportsOutcome: boolean
  /** Whom to tell; undefined if the context does not say all of it. */
  target?: Required<{[K in keyof OneGate]: NonNullable<OneGate[K]>}> | undefined
  /** Has to succeed before the guest counts as ready. */
  script?: ReadyScript | undefined
  /** How often the script, and the report, is tried; at least once. */
  attempts: number
  /** What lies between two attempts. */
  waitMs: number
}

export type ReadyScript = {name: string} & ({path: string} | {text: Secret})

const limits = {
  RETRY_COUNT: {usual: 3, most: 1000},
  RETRY_WAIT_PERIOD: {usual: 10, most: 600},
} as const

/** Reads REPORT_READY, VMCONTEXT_REPORT and what belongs to them; undefined if nothing is to be told. */
export function readReady(disc: Disc, oneGate: OneGate, problems: Problem[]): ReadyRequest | undefined {
  const ready = readWish(disc, 'REPORT_READY', problems)
  const outcome = readWish(disc, 'VMCONTEXT_REPORT', problems)
  const [reportsReady, reportsOutcome] = [ready !== undefined, outcome !== undefined]
  const asking = ready ?? outcome
  if (asking === undefined) return undefined
  return {
    reportsReady,
    reportsOutcome,
    target: readTarget(disc, asking, oneGate, problems),
    script: reportsReady ? readReadyScript(disc, problems) : undefined,
    attempts: Math.max(1, readNumber(disc, 'RETRY_COUNT', problems)),
    waitMs: 1000 * readNumber(disc, 'RETRY_WAIT_PERIOD', problems),
  }
}

/** The variable, if it says yes. */
function readWish(disc: Disc, name: string, problems: Problem[]): Assignment | undefined {
  const variable = pickVariable(disc.variables, name)
  if (variable === undefined || isYes(variable.value)) return variable
  if (!isNo(variable.value)) {
    const message = 'this is neither YES nor NO, so it is taken for NO'
    problems.push({...placeOf(disc, variable), code: 'value-adjusted', message})
  }
  return undefined
}

function readTarget(
  disc: Disc,
  asking: Assignment,
  {endpoint, token, vmid}: OneGate,
  problems: Problem[],
): ReadyRequest['target'] {
  if (endpoint !== undefined && token !== undefined && vmid !== undefined) return {endpoint, token, vmid}
  const missing = [
    ...(endpoint === undefined ? ['ONEGATE_ENDPOINT'] : []),
    ...(token === undefined ? ['ONEGATE_TOKEN or token.txt'] : []),
    ...(vmid === undefined ? ['VMID'] : []),
  ]
  const message = `OneGate cannot be told: the context has no usable ${missing.join(', no ')}`
  const cure = 'put TOKEN = "YES" into the CONTEXT section'
  problems.push({...placeOf(disc, asking), code: 'value-rejected', message, cure})
  return undefined
}

/** READY_SCRIPT_PATH stands above READY_SCRIPT (one-apps, net-99-report-ready). */
function readReadyScript(disc: Disc, problems: Problem[]): ReadyScript | undefined {
  const variable = pickVariable(disc.variables, 'READY_SCRIPT_PATH', 'READY_SCRIPT')
  if (variable === undefined) return undefined
  if (variable.name === 'READY_SCRIPT') {
    return {name: 'READY_SCRIPT', text: new Secret(decodeIfBase64(variable.value))}
  }
  const path = readPlainValue(variable) ?? ''
  if (/^\/[^\0]*[^/]$/.test(path)) return {name: 'READY_SCRIPT_PATH', path}
  const message = 'this is no absolute path of a script, so the guest does not count as ready'
  problems.push({...placeOf(disc, variable), code: 'value-rejected', message})
  return undefined
}

/**
 * READY_SCRIPT may be base64, without saying so (one-apps). A word that only looks like it, such as `true`, decodes to
 * no text and is the script itself.
 */
function decodeIfBase64(value: string): string {
  const code = value.replaceAll(/\s/g, '')
  if (code === '' || !/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(code)) return value
  const text = Buffer.from(code, 'base64').toString('utf8')
  return /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/.test(text) ? value : text
}

function readNumber(disc: Disc, name: keyof typeof limits, problems: Problem[]): number {
  const {usual, most} = limits[name]
  const variable = pickVariable(disc.variables, name)
  if (variable === undefined) return usual
  const value = readPlainValue(variable) ?? ''
  const number = /^\d+$/.test(value) ? Number(value) : undefined
  const taken = number === undefined ? usual : Math.min(number, most)
  if (taken !== number) {
    const message = `this is no number from 0 to ${most}; ${taken} is taken`
    problems.push({...placeOf(disc, variable), code: 'value-adjusted', message})
  }
  return taken
}
