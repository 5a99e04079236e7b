// Records one run in the history while it goes on: each place before it changes, and at the end what came of it. A run
// that changes no file has nothing to record, and costs nothing.

import {dirname} from 'node:path'
import type {ActionKind} from '../action.ts'
import type {Network} from '../network/model.ts'
import type {Problem} from '../problem.ts'
import type {Stage, StepName} from '../steps.ts'
import {readBootId} from '../system/clock.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {
  type After,
  describeHistoryFailure,
  emptyHistory,
  type FileChange,
  forgetOldest,
  type History,
  HistoryError,
  type HistoryRun,
  readHistory,
  setAsideHistory,
  writeHistory,
} from './history.ts'
import {sweepKept} from './kept-copies.ts'
import type {Manifest} from './manifest.ts'
import type {Outcome, StepReport} from './report.ts'
import {isAtBefore, isSame, readStanding, writesThrough} from './standing.ts'

/** What is known of a run when it begins. */
export type RunHead = {
  startedAt: string
  stages: readonly Stage[]
  only?: readonly StepName[] | undefined
  /** The manifest as it is before the plan is entered. */
  manifest: Pick<Manifest, 'nics' | 'hosts'>
  network: Network
  /** The step that changes a file, as planned. */
  stepOf(path: string): StepName | undefined
}

export type NotedChange = Pick<FileChange, 'before' | 'after' | 'owned'> & {
  /** Directories that were made for it already, the deepest first. */
  made?: readonly string[]
}

export type Recorder = {
  /** Notes what is about to become of a place. The first note of a run counts for what stood there. */
  note(path: string, change: NotedChange): void
  /** Writes down what was noted. @throws SystemError */
  save(): void
  /** Writes down how the run ended; the problem if that fails. */
  settle(end: {steps: readonly StepReport[]; outcome: Outcome; mask(text: string): string}): Problem[]
}

/** Opens the record of a run. Nothing is read or written before the first note. */
export function openRecorder(system: System, head: RunHead): Recorder {
  // The plan is entered into the manifest afterwards.
  const before = {nics: {...head.manifest.nics}, hosts: [...head.manifest.hosts]}
  let record: {history: History; run: HistoryRun} | 'not to be had' | undefined
  let isSaved = true
  let trouble: unknown
  const open = () => {
    record ??= unlessRefused(
      () => begin(system, {...head, manifest: before}),
      refusal => {
        trouble = refusal
        return 'not to be had' as const
      },
    )
    return record === 'not to be had' ? undefined : record
  }
  const save = () => {
    if (isSaved || record === undefined || record === 'not to be had') return
    writeHistory(system, record.history)
    isSaved = true
  }
  return {
    note(path, {made = [], ...change}) {
      const opened = open()
      if (opened === undefined) return
      isSaved = false
      const {run} = opened
      const step = head.stepOf(path) ?? 'dns-name'
      if (step === 'network') run.network = head.network
      const earlier = run.files[path]
      run.files[path] =
        earlier === undefined
          ? {step, ...change, ...findMissing(system, path, change.after, made)}
          : {...earlier, after: change.after}
    },
    save,
    settle({steps, outcome, mask}) {
      if (record === undefined) return []
      if (record === 'not to be had') return [describeHistoryFailure(trouble)]
      const {history, run} = record
      return unlessRefused(
        () => {
          run.outcome = outcome
          run.stays = [...new Set([...run.stays, ...listStaying(steps, mask)])].slice(0, staysLimit)
          dropUnchanged(system, run)
          if (Object.keys(run.files).length === 0) history.runs = history.runs.filter(each => each !== run)
          const forgotten = forgetOldest(history)
          isSaved = false
          save()
          sweepKept(system, forgotten)
          return []
        },
        refusal => [describeHistoryFailure(refusal)],
      )
    },
  }
}

const staysLimit = 50

/** The record of this run at the end of the history, or that of a run that was killed and is completed by this one. */
function begin(system: System, head: RunHead): {history: History; run: HistoryRun} {
  const history = readOrBegin(system)
  const last = history.runs.at(-1)
  if (last !== undefined && last.outcome === undefined && isCutShort(system, last))
    return {history, run: last}
  const {startedAt, stages, only, manifest} = head
  const bootId = readBootId(system.files)
  const own = {id: history.next, startedAt, bootId, stages, only}
  const run: HistoryRun = {...own, files: {}, nics: manifest.nics, hosts: manifest.hosts, stays: []}
  history.next += 1
  history.runs.push(run)
  return {history, run}
}

function readOrBegin(system: System): History {
  try {
    return readHistory(system)
  } catch (error) {
    if (!(error instanceof HistoryError) || error.isNewer) throw error
    setAsideHistory(system)
    return emptyHistory()
  }
}

/** Something that it was about to do is not done. */
function isCutShort(system: System, {files}: HistoryRun): boolean {
  return Object.entries(files).some(([path, {after}]) => !isSame(readPlace(system, path, after), after))
}

/** What failed, and what a verification took back, is no change. */
function dropUnchanged(system: System, run: HistoryRun): void {
  for (const [path, change] of Object.entries(run.files)) {
    if (isAtBefore(readPlace(system, path, change.after), change.before)) delete run.files[path]
  }
  if (Object.values(run.files).every(({step}) => step !== 'network')) delete run.network
}

function readPlace(system: System, path: string, after: After) {
  return readStanding(system, path, {followsEnd: writesThrough(after)})
}

/** The directories that will have to be made, or were. */
function findMissing(
  {files}: System,
  path: string,
  after: After,
  made: readonly string[],
): Pick<FileChange, 'missing'> {
  const missing = [...made]
  if (after === null) return {}
  for (let place = dirname(path); files.status(place) === undefined; place = dirname(place))
    missing.push(place)
  return missing.length === 0 ? {} : {missing}
}

/** Deeds besides files that nobody takes back. */
const staying: ReadonlySet<ActionKind> = new Set([
  'create-account',
  'authorize-keys',
  'set-password',
  'make-host-keys',
  'run-script',
  'grow-partition',
  'grow-logical-volume',
  'grow-file-system',
  'swap-on',
  'mount-shared',
  'unmount-shared',
  'set-mtu',
])

function listStaying(steps: readonly StepReport[], mask: (text: string) => string): string[] {
  const deeds = steps.flatMap(step => step.deeds)
  return deeds
    .filter(({kind, status}) => status === 'changed' && staying.has(kind))
    .map(({detail}) => mask(detail))
}
