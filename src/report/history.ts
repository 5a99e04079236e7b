// What each run changed in the guest's files, so that it can be taken back: a file beside the manifest, which only a run
// that changes a file reads or writes. What stood in a place is kept and noted here before it goes.

import type {Network} from '../network/model.ts'
import type {Problem} from '../problem.ts'
import type {Stage, StepName} from '../steps.ts'
import {SystemError} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {isHistory} from './history-shape.ts'
import {parseJson} from './json.ts'
import {
  describeRecordFailure,
  type HostsLine,
  type KeptCopy,
  type KeptLink,
  type OwnedFile,
  stateDirectory,
} from './manifest.ts'
import type {OwnedNics} from './owned-nics.ts'
import type {Outcome} from './report.ts'

export const historyPath = `${stateDirectory}/history.json`
const version = 1
/** So many runs are kept, the latest. */
const runLimit = 20

/** What stood in a place before a run; null: nothing. */
export type Before = KeptCopy | KeptLink | null
/** What a run left there: a file by its hash, a link, or null: nothing. */
export type After = {sha256: string; link?: never} | KeptLink | null

/** What a run made of a file. */
export type FileChange = {
  step: StepName
  before: Before
  after: After
  /** What the manifest said of it before; null: it was not ours. */
  owned: OwnedFile | null
  /** The directories that were missing on the way to it, the deepest first. */
  missing?: readonly string[]
  /** A rollback has left it alone: somebody has changed it since, or its copy was not to be had. */
  isLeft?: true
}

/** A run that changed a file. */
export type HistoryRun = {
  /** Counts from 1 and never begins anew: a guest may boot without knowing the time. */
  id: number
  startedAt: string
  bootId?: string | undefined
  stages: readonly Stage[]
  only?: readonly StepName[] | undefined
  /** Missing as long as it runs, and for good if it was killed. */
  outcome?: Outcome | undefined
  files: Record<string, FileChange>
  /** What the manifest said before of NICs and of our line in /etc/hosts. */
  nics: OwnedNics
  hosts: readonly HostsLine[]
  /** The network that was written, where a file of it changed. */
  network?: Network | undefined
  /** What else it did, in words: none of it can be taken back. */
  stays: readonly string[]
}

export type History = {version: typeof version; next: number; runs: HistoryRun[]}

/** The history is of a later version than this program, or cannot be read. */
export class HistoryError extends SystemError {
  readonly isNewer: boolean

  constructor(why: string, isNewer: boolean) {
    super(`read ${historyPath}`, new Error(why))
    this.name = 'HistoryError'
    this.isNewer = isNewer
  }
}

/**
 * Reads the history. Nothing recorded is an empty one.
 *
 * @throws HistoryError if it is damaged or of a later version; SystemError if it may not be read.
 */
export function readHistory({files}: System): History {
  const text = files.readText(historyPath)
  if (text === undefined) return emptyHistory()
  const value = parseJson(text)
  if (isHistory(value, version)) return value
  const found = (value as {version?: unknown} | null)?.version
  const isNewer = typeof found === 'number' && found > version
  const why = isNewer
    ? `it is of version ${found}, this program knows ${version}: use the newer program`
    : 'it is damaged; move it away, and a new one begins with the next run'
  throw new HistoryError(why, isNewer)
}

export function emptyHistory(): History {
  return {version, next: 1, runs: []}
}

/** Writes the history. Without any runs the file stays for its counter. @throws SystemError */
export function writeHistory({files}: System, history: History): void {
  files.makeDirectory(stateDirectory, 0o700)
  files.write(historyPath, `${JSON.stringify(history, null, 1)}\n`, {mode: 0o600})
}

/** Forgets the oldest runs that are too many, and gives them. */
export function forgetOldest(history: History): HistoryRun[] {
  return history.runs.splice(0, Math.max(0, history.runs.length - runLimit))
}

/** A damaged history is kept beside the new one that begins. */
export function setAsideHistory({files}: System): void {
  const text = files.read(historyPath)
  if (text !== undefined) files.write(`${historyPath}.damaged`, text, {mode: 0o600})
}

/** Tells that a run will not be found in the history. */
export function describeHistoryFailure(error: unknown): Problem {
  const cause = error instanceof SystemError ? error.cause : error
  return {...describeRecordFailure(cause), file: historyPath}
}
