// The runs that can be taken back, as a table.

import type {History, HistoryRun} from '../../../report/history.ts'
import type {Row} from '../page.ts'

/** The latest first, each with the files that it changed. */
export function formatRuns({runs}: History): Row[] {
  if (runs.length === 0) return [{text: 'No run on record has changed a file.'}]
  return [
    {text: formatLine(['run', 'when (UTC)', 'stages', 'ended']), tone: 'quiet'},
    ...runs.toReversed().flatMap(formatRun),
  ]
}

function formatRun(run: HistoryRun): Row[] {
  const {id, startedAt, stages, only} = run
  const when = startedAt.replace('T', ' ').slice(0, 16)
  const what = only === undefined ? stages.join(' and ') : only.join(', ')
  const ended = run.outcome ?? 'killed'
  return [
    {text: formatLine([`${id}`, when, what, ended]), tone: ended === 'done' ? undefined : tones[ended]},
    ...Object.entries(run.files).map(([path, {isLeft}]) => ({
      text: isLeft ? `${path} (left by a rollback)` : path,
      indent: widths[0] + 2,
    })),
  ]
}

const tones = {warnings: 'doubtful', failed: 'wrong', killed: 'wrong'} as const
const widths = [5, 18, 20] as const

function formatLine(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('')
    .trimEnd()
}
