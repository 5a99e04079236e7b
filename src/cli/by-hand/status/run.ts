// The steps of a run, each with its time as a bar.

import {formatDuration, formatIdleSteps, idleWords, isSilent, nameWidth} from '../../../report/lines.ts'
import type {RunReport, StepReport} from '../../../report/report.ts'
import type {Tone} from '../../style.ts'
import {type Row, renderRows} from '../page.ts'
import {drawBar} from './bar.ts'
import type {Look} from './format.ts'

const textColumn = nameWidth + 3
const outcomeWidth = 10
const timeWidth = 9
const usualColumns = 80
const mostColumns = 160

/** Formats the steps that something was done in, and in a line each the others. */
export function formatRun({steps}: RunReport, look: Look): string {
  const loud = steps.filter(step => !isFolded(step))
  const longestMs = Math.max(...loud.map(({durationMs}) => durationMs), 0)
  return [
    ...loud.map(step => formatStep(step, longestMs, look)),
    renderPlain(formatFolded(steps), look),
  ].join('')
}

function isFolded(step: StepReport): boolean {
  return isSilent(step) || (step.outcome === 'off' && step.problems.length === 0)
}

function formatFolded(steps: readonly StepReport[]): Row[] {
  const idle = (['done before', 'done once', 'not asked'] as const).flatMap(reason =>
    formatIdleSteps(steps, reason),
  )
  const off = steps.filter(step => step.outcome === 'off' && isFolded(step)).map(({name}) => name)
  const texts = idle.map(({text}) => text.trim())
  if (off.length > 0) texts.push(`${idleWords.off}: ${off.join(', ')}`)
  return texts.map(text => ({text, indent: textColumn, tone: 'quiet'}))
}

const tones: Readonly<Partial<Record<string, Tone>>> = {changed: 'good', failed: 'wrong', unchanged: 'quiet'}

function formatStep(step: StepReport, longestMs: number, look: Look): string {
  const {style, columns} = look
  const {name, outcome, durationMs} = step
  const tone = tones[outcome] ?? 'quiet'
  const width =
    Math.min(Math.max(columns, usualColumns), mostColumns) - textColumn - outcomeWidth - timeWidth - 1
  const share = longestMs === 0 ? 0 : durationMs / longestMs
  const bar = drawBar(share, width, look.hasBlocks)
  const word = (outcome === 'failed' ? 'FAILED' : outcome).padEnd(outcomeWidth)
  const head = [
    `  ${style('strong', name)}${' '.repeat(Math.max(1, textColumn - 2 - name.length))}`,
    style(tone, word),
    `${style(tone, bar)}${' '.repeat(width - bar.length)}`,
    style('quiet', formatDuration(durationMs).padStart(timeWidth)),
  ].join('')
  return `${head}\n${renderPlain(formatDeeds(step), look)}`
}

/** What was changed; where nothing was, what is so already. */
function formatDeeds({deeds, summary}: StepReport): Row[] {
  const changed = deeds.filter(({status}) => status === 'changed').map(({detail}) => detail)
  const texts = changed.length > 0 ? changed : summary === '' ? [] : [summary]
  return texts.map(text => ({text, indent: textColumn}))
}

function renderPlain(rows: readonly Row[], {style}: Look): string {
  return renderRows(rows, {mask: text => text, style})
}
