// Files of which some lines are ours and others not: ifroute-DEV and ifsysctl-DEV.

import type {ByteText, FileAction} from '../../action.ts'
import {planFile, splitLines} from '../file-edit.ts'
import type {Ground} from '../former.ts'
import {editRoutes, type OwnRoutes, recallLines} from '../route-lines.ts'
import {isSignature} from '../signature.ts'

/** What a line is about; undefined: about nothing. */
export type KeyOf = (line: ByteText) => string | undefined

/**
 * Puts our lines in place of those of an earlier run. A line of others about the same goes while ours stands there:
 * of two wicked takes the first, the scripts take the last.
 */
export function planLines(ground: Ground, path: string, own: OwnRoutes, keyOf: KeyOf): FileAction[] {
  const others = recallOthers(ground, path, keyOf)
  return planText(ground, path, editRoutes(others, own, findRivals(others, own.lines, keyOf)))
}

/** Makes a file hold a text, or go; one that comes back has the mode that it had. */
export function planText(
  {files, originals}: Ground,
  path: string,
  content: ByteText | undefined,
): FileAction[] {
  const mode = files.has(path) ? undefined : originals.get(path)?.mode
  const actions = planFile(files, path, content)
  return mode === undefined
    ? actions
    : actions.map(action => (action.kind === 'write' ? {...action, mode} : action))
}

/** The lines of others. Those that ours displaced are among them again, unless somebody changed the rest meanwhile. */
function recallOthers({files, originals}: Ground, path: string, keyOf: KeyOf): ByteText {
  const now = files.get(path)?.content
  const original = originals.get(path)?.content ?? ''
  if (now === undefined) return original
  const rest = editRoutes(now, {signature: '', lines: []}, () => false) ?? ''
  return recallLines(rest, original, findRivals(original, ownLines(now), keyOf))
}

function ownLines(text: ByteText): ByteText[] {
  const lines = splitLines(text)
  const start = lines.findIndex(isSignature)
  const end = lines.findIndex((line, index) => index > start && (isComment(line) || line.trim() === ''))
  return start < 0 ? [] : lines.slice(start + 1, end < 0 ? undefined : end)
}

/** Finds lines about what ours are about. Most often there is none to judge. */
function findRivals(others: ByteText, own: readonly ByteText[], keyOf: KeyOf): (line: ByteText) => boolean {
  const keys = new Set(others === '' ? [] : own.map(keyOf))
  return line => {
    const key = keyOf(line)
    return key !== undefined && keys.has(key)
  }
}

function isComment(line: ByteText): boolean {
  return line.trimStart().startsWith('#')
}
