// What every handler works with, and what it gives back.

import type {Action} from '../action.ts'
import type {Problem} from '../problem.ts'
import type {Manifest} from '../report/manifest.ts'
import type {Recorder} from '../report/recorder.ts'
import type {JudgedParts} from '../report/report.ts'
import type {System} from '../system/system.ts'

/** The machine and the records of this run. Handlers change `manifest`; apply saves it. */
export type Workshop = {
  system: System
  manifest: Manifest
  /** Notes what stands where something is about to change; undefined where nobody is going to take it back. */
  recorder?: Recorder | undefined
  /** False where the guest is another root than the running one: nothing of it is executed. */
  mayExecute: boolean
  /** Some gateway answered before the network was changed; undefined if nobody asked, or it could not be told. */
  hadAnswer?: boolean | undefined
  /** How long the scripts have taken so far that share their time. */
  sharedMsSpent?: number | undefined
  /** How long the tools have taken so far that let somebody in. */
  loginMsSpent?: number | undefined
  /** A file of the user's could not be written; until what it belongs to is marked as done. */
  isFileMissing?: boolean | undefined
  /** What this run has come to up to now; undefined where nobody has to know. */
  runSoFar?: RunSoFar | undefined
}

/** The beginning of a run's report, with the steps that have ended. */
export type RunSoFar = JudgedParts & {agent: string}

/** How a deed ended. `left out`: this run may not do it, as on another root; that is no failure. */
export type DeedStatus = 'changed' | 'unchanged' | 'failed' | 'left out'

/** What came of a deed. `detail` says for a person what was done: "wrote /etc/hosts". */
export type Result = {
  status: DeedStatus
  detail: string
  /** The files and directories that it made or changed. */
  paths?: readonly string[]
  problems?: Problem[]
  before?: string | undefined
  after?: string | undefined
  /** What is to be done at once because of it. */
  followUps?: readonly Action[]
}

/** How one kind of action is done. */
export type Handler<A> = {
  /** Writes into the manifest what is about to change, so that a killed run is understood by the next one. */
  prepare?(action: A, workshop: Workshop): void
  /** Compares first; does what is left to do. Throws what the machine refuses. */
  perform(action: A, workshop: Workshop): Result | Promise<Result>
}

/** A deed that could not be done, with what to do about it. */
export function failed(detail: string, message: string, cure?: string): Result {
  return {status: 'failed', detail, problems: [{code: 'deed-failed', message, cure}]}
}

/** A deed that this run leaves undone. */
export function leftOut(detail: string, reason: string): Result {
  return {status: 'left out', detail, problems: [{code: 'deed-left-out', message: `${detail}: ${reason}`}]}
}
