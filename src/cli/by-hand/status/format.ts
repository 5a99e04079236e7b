// How the last boot went, for a person: the verdict, what is wrong and its cure, then each run with its steps.

import {formatPlace, type Problem, type Weight, weighProblem} from '../../../problem.ts'
import {count, describeContext, formatDuration} from '../../../report/lines.ts'
import {allProblems, type RunReport} from '../../../report/report.ts'
import {isWell, type Status} from '../../../status/status.ts'
import {type Style, weightTones} from '../../style.ts'
import {type Row, renderRows} from '../page.ts'
import {formatRun} from './run.ts'
import {describeStand, type Words} from './stand.ts'
import {formatTime} from './time.ts'

export type Look = {style: Style; columns: number; hasBlocks: boolean}

/** Formats all of it. Texts of the report were masked when it was written; controls are shown here. */
export function formatStatus(status: Status, look: Look): string {
  const rows = (list: readonly Row[]) => renderRows(list, {mask: text => text, style: look.style})
  const parts = [
    rows(formatHead(status)),
    rows(formatProblems(status)),
    ...status.runs.map(run => `${rows(formatRunHead(run))}${formatRun(run, look)}`),
    rows(formatDrift(status)),
    rows(formatEarlier(status)),
    rows(formatNext(status)),
  ]
  return parts.filter(part => part !== '').join('\n')
}

function formatHead(status: Status): Row[] {
  const {text, tone, cure}: Words = describeStand(status)
  const name = status.live ? (status.hostname ?? 'this guest') : status.root
  return [
    {text: `${name}: ${text}`, tone},
    ...(cure === undefined ? [] : [{text: `cure: ${cure}`, indent: 2}]),
  ]
}

const problemColumn = 12

/** Failures first; what two runs say is said once. */
function formatProblems({runs, unseen}: Status): Row[] {
  const named = [
    ...runs.flatMap(run => [
      ...[...run.problems, ...run.context.problems].map(problem => ({problem, step: ''})),
      ...run.steps.flatMap(({name, problems}) => problems.map(problem => ({problem, step: name}))),
    ]),
    ...unseen.map(problem => ({problem, step: ''})),
  ]
  const texts = new Set<string>()
  const news = named.filter(each => {
    const text = JSON.stringify(each)
    return !texts.has(text) && texts.add(text)
  })
  return (['failure', 'warning', 'note'] as const).flatMap(weight =>
    news.filter(({problem}) => weighProblem(problem) === weight).flatMap(each => formatProblem(each, weight)),
  )
}

function formatProblem({problem, step}: {problem: Problem; step: string}, weight: Weight): Row[] {
  const place =
    problem.file !== undefined && problem.message.includes(problem.file) ? '' : formatPlace(problem)
  const text = [step, place, problem.message].filter(part => part !== '').join(': ')
  const rows: Row[] = [{text, label: weight, indent: problemColumn, tone: weightTones[weight]}]
  if (problem.cure !== undefined) rows.push({text: `cure: ${problem.cure}`, indent: problemColumn})
  return rows
}

function formatRunHead(run: RunReport): Row[] {
  const stages = run.stages.map(stage => `${stage} stage`).join(' and ')
  const what = run.only === undefined ? stages : `${run.only.join(', ')} alone`
  const outcome = {done: 'done', warnings: 'done with warnings', failed: 'FAILED'}[run.outcome]
  const tone = ({done: 'good', warnings: 'doubtful', failed: 'wrong'} as const)[run.outcome]
  const changed = run.steps.flatMap(({deeds}) => deeds).filter(({status}) => status === 'changed')
  const seconds = (run.durationMs / 1000).toFixed(2)
  const facts = `${formatTime(run.startedAt)}, ${seconds} s, ${count(changed.length, 'change')}`
  return [
    {text: `${what}: ${outcome} (${facts})`, tone},
    {
      text: `${describeContext(run.context)}, ${formatDuration(run.context.durationMs)}`,
      label: 'context',
      indent: 15,
    },
  ]
}

const driftWords = {
  changed: 'was changed by somebody else',
  missing: 'was removed by somebody else',
  returned: 'is there again; the agent had removed it',
  unreadable: 'may not be read by who asks',
} as const

function formatDrift({drift = []}: Status): Row[] {
  const files = drift.map(({path, kind}) => ({
    text: `${path} ${driftWords[kind]}`,
    indent: 2,
    tone: kind === 'unreadable' ? ('quiet' as const) : ('doubtful' as const),
  }))
  return files.length === 0 ? [] : [{text: 'Files of ours since then:'}, ...files]
}

function formatEarlier({earlier}: Status): Row[] {
  if (earlier === undefined) return []
  return [{text: `The last run before: ${formatTime(earlier.time)}, ${earlier.text}`}]
}

/** Where to look further; nothing where all is well. */
function formatNext(status: Status): Row[] {
  const hasDrift = (status.drift ?? []).some(({kind}) => kind !== 'unreadable')
  const hasWarning = status.runs.flatMap(allProblems).some(problem => weighProblem(problem) !== 'note')
  if (isWell(status) && !hasDrift && !hasWarning) return []
  const option = status.live ? '' : ` --root ${status.root}`
  const rows = [`vmcontext doctor${option} looks for the cause; vmcontext log${option} has it all`]
  if (hasDrift) rows.push(`vmcontext plan${option} shows what a boot would make of the files`)
  return rows.map(text => ({text}))
}
