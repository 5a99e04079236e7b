// The grammar of /etc/network/interfaces, interfaces(5), as ifupdown 0.8 reads it (config.c). Lossless: the blocks of
// a file, joined, are the file again, byte for byte.

import type {ByteText} from '../../action.ts'
import {splitLines} from '../file-edit.ts'
import {isSignature} from '../signature.ts'

/** A logical line with its newline, and with those within if backslashes continue it. No words: blank or comment. */
export type Line = {text: ByteText; words: readonly string[]}

/** A stanza (`iface`, `mapping`, `template` with their options), a line that stands alone, or what lies between. */
export type Block = {
  /** The first word; '' for blank lines and comments. */
  keyword: string
  /** The other words of the first line. */
  words: readonly string[]
  lines: Line[]
}

/**
 * Takes a file apart. Comments within a stanza belong to it, those behind its last option do not, but for ours: a
 * stanza may have no option.
 */
export function parseInterfaces(text: ByteText): Block[] {
  const blocks: Block[] = []
  let stanza: Block | undefined
  let pending: Line[] = []
  for (const line of parseLines(text)) {
    const [keyword, ...words] = line.words
    if (keyword === undefined) {
      const isOurs = pending.length === 0 && isSignature(line.text)
      if (isOurs && stanza !== undefined) stanza.lines.push(line)
      else pending.push(line)
    } else if (stanza !== undefined && belongsTo(stanza, line)) {
      stanza.lines.push(...pending, line)
      pending = []
    } else {
      const block = {keyword, words, lines: [line]}
      blocks.push(...between(pending), block)
      stanza = opensStanza.test(keyword) ? block : undefined
      pending = []
    }
  }
  return [...blocks, ...between(pending)]
}

/** Puts a file together again. */
export function formatInterfaces(blocks: readonly Block[]): ByteText {
  return blocks.flatMap(block => block.lines.map(line => line.text)).join('')
}

/** The comments within a block, as they stand there. */
export function commentsOf(block: Block): Line[] {
  return block.lines.filter(line => isComment(line.text))
}

/** A block of lines that say nothing to ifupdown. */
export function between(lines: Line[]): Block[] {
  return lines.length === 0 ? [] : [{keyword: '', words: [], lines}]
}

/** Joins what a backslash at the end of a line continues. One before CR LF continues nothing (config.c, get_line). */
export function parseLines(text: ByteText): Line[] {
  const lines: Line[] = []
  let open = ''
  for (const part of splitLines(text)) {
    open += part
    const isContinued = /\\\n?$/.test(open) && !isComment(open)
    if (isContinued) continue
    lines.push({text: open, words: wordsOf(open)})
    open = ''
  }
  return open === '' ? lines : [...lines, {text: open, words: wordsOf(open)}]
}

const opensStanza = /^(iface|mapping|template)$/
const standsAlone =
  /^(iface|mapping|template|source|source-dir.*|auto|allow-.+|no-auto-down|no-scripts|rename)$/
const selects = /^(auto|allow-.+|no-auto-down|no-scripts)$/

/** An option belongs to the stanza above it, and so does a bare `auto`: it speaks of the interface of that stanza. */
function belongsTo(stanza: Block, {words: [keyword = '', ...words]}: Line): boolean {
  const isBare = stanza.keyword === 'iface' && words.length === 0 && selects.test(keyword)
  return isBare || !standsAlone.test(keyword)
}

function isComment(text: ByteText): boolean {
  return /^[ \t\v\f\r]*#/.test(text)
}

/** The space of the C locale: a no-break space of some other encoding is part of a word. */
function wordsOf(text: ByteText): string[] {
  if (isComment(text)) return []
  const joined = text.replaceAll('\\\n', '').replace(/\\$/, '')
  return joined.split(/[ \t\n\v\f\r]+/).filter(word => word !== '')
}
