// Lines for a person: secrets and control characters are taken out first, then they are wrapped, then coloured.

import type {Mask} from '../../report/mask.ts'
import {escapeControls} from '../../system/commands.ts'
import {wrapLine} from '../paragraph.ts'
import type {Style, Tone} from '../style.ts'

export type Row = {
  text: string
  tone?: Tone | undefined
  /** Columns before the text. */
  indent?: number | undefined
  /** A word of our own in those columns, never masked: the name of a step. */
  label?: string | undefined
  /** A line of a file: as long as it is. */
  isVerbatim?: boolean | undefined
}

/** Columns before a label. */
const margin = 2

/** Renders rows; what is too long goes on below itself, in 80 columns. */
export function renderRows(rows: readonly Row[], {mask, style}: {mask: Mask; style: Style}): string {
  return rows.map(row => `${renderRow(row, mask, style)}\n`).join('')
}

function renderRow({text, tone, indent = 0, label, isVerbatim}: Row, mask: Mask, style: Style): string {
  const clean = mask(escapeControls(text)).replaceAll('\n', '\\x0a')
  const lines = isVerbatim ? [clean] : wrapLine(clean, indent, label === undefined ? '  ' : '')
  const paint = (line: string) => (tone === undefined ? line : style(tone, line))
  return lines
    .map(
      (line, index) =>
        `${renderMargin(indent, index === 0 ? label : undefined, style)}${paintText(line, paint)}`,
    )
    .map(line => (isVerbatim ? line : line.trimEnd()))
    .join('\n')
}

function renderMargin(indent: number, label: string | undefined, style: Style): string {
  if (label === undefined) return ' '.repeat(indent)
  return `${' '.repeat(margin)}${style('strong', label)}${' '.repeat(Math.max(indent - margin - label.length, 1))}`
}

/** Blanks before the text are not text: an underlined or inverse look would show them. */
function paintText(line: string, paint: (text: string) => string): string {
  const [blanks = ''] = /^ */.exec(line) ?? []
  return `${blanks}${paint(line.slice(blanks.length))}`
}
