// Deeds that speak with the cloud.

import type {Secret} from '../secret.ts'
import type {RunScriptAction} from './scripts.ts'

export type CloudAction = KeepOneEnvAction | ReportReadyAction

/**
 * Keeps what the tool `onegate` reads: where OneGate is and how to speak to it. Without values the file goes. It lies
 * in /run and holds a token, so it is no file of the manifest, and no copy is kept.
 */
export type KeepOneEnvAction = {
  kind: 'keep-one-env'
  values?: {endpoint?: string | undefined; token?: Secret | undefined; vmid?: string | undefined} | undefined
}

/** Tells OneGate that the guest is ready, or how its boot ended, once everything else was done. */
export type ReportReadyAction = {
  kind: 'report-ready'
  /** A URL without a slash at its end. */
  endpoint: string
  token: Secret
  vmid: string
  /** READY goes along. */
  reportsReady: boolean
  /** The outcome and the steps that failed go along. */
  reportsOutcome: boolean
  /** Has to succeed before the guest counts as ready. */
  script?: RunScriptAction | undefined
  /** How often the script, and the report, is tried. */
  attempts: number
  waitMs: number
  /** For one attempt to report. */
  timeoutMs: number
  /** A file in the guest with certificates of authorities that are trusted besides its own. */
  authorityFile?: string | undefined
  /** What has failed in this boot outside this run, by name. */
  failedBefore: readonly string[]
  /** It is told even if it was told in this boot. */
  isForced: boolean
}
