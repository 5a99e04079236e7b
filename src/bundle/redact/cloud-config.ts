// USER_DATA of a kind that is read: what it asks for stays, and what it holds is blanked, byte for byte.

import type {Node, Pair, Scalar} from 'yaml'
import {unpack} from '../../context/packed.ts'
import {loadYaml} from '../../load-yaml.cjs'
import {gzip} from '../zlib.cjs'
import {blank, blankScript} from './filler.ts'

/** Of an entry of `write_files`, what a plan shows. */
const shown = new Set(['path', 'owner', 'permissions', 'encoding', 'append', 'defer'])

/** Blanks a script or cloud-config as it is when nothing is packed any more. */
export function redactUserData(text: string): string {
  const isScript = /^\ufeff?\s*#!/.test(text)
  if (isScript) return text.slice(0, text.indexOf('#!')) + blankScript(text.slice(text.indexOf('#!')))
  const isMarked = /^\ufeff?\s*#cloud-config\s/i.test(text)
  const pieces = !isMarked && foreignHead.test(text) ? undefined : findScalars(text)
  if (pieces === undefined) return blankBehindHead(text)
  let redacted = ''
  let at = 0
  for (const {start, end, isKept, other} of pieces) {
    if (start < at) continue
    redacted += blankComments(text.slice(at, start), at === 0)
    const piece = text.slice(start, end)
    redacted += other === undefined ? (isKept ? piece : blankScalar(piece)) : padLines(other, piece)
    at = end
  }
  return redacted + blankComments(text.slice(at), at === 0)
}

type Piece = {start: number; end: number; isKept: boolean; other?: string | undefined}

/** Every text in it, in order, and whether it may be seen: names, and what is shown of a file. */
function findScalars(text: string): Piece[] | undefined {
  const yaml = loadYaml()
  const document = yaml.parseDocument(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    logLevel: 'error',
    prettyErrors: false,
  })
  if (document.errors.length > 0) return undefined
  const pieces: Piece[] = []
  const take = (node: Node, isKept: boolean, other?: string) => {
    const [start, end] = node.range ?? [0, 0]
    pieces.push({start, end, isKept, other})
  }
  yaml.visit(document, {
    Scalar(key, node: Scalar, path) {
      const pair = path.at(-1) as Pair | undefined
      const name = key === 'value' ? (pair?.key as Scalar | undefined)?.value : undefined
      const isNothing = /^(~|null)?$/i.test(String(node.value ?? ''))
      const isOfFiles = path.some(
        each => yaml.isPair(each) && yaml.isScalar(each.key) && each.key.value === 'write_files',
      )
      const other = isOfFiles && name === 'content' ? repack(String(node.value), path.at(-2)) : undefined
      take(node, key === 'key' || isNothing || (isOfFiles && shown.has(String(name))), other)
    },
  })
  return pieces.sort((one, other) => one.start - other.start)
}

/** What is compressed is so again, with as many bytes of nothing. */
function repack(value: string, entry: unknown): string | undefined {
  const yaml = loadYaml()
  const encoding = yaml.isMap(entry) ? String(entry.get('encoding') ?? '') : ''
  const bytes = /gz/i.test(encoding) ? unpack(Buffer.from(value), encoding) : ''
  if (typeof bytes === 'string' || !/b64|base64/i.test(encoding)) return undefined
  return `"${gzip(Buffer.alloc(bytes.length, 'A')).toString('base64')}"`
}

/** The lines below keep their numbers. */
function padLines(text: string, original: string): string {
  return text + '\n'.repeat(original.split('\n').length - 1)
}

/** base64 stays base64: of `A`s. Quotes, escapes and the head of a block stay what they are. */
function blankScalar(text: string): string {
  const block = /^[|>][^\n]*\n/.exec(text)?.[0] ?? ''
  if (block !== '') return block + blankBase64(text.slice(block.length))
  const quote = /^["']/.exec(text)?.[0] ?? ''
  if (quote === '') return blankBase64(text)
  const inner = text
    .slice(1, -1)
    .replace(/\\x..|\\u.{4}|\\U.{8}|\\[^\n]|''|[^\x00-\x20\x7f=\\']+/gu, part => blankPart(part))
  return quote + inner + quote
}

/** An escape stands for one character, and another one has to. */
function blankPart(part: string): string {
  if (part === "''") return part
  if (!part.startsWith('\\')) return blank(part, 'A')
  return /^\\[xuU]/.test(part) ? part.slice(0, 2) + '41'.padStart(part.length - 2, '0') : part
}

/** Its padding stays. */
function blankBase64(text: string): string {
  const padding = /={1,2}\s*$/.exec(text)?.[0] ?? ''
  return blank(text.slice(0, text.length - padding.length), 'A') + padding
}

function blankComments(text: string, isHead: boolean): string {
  return text.replace(/(?<=^|\s)#[^\n]*/g, (comment, at: number) =>
    isHead && at === 0 && /^#cloud-config\s*$/i.test(comment) ? comment : `#${blank(comment.slice(1))}`,
  )
}

/** By what a kind is told that is not taken (src/context/scripts/user-data.ts). */
const foreignHead =
  /^(## *template: *jinja|#include|#part-handler|#cloud-boothook|#cloud-config-(?:archive|jsonp)|content-type:|mime-version:)/im

function blankBehindHead(text: string): string {
  const found = foreignHead.exec(text) ?? /^\s*#[a-z-]+/i.exec(text)
  if (found === null) return blank(text)
  const end = found.index + found[0].length
  return blank(text.slice(0, found.index)) + found[0] + blank(text.slice(end))
}
