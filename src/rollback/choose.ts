// Which runs are taken back.

import type {History, HistoryRun} from '../report/history.ts'

/** The last run that has something to be taken back. */
export function chooseLast({runs}: History): HistoryRun[] {
  const last = runs.findLast(run => Object.values(run.files).some(({isLeft}) => isLeft !== true))
  return last === undefined ? [] : [last]
}

/** A run and all after it, the latest first; undefined if it is not on record. */
export function chooseFrom({runs}: History, id: number): HistoryRun[] | undefined {
  const index = runs.findIndex(run => run.id === id)
  return index === -1 ? undefined : runs.slice(index).toReversed()
}
