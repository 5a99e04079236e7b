// What a lint is given, and what it finds: beyond what reading a context says by itself.

import type {Assignment} from '../../../context/shell.ts'
import type {Place, Problem} from '../../../problem.ts'
import type {DiscFile} from '../disc-files.ts'
import type {Medium, Understood} from '../look.ts'

/** A disc with a context file that could be read. */
export type LintedDisc = Understood & {
  medium: Medium
  files: readonly DiscFile[]
  /** Every assignment in its order, also those that a later one takes the place of. */
  assignments: readonly Assignment[]
  /** The lines of the context file, each character one byte. */
  lines: readonly string[]
  /** What was found wrong while reading. */
  known: readonly Problem[]
}

/** Finds one kind of mistake. Pure. */
export type Lint = (disc: LintedDisc) => Problem[]

export type Finding = Place & {message: string; cure?: string | undefined}

/** It will not work in any guest, or must not be there. */
export function wrong(finding: Finding): Problem {
  return {...finding, code: 'disc-wrong'}
}

/** It may not do what its author expects. */
export function doubtful(finding: Finding): Problem {
  return {...finding, code: 'disc-doubtful'}
}

export function note(finding: Finding): Problem {
  return {...finding, code: 'disc-note'}
}

/** Where a variable stands. */
export function placeIn({disc}: LintedDisc, {name, line}: Assignment): Place {
  return {file: disc.file, line, key: name}
}

/** The name of a file on the disc without its directories. */
export function baseName({path}: DiscFile): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
