// The figures as a person reads them.

import {ratioOf, type Spread, spreadOf} from './figures.ts'
import type {Taken} from './measure.ts'
import type {Figure, Part, Ratio} from './parts.ts'
import type {Results} from './rounds.ts'

/** What came of a comparison. */
export type RatioResult = Spread & {
  name: string
  figure: Figure
  /** Of a comparison of times: the ratio of the processor's, which others on this machine disturb less. */
  processor?: number
  aim?: number
  isMet?: boolean
}

/** Works out a comparison. */
export function judgeRatio(
  {name, over, under, figure = 'wallMs', aim}: Ratio,
  results: Results,
): RatioResult {
  const listsOf = (side: Ratio['over'], what: Figure) =>
    side.map(contestant => pick(results.get(contestant.name)!, what))
  const ratio = ratioOf(listsOf(over, figure), listsOf(under, figure))
  const ofProcessor = () => ratioOf(listsOf(over, 'cpuMs'), listsOf(under, 'cpuMs')).median
  return {
    ...{name, figure, ...ratio},
    ...(figure === 'wallMs' ? {processor: ofProcessor()} : {}),
    ...(aim === undefined ? {} : {aim, isMet: ratio.median <= aim}),
  }
}

/** The lines of a part: its contestants, then its ratios. */
export function formatPart({title, contestants, ratios}: Part, results: Results): string[] {
  const isCold = contestants.every(({before}) => before === 'cold')
  return [
    `\n${title}`,
    row('', isCold ? [...contestantHead, 'read'] : contestantHead),
    ...contestants.map(({name}) => formatContestant(name, results.get(name)!)),
    '',
    ratioHead,
    ...ratios.map(ratio => formatRatio(judgeRatio(ratio, results))),
  ]
}

const nameWidth = 54
const contestantHead = ['median', '25 %', '75 %', 'processor', 'peak']
const ratioHead = row('', ['ratio', '25 %', '75 %', 'processor', 'aim'])

function formatContestant(name: string, taken: readonly Taken[]): string {
  const {median, p25, p75} = spreadOf(pick(taken, 'wallMs'))
  const middle = (figure: Figure) => spreadOf(pick(taken, figure)).median
  const isCold = taken.every(({readKiB}) => readKiB !== undefined)
  return row(name, [
    ...[median, p25, p75, middle('cpuMs')].map(ms => `${ms.toFixed(1)} ms`),
    ...[middle('peakKiB'), ...(isCold ? [middle('readKiB')] : [])].map(
      kib => `${(kib / 1024).toFixed(1)} MiB`,
    ),
  ])
}

function formatRatio({name, median, p25, p75, processor, aim, isMet}: RatioResult): string {
  const figures = [median, p25, p75, processor].map(ratio => ratio?.toFixed(2) ?? '')
  if (aim === undefined) return row(name, figures)
  return `${row(name, [...figures, `≤ ${aim}`])}   ${isMet ? 'met' : 'NOT MET'}`
}

/** A line of columns, the first to the left, the others to the right. */
export function row(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(nameWidth)}${cells.map(cell => cell.padStart(12)).join('')}`.trimEnd()
}

function pick(taken: readonly Taken[], figure: Figure): number[] {
  return taken.map(each => each[figure] ?? Number.NaN)
}
