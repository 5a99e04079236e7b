// Reports as lines for a person, 80 columns where the content allows.

import type {Idleness} from '../action.ts'
import {formatProblem, type Problem, type Weight, weighProblem} from '../problem.ts'
import {allProblems, type ContextReport, type RunReport, type StepReport} from './report.ts'

/** `text` is for a console, where lines stand below each other; `entry` for a log, where each has to stand alone. */
export type ReportLine = {level: 'info' | 'warn' | 'error'; text: string; entry: string}

/** Columns for the name of a step. */
export const nameWidth = 12
const lineWidth = 72

/** What came of looking for a context. */
export function formatContext(context: ContextReport): ReportLine[] {
  const text = describeContext(context)
  const problems = context.problems.map(problem => formatProblemLine(problem, 'context'))
  return [line('context', text, context.durationMs), ...problems]
}

/** Where the context comes from, or why there is none. */
export function describeContext(context: ContextReport): string {
  return {
    found: `${context.origin} (${context.recognition}), ${count(context.variables, 'variable')}`,
    'no drive': 'none: this machine has no drive for a disc',
    'no disc': 'none: there is no context disc in a drive',
    unreadable: 'FAILED',
  }[context.state]
}

/**
 * What a step did: a line for each deed that changed something, one for all that was so already, then what is wrong.
 * A step that nothing was to be done in says nothing by itself.
 */
export function formatStep(step: StepReport): ReportLine[] {
  if (isSilent(step)) return []
  const deeds = step.deeds.filter(deed => deed.status === 'changed')
  const lines = deeds.map((deed, index) => line(step.name, deed.detail, deed.durationMs, index > 0))
  if (lines.length === 0) lines.push(line(step.name, describeQuietStep(step)))
  return [...lines, ...step.problems.map(problem => formatProblemLine(problem, step.name))]
}

/** The steps that nothing is done in for a reason, in one line; none if there are none. */
export function formatIdleSteps(steps: readonly IdleStep[], reason: QuietReason): ReportLine[] {
  const names = steps.filter(step => isSilent(step) && reasonOf(step) === reason).map(({name}) => name)
  return names.length === 0 ? [] : [line('', `${idleWords[reason]}: ${names.join(', ')}`)]
}

type QuietReason = 'not asked' | 'done before' | 'done once'

/** A planned step or one that is over. */
type IdleStep = {name: string; problems: readonly Problem[]; idle?: Idleness | undefined; outcome?: string}

/** It has no line of its own. */
export function isSilent(step: IdleStep): boolean {
  const reason = reasonOf(step)
  const isQuiet = reason === 'not asked' || reason === 'done before' || reason === 'done once'
  return isQuiet && step.problems.length === 0
}

function reasonOf({idle, outcome}: IdleStep): string | undefined {
  return idle ?? outcome
}

/** The last line of a boot: outcome, name and addresses, and the first problem with its cure. */
export function formatSummary(run: RunReport, facts: readonly string[]): ReportLine {
  const seconds = (run.durationMs / 1000).toFixed(2)
  const words = {done: 'done', warnings: 'done with warnings', failed: 'FAILED'}[run.outcome]
  const about = facts.length === 0 ? '' : `: ${facts.join(', ')}`
  const weight: Weight = run.outcome === 'failed' ? 'failure' : 'warning'
  const first = allProblems(run).find(problem => weighProblem(problem) === weight)
  const trouble = first === undefined ? '' : `; ${formatProblem(first)}`
  const level = ({done: 'info', warnings: 'warn', failed: 'error'} as const)[run.outcome]
  const text = `vmcontext: ${words} in ${seconds} s${about}${trouble}`
  return {level, text, entry: text}
}

/** A problem as a line below the step it belongs to; without a step it is one of the run itself. */
export function formatProblemLine(problem: Problem, step = 'vmcontext'): ReportLine {
  const weight = weighProblem(problem)
  const level = ({note: 'info', warning: 'warn', failure: 'error'} as const)[weight]
  const words = `${weight}: ${formatProblem(problem)}`
  return {level, text: `${' '.repeat(nameWidth + 3)}${words}`, entry: `${step}: ${words}`}
}

/** `1 variable`, `2 variables`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`
}

/** Why nothing is done, for boot and plan alike. */
export const idleWords: Readonly<Record<Idleness, string>> = {
  off: 'switched off (STEPS_OFF)',
  'not asked': 'nothing asked for',
  'done before': 'done in this boot already',
  'done once': 'done on this machine before, once for good',
}

function describeQuietStep(step: StepReport): string {
  const left = step.deeds.filter(deed => deed.status === 'left out').length
  const about = step.summary === '' || step.outcome === 'off' ? '' : ` (${step.summary})`
  if (left > 0 && step.outcome !== 'failed') return `left out on this root${about}`
  const words = {...idleWords, changed: 'changed', unchanged: 'unchanged', failed: 'FAILED'}
  return `${words[step.outcome]}${about}`
}

function line(name: string, words: string, durationMs?: number, isContinued = false): ReportLine {
  const left = `  ${(isContinued ? '' : name).padEnd(nameWidth)} ${words}`
  const time = durationMs === undefined ? '' : formatDuration(durationMs)
  return {
    level: words.startsWith('FAILED') ? 'error' : 'info',
    text: `${left.padEnd(lineWidth)}${time.padStart(8)}`.trimEnd(),
    entry: `${name}: ${words}${time === '' ? '' : ` (${time})`}`,
  }
}

/** Milliseconds for a person. */
export function formatDuration(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
