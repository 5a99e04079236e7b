// Bytes to text and back. The text holds one character per byte (latin1), as bash reads a file in the C locale.

import {Buffer, isUtf8} from 'node:buffer'
import type {Problem} from '../../problem.ts'

/** A file over this is refused, and so are values that expansions would make larger than four times this. */
export const maximumBytes = 1024 * 1024

const byteOrderMark = '\u00ef\u00bb\u00bf'
const utf8 = new TextDecoder('utf-8', {ignoreBOM: true})

/** The text of a file, or none if the file is refused as a whole, and what is to be said about it. */
export function decodeFile(bytes: Uint8Array, file: string): {text: string; problems: readonly Problem[]} {
  const refusal = refuseFile(bytes)
  if (refusal !== undefined) return {text: '', problems: [{code: 'context-unreadable', file, ...refusal}]}
  let text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const problems: Problem[] = []
  const note = (message: string) => problems.push({code: 'context-note', file, line: 1, message})
  if (text.startsWith(byteOrderMark)) {
    text = text.slice(byteOrderMark.length)
    note('the file begins with a byte order mark, at which a shell would stumble: it is passed over')
  }
  if (endsEveryLineInCrLf(text)) {
    text = text.replaceAll('\r\n', '\n')
    note('every line ends in CR LF: the file is read as if it were LF')
  }
  return {text, problems}
}

/** The characters that the bytes of a value spell. Bytes that are no UTF-8 become U+FFFD, and `valid` is false. */
export function decodeValue(text: string): {value: string; valid: boolean} {
  if (/^[\0-\x7f]*$/.test(text)) return {value: text, valid: true}
  const bytes = Buffer.from(text, 'latin1')
  return {value: utf8.decode(bytes), valid: isUtf8(bytes)}
}

/** Returns a function that tells the line, from 1, on which an offset of the text lies. */
export function countLines(text: string): (offset: number) => number {
  const locate = makeLocator(text)
  return offset => locate(offset).line
}

/** Returns a function that tells line and column, both from 1, of an offset of the text. */
export function makeLocator(text: string): (offset: number) => {line: number; column: number} {
  const ends: number[] = []
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) ends.push(end)
  return offset => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ends[middle]! < offset) low = middle + 1
      else high = middle
    }
    return {line: low + 1, column: offset - (ends[low - 1] ?? -1)}
  }
}

function refuseFile(bytes: Uint8Array): {message: string; cure?: string} | undefined {
  if (bytes.length > maximumBytes) return {message: 'the file is larger than 1 MiB: nothing in it is read'}
  if (!bytes.includes(0)) return undefined
  return {message: 'the file holds NUL bytes: nothing in it is read', cure: 'save it as UTF-8 text'}
}

/** A last line without any end does not count. */
function endsEveryLineInCrLf(text: string): boolean {
  return text.includes('\n') && !/(?<!\r)\n/.test(text)
}
