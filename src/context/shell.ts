// The grammar of context.sh (contract, §2): shell assignments read as data. Nothing is executed, nothing is asked of
// the machine. A value is what `env -i bash --norc --noprofile` would give the variable.

import type {Problem} from '../problem.ts'
import {Cursor} from './shell/cursor.ts'
import {readLine} from './shell/line.ts'
import {foldProblems} from './shell/problems.ts'
import {decodeFile} from './shell/text.ts'
import {Variables} from './shell/variables.ts'

/** How a value was written. 'mixed' = several kinds in one word; `'it'\''s'` is 'single'. */
export type Quoting = 'none' | 'single' | 'double' | 'ansi-c' | 'mixed'

/** One assignment as read. */
export type Assignment = {
  /** In upper case: names have no case. */
  name: string
  /** As it stands in the file. */
  written: string
  /** As bash gives it. */
  value: string
  /** Where its name stands, from 1. */
  line: number
  quoting: Quoting
}

/**
 * Every valid assignment in the order of the file; the last of a name wins. If the last one of a name was dropped, so
 * are those above it: an older value must not come back as if nothing had been. An assignment inside a command that is
 * not run (`if … fi`, a function, `A=1 cmd`, `readonly A=1`) counts as one that was dropped.
 */
export type ShellFile = {
  assignments: readonly Assignment[]
  /** The names, in upper case, whose last assignment was dropped. The problems need not tell all: a flood is folded. */
  dropped: ReadonlySet<string>
  /** False if something never closes: what stands below it was not read. */
  isComplete: boolean
  problems: readonly Problem[]
}

/** Reads a file of shell assignments. `bytes` is what is in it, `file` its name for messages. */
export function parseShellFile(bytes: Uint8Array, file: string): ShellFile {
  const {text, problems} = decodeFile(bytes, file)
  const variables = new Variables(text, file)
  const cursor = new Cursor(text)
  let isComplete = true
  while (cursor.offset < text.length) {
    const line = readLine(cursor)
    variables.take(line)
    // Below something that never closes, no line can be told from a line inside it.
    if (line.unclosed !== undefined) {
      isComplete = false
      break
    }
  }
  return {
    assignments: variables.list(),
    dropped: variables.listDropped(),
    isComplete,
    problems: foldProblems([...problems, ...variables.problems]),
  }
}
