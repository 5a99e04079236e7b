// A context as it was found: its variables, and the files that came with them.

import type {Place} from '../problem.ts'
import type {Assignment} from './shell.ts'
import type {Variables} from './variables.ts'

export type Disc = {
  /** The context file's name for messages. */
  file: string
  variables: Variables
  /** The names of variables that stand in the file and could not be read: not the same as not being there. */
  dropped: ReadonlySet<string>
  /** The file was read to its end. */
  isComplete: boolean
  /** Of the files that came with it some could not be read. */
  lacksFiles?: boolean
  /** Found by a row of contract §1 that only contexts of OpenNebula 2.2 to 4.0 take. */
  isOldKind: boolean
  /** The names of the files on the disc. */
  names: readonly string[]
  /** There is a file of this name on the disc. */
  hasFile(name: string): boolean
  /** The text of a small file on the disc; undefined if it is not there, or cannot be read. */
  readFile(name: string): string | undefined
  /** Why a file that is there could not be read, in words; undefined if none was asked for in vain. */
  refusalOf?(name: string): string | undefined
}

/** Where a variable stands. */
export function placeOf(disc: Disc, variable: Assignment): Place {
  return {file: disc.file, line: variable.line, key: variable.name}
}

/** Why a name cannot be that of a file on the disc, in words; undefined if it can. */
export function refuseDiscName(name: string): string | undefined {
  if (name.startsWith('/')) return 'is an absolute path; only names on the disc are taken'
  if (name.split('/').includes('..')) return 'leads out of the disc'
  return undefined
}
