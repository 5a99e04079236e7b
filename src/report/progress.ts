// What a run is at, for whoever looks in the middle of it: /run/vmcontext/current.json, which goes when the run ends.
// One that is there although nobody holds the lock tells of a run that was killed, and in which step.

import type {StepName} from '../steps.ts'
import {readBootId} from '../system/clock.ts'
import type {System} from '../system/system.ts'
import {isListOfTexts} from './json.ts'
import type {RunReport} from './report.ts'

export const runDirectory = '/run/vmcontext'
export const lockPath = `${runDirectory}/lock`
const progressPath = `${runDirectory}/current.json`

/** A run that has not ended. World-readable: it says nothing but when and where. */
export type RunNow = Pick<RunReport, 'stages' | 'only' | 'startedAt' | 'sinceBootMs'> & {
  pid: number
  /** The step that something is being done in; undefined before the first. */
  step?: StepName | undefined
  /** Milliseconds from the start of the run to that of the step. */
  stepStartedMs?: number | undefined
}

/** Notes what the run is at. */
export function noteProgress(system: System, now: RunNow): void {
  const text = JSON.stringify({version: 1, bootId: readBootId(system.files), ...now})
  system.files.makeDirectory(runDirectory)
  system.files.write(progressPath, `${text}\n`, {mode: 0o644, durable: false})
}

/** The run is over. */
export function clearProgress(system: System): void {
  system.files.remove(progressPath)
}

/** Reads what a run of this boot is at, or was when it was killed; undefined if none is told of. */
export function readProgress(system: System): RunNow | undefined {
  try {
    const note = JSON.parse(system.files.readText(progressPath) ?? 'null')
    const isOurs = note?.version === 1 && note.bootId === readBootId(system.files)
    if (!isOurs || !isNote(note)) return undefined
    const {version: _, bootId: __, ...now} = note
    return now as RunNow
  } catch {
    return undefined
  }
}

function isNote({pid, stages, only = [], startedAt, step = ''}: Record<string, unknown>): boolean {
  const areTexts = typeof startedAt === 'string' && typeof step === 'string'
  return Number.isInteger(pid) && areTexts && [stages, only].every(isListOfTexts)
}
