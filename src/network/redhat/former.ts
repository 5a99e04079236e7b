// The files as they would be without us.

import type {ByteText} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Surroundings} from '../dialect.ts'
import {splitLines} from '../file-edit.ts'
import {isSignature} from '../signature.ts'

/**
 * Puts what stood there before in place of files of ours, and of those that we took away. A file that somebody has
 * written anew without our signature is theirs.
 */
export function recallFiles({files, originals}: Pick<Surroundings, 'files' | 'originals'>): FileTree {
  const former = new Map(files)
  for (const [path, {content}] of files) if (isOurs(content)) former.delete(path)
  for (const [path, original] of originals) {
    const now = files.get(path)
    if (original !== undefined && (now === undefined || isOurs(now.content))) former.set(path, original)
  }
  return former
}

/** Tells whether a whole file is ours: our signature is its first line. */
export function isOurs(content: ByteText): boolean {
  return isSignature(content.split('\n', 1)[0]!)
}

/**
 * A file of routes as it would be without ours: `others` is what is left of it. Lines that we took out for ours come
 * back unless somebody has changed the rest meanwhile.
 */
export function recallRoutes(
  others: ByteText,
  original: ByteText,
  isRival: (line: ByteText) => boolean,
): ByteText {
  const rest = splitLines(original).filter(line => !isRival(line))
  const isUntouched = others.trim() === '' || others.trimEnd() === rest.join('').trimEnd()
  return isUntouched ? original : others
}
