// The plan is data: everything to be done is an Action before anything is done. `plan` prints it, `boot` performs
// it, tests compare it. An action states the desired result; apply compares first and says changed or unchanged.

import type {CloudAction} from './action/cloud.ts'
import type {LoginAction} from './action/login.ts'
import type {NetworkAction} from './action/network.ts'
import type {ScriptsAction} from './action/scripts.ts'
import type {StorageAction} from './action/storage.ts'
import type {Problem} from './problem.ts'
import type {StepName} from './steps.ts'

/**
 * The text of a file. Files that others wrote too are read and written byte for byte: each character stands for
 * one byte (latin1), so that a comment in any encoding survives.
 */
export type ByteText = string

/** Puts a file in place atomically. What was there before is kept. */
export type WriteAction = {kind: 'write'; path: string; content: ByteText; mode: number}

/** Takes a file away. A copy is kept. */
export type RemoveAction = {kind: 'remove'; path: string}

/** Makes a symbolic link of a path, in one go. What stood there before is kept. */
export type LinkAction = {kind: 'link'; path: string; target: string}

/** Runs a tool of the guest. `purpose` completes the sentence "could not …". */
export type RunAction = {
  kind: 'run'
  /** It may fail: what it undoes may not be there. */
  optional?: boolean
  /** Done even if the agent was told to stop: it takes back what would cut the guest off. */
  essential?: boolean
  argv: readonly [string, ...string[]]
  /** What a person is told instead of a long `argv`. */
  shown?: string
  /** Exit codes other than 0 that mean it will be done: it goes on in the background. */
  alsoFine?: readonly number[]
  /** What takes back what it may have begun, if it did not come to its own end. */
  ifKilled?: readonly [string, ...string[]]
  purpose: string
  timeoutMs: number
}

/**
 * Asks the name servers for the name of the guest's first address, and gives the guest that name. The address is
 * given, or it is the one that the device has by then; without either it is the one that packets leave with.
 */
export type TakeDnsNameAction = {
  kind: 'take-dns-name'
  address?: string | undefined
  device?: string | undefined
  /** Beside which address the name shall stand in /etc/hosts, where that is the first static one. */
  hostsAddress?: string | undefined
  /** The name servers of the context, for a guest that has none in /etc/resolv.conf. */
  servers: readonly string[]
}

/** Keeps the screen of the running kernel from going dark by itself. */
export type KeepScreenLitAction = {kind: 'keep-screen-lit'}

/** Gives the running kernel its host name. */
export type SetHostnameAction = {kind: 'set-hostname'; name: string}

export type FileAction = WriteAction | RemoveAction
export type Action =
  | FileAction
  | LinkAction
  | RunAction
  | TakeDnsNameAction
  | KeepScreenLitAction
  | SetHostnameAction
  | NetworkAction
  | LoginAction
  | ScriptsAction
  | StorageAction
  | CloudAction
export type ActionKind = Action['kind']
export type ActionOf<K extends ActionKind> = Extract<Action, {kind: K}>

/** A part of the boot: what is to be done for one purpose, in order, and what was found wrong while planning it. */
export type Step = {
  name: StepName
  /** What the step is for, for a person: "host name mainhost". */
  summary: string
  actions: readonly Action[]
  problems: readonly Problem[]
  /** Why nothing is to be done, if so. */
  idle?: Idleness | undefined
  /** Names what was asked for: a second run in one boot repeats the step only if it differs (contract §5). */
  digest: string
}

/**
 * Switched off in the settings; nothing in the context asks for it; done in this boot and asked for unchanged; done on
 * this machine once for good.
 */
export type Idleness = 'off' | 'not asked' | 'done before' | 'done once'
