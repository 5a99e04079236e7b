// From the text that a file shall have to what has to be done about it.

import type {ByteText, FileAction} from '../action.ts'
import type {FileTree} from '../facts/files.ts'

/** Makes a file hold a text, or go if there is none: no action if it is so already. */
export function planFile(files: FileTree, path: string, content: ByteText | undefined): FileAction[] {
  const now = files.get(path)
  if (now?.content === content) return []
  if (content === undefined) return [{kind: 'remove', path}]
  return [{kind: 'write', path, content, mode: now?.mode ?? 0o644}]
}

/** Tells whether an edit changes more of a file than its comments. */
export function isMeaningful(action: FileAction, files: FileTree): boolean {
  const before = files.get(action.path)?.content ?? ''
  return action.kind !== 'write' || withoutComments(action.content) !== withoutComments(before)
}

/** The lines of a text, each with its newline. Joined they are the text again. */
export function splitLines(text: ByteText): ByteText[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** The text with a newline at its end, so that a line can follow. */
export function endLine(text: ByteText): ByteText {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function withoutComments(text: ByteText): ByteText {
  return text.replace(/^[ \t]*#.*\n?/gm, '')
}
