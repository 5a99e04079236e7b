// What is known of the last run of an earlier boot: from a report that outlived it, or else from the log.

import {count} from '../report/lines.ts'
import {logPath} from '../report/log.ts'
import type {RunReport} from '../report/report.ts'
import {SystemError} from '../system/errors.ts'
import {openLogFile} from '../system/log-file.ts'
import type {System} from '../system/system.ts'
import {parseLogLine} from './log-line.ts'

/** When it began, or ended, by the wall clock; and its last word. */
export type EarlierRun = {time: string; text: string}

/** So much of the end of a log is looked at: some hundred runs. */
const searchedBytes = 256 * 1024

/** Finds it; undefined if nothing is known, or may be seen. */
export function findEarlierRun(system: System, runs: readonly RunReport[]): EarlierRun | undefined {
  const last = runs.at(-1)
  if (last === undefined) return findInLog(system)
  const words = {done: 'done', warnings: 'done with warnings', failed: 'FAILED'}[last.outcome]
  return {
    time: last.startedAt,
    text: `${words}: ${last.stages.join(' and ')}, ${count(last.steps.length, 'step')}`,
  }
}

function findInLog(system: System): EarlierRun | undefined {
  try {
    const log = openLogFile(system, logPath)
    if (log === undefined) return undefined
    try {
      const size = log.size()
      const from = Math.max(0, size - searchedBytes)
      const lines = log
        .read(from, size - from)
        .toString('utf8')
        .split('\n')
        .map(parseLogLine)
      const summary = lines.findLast(({text, level}) => level !== undefined && isSummary(text))
      return summary?.time === undefined ? undefined : {time: summary.time, text: summary.text}
    } finally {
      log.close()
    }
  } catch (error) {
    if (error instanceof SystemError) return undefined
    throw error
  }
}

/** Tells whether a log line is the last one of a run (formatSummary in report/lines.ts). */
export function isSummary(text: string): boolean {
  return /^vmcontext: (done|done with warnings|FAILED) in \d/.test(text)
}
