// The plan is data: everything to be done is an Action before anything is done. `plan` prints it, `boot` performs
// it, tests compare it. An action states the desired result; apply compares first and says changed or unchanged.

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
  purpose: string
  timeoutMs: number
}

/** Finds out which of the kernel's gateways answer now, for a later verification to compare with. */
export type ProbeGatewaysAction = {kind: 'probe-gateways'}

/** What an interface shall have: `192.168.0.5/24`, and if it is to get a lease some other IPv4 address. */
export type ExpectedInterface = {
  name: string
  addresses: readonly string[]
  needsLease: boolean
  gateways: readonly string[]
}

/**
 * Waits until every interface has its addresses, and some gateway answers if one did before; `undo` is done if that
 * never comes about.
 */
export type VerifyNetworkAction = {
  kind: 'verify-network'
  expected: readonly ExpectedInterface[]
  timeoutMs: number
  undo: readonly Action[]
}

/** Gives a link of the running kernel another MTU, in bytes. */
export type SetMtuAction = {kind: 'set-mtu'; device: string; mtu: number}

/** Gives the running kernel its host name. */
export type SetHostnameAction = {kind: 'set-hostname'; name: string}

/** Creates an account if there is none of this name; an existing one is never reshaped. */
export type CreateAccountAction = {
  kind: 'create-account'
  name: string
  shell: string
  group?: string | undefined
}

/** A public key as it stands in authorized_keys, and the base64 part that identifies it. */
export type AuthorizedKey = {line: string; blob: string}

/**
 * Makes exactly `keys` the keys that this agent vouches for in an account; those that it installed earlier and that
 * are no longer wanted go. Keys of others are never touched. The home is resolved while applying: the account may
 * have been created a moment ago.
 */
export type AuthorizeKeysAction = {
  kind: 'authorize-keys'
  account: string
  keys: readonly AuthorizedKey[]
  /** False where some keys that were meant could not be read: then none is revoked. */
  revokes: boolean
}

/** Runs a script of the context with its variables. Output goes to `log`. */
export type RunScriptAction = {
  kind: 'run-script'
  /** Name for logs and reports, e.g. `init.sh`. */
  name: string
  /** Path below the mount point of the disc. */
  path: string
  environment: Readonly<Record<string, string>>
  timeoutMs: number
}

/** Folds exact duplicates of keys the agent manages into one: 2.2's init.sh appends its key at every boot. */
export type FoldKeysAction = {kind: 'fold-keys'; account: string}

export type FileAction = WriteAction | RemoveAction
export type Action =
  | FileAction
  | RunAction
  | SetMtuAction
  | ProbeGatewaysAction
  | VerifyNetworkAction
  | SetHostnameAction
  | CreateAccountAction
  | AuthorizeKeysAction
  | RunScriptAction
  | FoldKeysAction
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

/** Switched off in the settings; nothing in the context asks for it; done in this boot and asked for unchanged. */
export type Idleness = 'off' | 'not asked' | 'done before'
