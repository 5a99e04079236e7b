// Files of one route a line: Red Hat's route-DEV, SUSE's ifroute-DEV and routes. Ours stand together at the head,
// between two comments; lines of others keep their bytes.

import type {ByteText} from '../action.ts'
import {splitLines} from './file-edit.ts'
import {isSignature} from './signature.ts'

export type OwnRoutes = {signature: string; lines: readonly string[]}

/**
 * Puts our routes in place of those that an earlier run put there. Lines that `isRival` finds go. Undefined if
 * nothing is left.
 */
export function editRoutes(
  text: ByteText,
  {signature, lines}: OwnRoutes,
  isRival: (line: ByteText) => boolean,
): ByteText | undefined {
  const own = lines.length === 0 ? [] : [signature, ...lines, end].map(line => `${line}\n`)
  const others = withoutOwn(splitLines(text)).filter(line => isComment(line) || !isRival(line))
  const edited = [...own, ...others].join('')
  return edited.trim() === '' ? undefined : edited
}

/**
 * The lines of others as they would be without ours. Those that we took out of `original` come back, unless somebody
 * has changed what was left of it meanwhile.
 */
export function recallLines(
  rest: ByteText,
  original: ByteText,
  isTakenOut: (line: ByteText) => boolean,
): ByteText {
  const expected = splitLines(original).filter(line => isComment(line) || !isTakenOut(line))
  return expected.join('').trim() === rest.trim() ? original : rest
}

/** So that a line which somebody adds below is not taken for one of ours. */
const end = '# vmcontext: end'

function withoutOwn(lines: readonly ByteText[]): ByteText[] {
  let isOwn = false
  return lines.filter(line => {
    if (isSignature(line)) {
      isOwn = line.trim() !== end
      return false
    }
    if (isComment(line) || line.trim() === '') isOwn = false
    return !isOwn
  })
}

function isComment(line: ByteText): boolean {
  return line.trimStart().startsWith('#')
}
