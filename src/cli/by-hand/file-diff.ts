// What becomes of a file, as a unified diff that hides nothing: no end of a line, no byte that is no text.

import {structuredPatch} from 'diff'
import type {ByteText} from '../../action.ts'
import {count} from '../../report/lines.ts'
import {formatBytes} from '../../report/sizes.ts'
import type {Row} from './page.ts'

/** Two files that have less in common are told by their sizes: the time to compare them grows with its square. */
const editLimit = 2_000
const contextLines = 2

/**
 * Compares a file before and after; undefined is a file that is not there. Of a long difference `limit` lines are
 * shown, and how many are not.
 */
export function diffFile(before: ByteText | undefined, after: ByteText | undefined, limit: number): Row[] {
  if (isBinary(before) || isBinary(after))
    return [quiet(`binary: ${describeSize(before)} become ${describeSize(after)}`)]
  const [old = '', now = ''] = [before, after]
  // All of a file that comes or goes is shown: there is nothing to compare it with.
  const maxEditLength = old === '' || now === '' ? Number.POSITIVE_INFINITY : editLimit
  const patch = structuredPatch('', '', old, now, '', '', {context: contextLines, maxEditLength})
  if (patch === undefined) {
    const lines = [old, now].map(text => count(text.split('\n').length - 1, 'line'))
    return [quiet(`too different to be compared: ${lines.join(' become ')}`)]
  }
  const rows = patch.hunks.flatMap(({oldStart, oldLines, newStart, newLines, lines}) => [
    verbatim(`@@ -${formatRange(oldStart, oldLines)} +${formatRange(newStart, newLines)} @@`, 'place'),
    ...lines.map(formatLine),
  ])
  if (rows.length <= limit) return rows
  return [
    ...rows.slice(0, limit),
    quiet(`${count(rows.length - limit, 'more line')}, shown where a pipe reads them`),
  ]
}

function isBinary(text: ByteText = ''): boolean {
  return text.includes('\0')
}

function describeSize(text: ByteText = ''): string {
  return formatBytes(text.length)
}

/** As diff(1) writes it: of nothing the line before it, of one line no number. */
function formatRange(start: number, lines: number): string {
  if (lines === 0) return `${Math.max(start - 1, 0)},0`
  return lines === 1 ? `${start}` : `${start},${lines}`
}

const tones = {'+': 'added', '-': 'removed', '\\': 'quiet'} as const

function formatLine(line: string): Row {
  return verbatim(decode(line), tones[line[0] as keyof typeof tones])
}

function verbatim(text: string, tone?: Row['tone']): Row {
  return {text, tone, isVerbatim: true}
}

function quiet(text: string): Row {
  return {text, tone: 'quiet'}
}

/** Files are handled byte for byte. What they show is UTF-8; a line in another encoding shows its bytes. */
function decode(bytes: ByteText): string {
  const buffer = Buffer.from(bytes, 'latin1')
  const text = buffer.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(buffer)) return text
  return bytes.replace(/[\x80-\xff]/g, character => `\\x${character.charCodeAt(0).toString(16)}`)
}
