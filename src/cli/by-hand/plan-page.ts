// A plan for a person: what each step aims at, what it would do, and what becomes of the files.

import type {Action, Idleness, Step} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Prepared} from '../../prepare.ts'
import {formatProblem, type Problem, weighProblem} from '../../problem.ts'
import {count, describeContext, idleWords, isSilent, nameWidth} from '../../report/lines.ts'
import type {Terminal} from '../start.ts'
import {chooseStyle, weightTones} from '../style.ts'
import {describeAction} from './describe-action.ts'
import {type Row, renderRows} from './page.ts'
import {thingsToDo} from './plan-data.ts'
import {describeUnseen, type Sight} from './sight.ts'

/** The plan for a person: what each step aims at, what it would do, and diffs of the files. */
export function formatPlan(
  prepared: Prepared,
  sight: Sight,
  terminal: Pick<Terminal, 'isTerminal' | 'environment'>,
): string {
  const {plan, contextReport, facts, problems, mask} = prepared
  // A terminal forgets what has scrolled out of it; nothing is left out for whoever reads a pipe.
  const limit = terminal.isTerminal() ? screenLines : Number.POSITIVE_INFINITY
  const rows = [
    {text: `Plan for ${facts.live ? 'this guest' : facts.root} (${facts.os.name})`, tone: 'strong'} as const,
    stepRow('context', describeContext(contextReport)),
    ...contextReport.problems.map(problem => problemRow(problem)),
    ...formatSteps(prepared, sight, limit),
    ...formatQuietSteps(plan.steps),
    ...problems.filter(({code}) => code !== 'fact-unseen').map(problem => problemRow(problem, runIndent)),
    {text: summarize(prepared, sight), tone: 'strong'} as const,
    ...formatUnseen(sight),
  ]
  return renderRows(rows, {mask, style: chooseStyle(terminal)})
}

/** Of the difference of one file on a terminal. */
const screenLines = 200
const [runIndent, stepIndent, deedIndent, fileIndent] = [2, nameWidth + 3, 4, 6]

function stepRow(name: string, text: string): Row {
  return {label: name, text, indent: stepIndent}
}

function formatSteps({plan, facts, manifest}: Prepared, {doubtful}: Sight, limit: number): Row[] {
  // Two steps may edit one file: what the second finds is what the first has made of it.
  let files = facts.files
  return plan.steps.filter(isTold).flatMap(step => [
    stepRow(step.name, [step.summary, describeState(step)].filter(Boolean).join(': ')),
    ...step.actions.flatMap(action => {
      const rows = describeAction(action, {facts, manifest, files, limit})
      files = withAction(files, action)
      return doubtful.has(action) ? formatDoubtful(rows) : indentRows(rows)
    }),
    ...step.problems.map(problem => problemRow(problem)),
  ])
}

function withAction(files: FileTree, action: Action): FileTree {
  if (action.kind === 'remove') return new Map([...files].filter(([path]) => path !== action.path))
  if (action.kind !== 'write' && action.kind !== 'write-sudo-rule') return files
  return new Map([...files, [action.path, action]])
}

function indentRows(rows: readonly Row[]): Row[] {
  return rows.map((row, index) => ({...row, indent: index === 0 || !isDetail(row) ? deedIndent : fileIndent}))
}

/** What comes below a deed. */
function isDetail({isVerbatim, tone}: Row): boolean {
  return isVerbatim === true || tone === 'quiet'
}

/** A difference to what cannot be read would be none. */
function formatDoubtful(rows: readonly Row[]): Row[] {
  const deeds = rows.filter(row => !isDetail(row))
  return indentRows(deeds.map(row => ({...row, text: `perhaps ${row.text}`, tone: 'quiet'})))
}

/** A step says something of itself. One that has nothing to do is only counted. */
function isTold(step: Step): boolean {
  return !isSilent(step) && (step.actions.length > 0 || step.problems.length > 0)
}

function describeState({idle, problems}: Step): string {
  // What stands in the way is told below.
  if (idle === undefined || (idle === 'not asked' && problems.length > 0)) return ''
  return idleWords[idle]
}

/** The steps that nothing is to be done in, by the reason. */
function formatQuietSteps(steps: readonly Step[]): Row[] {
  const quiet = steps.filter(step => !isTold(step))
  const idles = [undefined, ...Object.keys(idleWords)]
  return idles.flatMap(idle => {
    const names = quiet.filter(step => step.idle === idle).map(({name}) => name)
    if (names.length === 0) return []
    const words = idle === undefined ? settledWords(names.length) : idleWords[idle as Idleness]
    return {text: `${words}: ${names.join(', ')}`, tone: 'quiet', indent: runIndent} satisfies Row
  })
}

function settledWords(steps: number): string {
  return `${count(steps, 'step')} ${steps === 1 ? 'is as it' : 'are as they'} should be`
}

function problemRow(problem: Problem, indent = deedIndent): Row {
  const weight = weighProblem(problem)
  return {text: `${weight}: ${formatProblem(problem)}`, tone: weightTones[weight], indent}
}

function summarize(prepared: Prepared, {doubtful}: Sight): string {
  const deeds = thingsToDo(prepared)
  const perhaps = deeds.filter(action => doubtful.has(action)).length
  const certain = deeds.length - perhaps
  if (certain === 0 && perhaps > 0) return `Nothing to do for certain, ${count(perhaps, 'thing')} perhaps.`
  if (certain === 0) return 'Nothing to do.'
  return `${count(certain, 'thing')} to do${perhaps === 0 ? '' : `, ${perhaps} more perhaps`}.`
}

function formatUnseen({unseen}: Sight): Row[] {
  if (unseen.length === 0) return []
  return [{text: describeUnseen(unseen), tone: 'doubtful'}]
}
