// The boot as a picture, in the manner of `systemd-analyze plot`: SVG 1.1, readable on a light page and on a dark one.

import type {RunReport} from '../report/report.ts'
import {escapeControls} from '../system/commands.ts'
import {type Axis, makeAxis} from './axis.ts'
import {layTimeline, type Timeline, type TimelineRow} from './timeline.ts'

const rowHeight = 18
const top = 92
const margin = 24
const axisWidth = 960
/** Of the monospaced font at 11 px: wide enough for all but characters that take two columns. */
const letterWidth = 6.7

/** Draws the runs. `title` stands above, `lines` below it. */
export function drawPlot(runs: readonly RunReport[], title: string, line: string): string {
  const timeline = layTimeline(runs)
  const axis = makeAxis(timeline.stretches, axisWidth)
  const bottom = top + timeline.rows.length * rowHeight + 8
  const [width, height] = [Math.round(axis.width + 2 * margin), bottom + 56]
  const parts = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="11">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    text(margin, 28, title, 'head'),
    text(margin, 48, fit(line, axis.width), 'quiet'),
    `<g transform="translate(${margin} 0)">`,
    ...drawAxis(axis, timeline, bottom),
    ...timeline.rows.map((row, index) => drawRow(row, top + index * rowHeight, axis)),
    '</g>',
    ...drawLegend(bottom + 34),
    '</svg>',
  ]
  return `${parts.join('\n')}\n`
}

/** The colours are chosen to stand out on both pages; texts and lines follow the page. */
const style = `
.page{fill:#ffffff}text{fill:#1c1c1c}.quiet{fill:#595959}.head{font-size:16px;font-weight:bold}
.line{stroke:#c8c8c8;stroke-width:1}.gap{fill:#8883}
.run{fill:#7a8794}.changed{fill:#3a8f4d}.unchanged{fill:#6c8ebf}.failed{fill:#cf3f3f}.other{fill:#a08a5b}
.strong{font-weight:bold}
@media (prefers-color-scheme:dark){.page{fill:#16181c}text{fill:#ececec}.quiet{fill:#a6a6a6}.line{stroke:#3c4048}}
`

function drawAxis(axis: Axis, {isSinceBoot}: Timeline, bottom: number): string[] {
  const ticks = axis.ticks.map(({ms, x}) => {
    const line = `<line class="line" x1="${round(x)}" y1="${top - 8}" x2="${round(x)}" y2="${bottom}"/>`
    return `${line}${text(x, top - 12, formatMs(ms), 'quiet', 'middle')}`
  })
  const gaps = axis.gaps.map(({x, width, pauseMs}) => {
    const [left, wide] = [x + 8, width - 16]
    const box = `<rect class="gap" x="${round(left)}" y="${top - 8}" width="${wide}" height="${bottom - top + 8}"/>`
    return `${box}${text(x + width / 2, top - 26, formatMs(pauseMs), 'quiet', 'middle')}`
  })
  const since = isSinceBoot ? 'since the kernel started' : 'since the first run began'
  return [...ticks, ...gaps, text(0, bottom + 14, `time ${since}; ${scaleNote}`, 'quiet')]
}

const scaleNote = 'where nothing ran it is cut short (grey), and a short run is drawn wider'

function drawRow(row: TimelineRow, y: number, axis: Axis): string {
  const x = axis.place(row.startMs)
  const width = Math.max(1.5, axis.place(row.startMs + row.durationMs) - x)
  const inset = row.kind === 'deed' ? 5 : 3
  const name = row.kind === 'run' ? 'run' : colourOf(row.outcome)
  const size = `x="${round(x)}" y="${y + inset}" width="${round(width)}" height="${rowHeight - 2 * inset}"`
  const words = `${row.label}, ${formatMs(row.durationMs)}`
  const bar = `<rect class="${name}" ${size}/>`
  return `<g><title>${escapeXml(words)}</title>${bar}${drawLabel(words, {x, width, y: y + 13, axis, row})}</g>`
}

type Place = {x: number; width: number; y: number; axis: Axis; row: TimelineRow}

/** Behind the bar, or before it where there is more room. A row is its own line: no label meets another. */
function drawLabel(words: string, {x, width, y, axis, row}: Place): string {
  const name = row.kind === 'run' ? 'strong' : row.kind === 'deed' ? 'quiet' : ''
  const [before, behind] = [x - 6, axis.width - x - width - 6]
  const needed = widthOf(words)
  if (Math.max(before, behind) < Math.min(needed, 120)) return drawInside(words, {x, width, y, name})
  return needed <= behind || behind >= before
    ? text(x + width + 5, y, fit(words, behind), name)
    : text(x - 5, y, fit(words, before), name, 'end')
}

/** On a bar that takes all the room, with a halo of none: dark or light, its colour bears white. */
function drawInside(words: string, {x, width, y, name}: {x: number; width: number; y: number; name: string}) {
  return `<text x="${round(x + 5)}" y="${y}" class="${name}" style="fill:#ffffff">${escapeXml(fit(words, width - 10))}</text>`
}

function drawLegend(y: number): string[] {
  const entries = ['changed', 'unchanged', 'failed', 'other', 'run'] as const
  const names = {other: 'looked at, left out or waited for', run: 'a whole run'} as Record<string, string>
  let x = margin
  return entries.map(name => {
    const words = names[name] ?? name
    const entry = `<rect class="${name}" x="${x}" y="${y - 9}" width="12" height="11"/>${text(x + 17, y, words, '')}`
    x += 34 + Math.round(widthOf(words))
    return entry
  })
}

function colourOf(outcome: string): string {
  if (outcome === 'changed' || outcome === 'unchanged' || outcome === 'failed') return outcome
  return outcome === 'unreadable' ? 'failed' : 'other'
}

function text(x: number, y: number, words: string, name: string, anchor = 'start'): string {
  const classes = name === '' ? '' : ` class="${name}"`
  const side = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
  return `<text x="${round(x)}" y="${y}"${classes}${side}>${escapeXml(words)}</text>`
}

function formatMs(ms: number): string {
  if (ms < 1000) return `${Number(ms.toFixed(ms < 10 ? 1 : 0))} ms`
  if (ms < 600_000) return `${Number((ms / 1000).toFixed(3))} s`
  return ms < 7_200_000 ? `${Number((ms / 60_000).toFixed(1))} min` : `${(ms / 3_600_000).toFixed(1)} h`
}

function fit(words: string, width: number): string {
  if (widthOf(words) <= width) return words
  const room = Math.max(1, Math.floor(width / letterWidth) - 1)
  return `${[...words].slice(0, Math.floor(room * (words.length / (widthOf(words) / letterWidth)))).join('')}…`
}

function widthOf(words: string): number {
  let columns = 0
  // East Asian and pictures take two columns, roughly from here on.
  for (const character of words) columns += character.codePointAt(0)! >= 0x1100 ? 2 : 1
  return columns * letterWidth
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}

const entities: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}

/** What XML 1.0 (section 2.2) has no place for, not even as a reference, is shown as a replacement character. */
function escapeXml(words: string): string {
  return escapeControls(words)
    .replace(/[&<>"]/g, character => entities[character]!)
    .replace(/[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}
