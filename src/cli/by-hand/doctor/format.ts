// What the doctor has found, for a person: a line a check, below it what is wrong, and below that the cure.

import type {Exam} from '../../../doctor/exam.ts'
import type {Examined} from '../../../doctor/examine.ts'
import {formatPlace, type Problem, weighProblem} from '../../../problem.ts'
import {count} from '../../../report/lines.ts'
import type {Mask} from '../../../report/mask.ts'
import {escapeControls} from '../../../system/commands.ts'
import {wrapLine} from '../../paragraph.ts'
import type {Style, Tone} from '../../style.ts'
import {countProblems, findFirst, judgeFinding, type Outcome} from './describe.ts'

/** What stands before a check, and how it is shown. */
const marks: Readonly<Record<Outcome, readonly [text: string, tone: Tone]>> = {
  ok: ['ok', 'good'],
  note: ['note', 'strong'],
  warning: ['warning', 'doubtful'],
  wrong: ['WRONG', 'wrong'],
  skipped: ['skipped', 'quiet'],
}
const weightWords = {failure: 'WRONG', warning: 'warning', note: 'note'} as const
const weightOutcomes = {failure: 'wrong', warning: 'warning', note: 'note'} as const

/** Columns: the mark, the id of a check, and what is told of a problem. */
const markWidth = 9
const idWidth = 17
const factColumn = 2 + markWidth + idWidth
const problemColumn = 2 + markWidth

/** Makes what turns findings into lines. Every text goes through the mask once, and shows what would steer a terminal. */
export function createFormatter(mask: Mask, style: Style) {
  const clean = (text: string) => mask(escapeControls(text).replaceAll('\n', '\\n'))
  const wrap = (text: string, column: number, tone?: Tone) =>
    wrapLine(clean(text), column, '').map(line => {
      return `${' '.repeat(column)}${tone === undefined ? line : style(tone, line)}\n`
    })

  function formatProblem(problem: Problem, outcome: Outcome): string {
    const weight = weighProblem(problem)
    const prefix = weightOutcomes[weight] === outcome ? '' : `${weightWords[weight]}: `
    const words = `${prefix}${locate(problem)}`
    const cure = problem.cure === undefined ? [] : wrap(`cure: ${problem.cure}`, problemColumn + 2, 'strong')
    return [...wrap(words, problemColumn), ...cure].join('')
  }

  return {
    /** Who is looked at. */
    formatHead({prepared: {facts}, isRoot}: Exam, version: string): string {
      const guest = facts.live ? 'this guest' : facts.root
      const eyes = isRoot ? '' : ', as an ordinary user'
      return wrap(`vmcontext ${version} looks at ${guest} (${facts.os.name})${eyes}`, 0).join('')
    },

    formatCheck({check: {id, title}, finding}: Examined): string {
      const outcome = judgeFinding(finding)
      const [mark, tone] = marks[outcome]
      const {facts, skipped, problems} = finding
      const told = facts.length > 0 ? facts : [outcome === 'ok' ? 'there is nothing to look at' : title]
      const texts = skipped === undefined ? told : [skipped]
      const lines = texts.flatMap(text => wrap(text, factColumn, outcome === 'skipped' ? 'quiet' : undefined))
      const head = `  ${style(tone, mark.padEnd(markWidth))}${id.padEnd(idWidth)}`
      const body = lines.join('').slice(factColumn)
      return head + body + problems.map(problem => formatProblem(problem, outcome)).join('')
    },

    /** The last words: how it stands, and where to begin. */
    formatEnd(round: readonly Examined[]): string {
      const [wrong, warnings] = [countProblems(round, 'failure'), countProblems(round, 'warning')]
      const first = findFirst(round, wrong > 0 ? 'failure' : 'warning')
      const also = warnings > 0 ? `${count(warnings, 'warning')}` : ''
      if (first === undefined) return [style('good', 'Nothing is wrong.'), '\n', wantRoot(round)].join('')
      const things = wrong === 1 ? '1 thing is wrong' : `${wrong} things are wrong`
      const state =
        wrong > 0 ? [things, also].filter(Boolean).join(', ') : `Nothing is wrong, but there is ${also}`
      const {check, problem} = first
      const words = `${state}; begin with: ${check.id}: ${locate(problem)}`
      return wrap(words, 0, wrong > 0 ? 'wrong' : 'doubtful').join('') + wantRoot(round)
    },
  }

  function wantRoot(round: readonly Examined[]): string {
    const ids = round.filter(({finding}) => finding.skipped === 'only as root').map(({check}) => check.id)
    return ids.length === 0
      ? ''
      : wrap(`As root there is more to see: ${ids.join(', ')}.`, 0, 'quiet').join('')
  }
}

/** What is wrong, and where. */
function locate(problem: Problem): string {
  return [formatPlace(problem), problem.message].filter(part => part !== '').join(': ')
}
