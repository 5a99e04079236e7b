// The plan is data: everything to be done is an Action before anything is done. `plan` prints it, `boot` performs
// it, tests compare it. An action states the desired result; apply compares first and says changed or unchanged.

import type {KeysFiles} from './context/login/keys-place.ts'
import type {PasswordKind} from './context/login/password.ts'
import type {PendingGrowth} from './facts/storage/pending-growth.ts'
import type {Problem} from './problem.ts'
import type {Secret} from './secret.ts'
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
  /** It is to get an IPv6 address of a router's network. */
  needsIpv6?: boolean | undefined
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

/** Waits until every interface has its addresses, `timeoutMs` at most; what is missing then is told. */
export type AwaitNetworkAction = {
  kind: 'await-network'
  expected: readonly ExpectedInterface[]
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

/**
 * Sets the password of an account. The guest's own tool hashes a plain one. The account is looked up while applying: it
 * may have been created a moment ago.
 */
export type SetPasswordAction = {
  kind: 'set-password'
  account: string
  password: {kind: PasswordKind; secret: Secret}
}

/** Puts a file for sudo in place, once the guest's visudo has found nothing wrong with it. */
export type WriteSudoRuleAction = {kind: 'write-sudo-rule'; path: string; content: ByteText; mode: number}

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
  /** Where sshd looks for keys of the account. */
  files: KeysFiles
}

/** Makes the keys of the ssh server itself, where it has none. */
export type MakeHostKeysAction = {
  kind: 'make-host-keys'
  /** Those that it would load. */
  paths: readonly string[]
  /** They are those that it looks for by itself: nobody has named any. */
  areDefault: boolean
}

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

/** Lets a partition have the free space directly behind it. */
export type GrowPartitionAction = {
  kind: 'grow-partition'
  disk: string
  number: number
  /** The kernel's name of it; undefined for an extended partition, which the kernel shows no size of. */
  name?: string | undefined
  gapBytes: number
  /** How large it is to be. */
  bytes: number
  /** The unit in which the table counts. */
  sectorBytes: number
  /** With what, the first that manages. */
  tools: readonly ('growpart' | 'sfdisk')[]
}

/** Lets a logical volume have what its physical volumes gain, and nothing else that its group has free. */
export type GrowLogicalVolumeAction = {
  kind: 'grow-logical-volume'
  /** As people know it: `GROUP/NAME`. */
  volume: string
  /** The kernel's name of it. */
  name: string
  /** The sizes from before anything grew. */
  before: PendingGrowth
}

/** Lets a mounted file system fill its device. */
export type GrowFileSystemAction = {
  kind: 'grow-file-system'
  fileSystem: 'ext' | 'xfs' | 'btrfs'
  /** As the kernel names it: `ext4`. */
  type: string
  point: string
  device: string
  /** The kernel's name of the device. */
  name: string
  /** The number that btrfs has for it. */
  deviceId?: number | undefined
  /** So long it is waited for; then it goes on by itself. */
  patienceMs: number
}

/** Lets the kernel use a device as swap. */
export type SwapOnAction = {kind: 'swap-on'; device: string}

/** Mounts a directory that the host shares under a tag (virtiofs); the mount point is made if it is missing. */
export type MountSharedAction = {kind: 'mount-shared'; tag: string; point: string}

/** Unmounts one that the agent mounted in this boot. */
export type UnmountSharedAction = {kind: 'unmount-shared'; tag: string; point: string}

/** Folds exact duplicates of keys the agent manages into one: 2.2's init.sh appends its key at every boot. */
export type FoldKeysAction = {kind: 'fold-keys'; account: string}

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

export type FileAction = WriteAction | RemoveAction
export type Action =
  | FileAction
  | LinkAction
  | RunAction
  | AwaitNetworkAction
  | TakeDnsNameAction
  | KeepScreenLitAction
  | SetMtuAction
  | ProbeGatewaysAction
  | VerifyNetworkAction
  | SetHostnameAction
  | CreateAccountAction
  | AuthorizeKeysAction
  | SetPasswordAction
  | WriteSudoRuleAction
  | MakeHostKeysAction
  | RunScriptAction
  | MarkOnceAction
  | WriteUserFileAction
  | FoldKeysAction
  | GrowPartitionAction
  | GrowLogicalVolumeAction
  | GrowFileSystemAction
  | SwapOnAction
  | MountSharedAction
  | UnmountSharedAction
  | KeepOneEnvAction
  | ReportReadyAction
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
