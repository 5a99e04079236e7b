// Deeds of scripts and of what a user hands to the machine.

import type {Secret} from '../secret.ts'
import type {StepName} from '../steps.ts'

export type ScriptsAction = RunScriptAction | MarkOnceAction | WriteUserFileAction

/** That something was done once for good: its step, and how the manifest notes for which machine. */
export type OnceMark = {step: StepName; mark: string}

/** Runs a script with the variables of the context. What it says goes into a log of its own. */
export type RunScriptAction = {
  kind: 'run-script'
  /** Name for logs and reports, e.g. `init.sh`. */
  name: string
  /** Where it lies; '' if it is a text. */
  path: string
  /** Its text, byte for byte, which gets a file for as long as it runs. */
  text?: Secret | undefined
  environment: Readonly<Record<string, string>>
  timeoutMs: number
  /** So much is there for all scripts of this step that say so, together. */
  sharedMs?: number | undefined
  /** It is done once for good: marked right before it is begun. */
  once?: OnceMark | undefined
}

/** Notes that something was done once for good. */
export type MarkOnceAction = {kind: 'mark-once'} & OnceMark

/** Puts a file of the user's in place atomically, with owner and mode. What was there before is kept. */
export type WriteUserFileAction = {
  kind: 'write-user-file'
  path: string
  /** Byte for byte; it may hold anything, passwords too, and is not shown. */
  content: Secret
  bytes: number
  mode: number
  /** Names or numbers; '' leaves the group as it comes. */
  owner: {user: string; group: string}
  /** The content goes to the end of what is there. */
  append: boolean
}
