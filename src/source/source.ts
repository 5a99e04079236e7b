// What came of looking for a context: found, or one of three states that are not the same thing (contract §1).

import type {Problem} from '../problem.ts'

/** What is asked of the files of a context, wherever they lie. `Files` has all of it. */
export type SourceFiles = {
  /** The names in a directory in the order of their bytes; none if it does not exist. */
  list(path: string): string[]
  /** What a path leads to; undefined if nothing is there. */
  status(path: string): EntryStatus | undefined
  /** Where a symbolic link points; undefined if there is none. */
  readLink(path: string): string | undefined
  /** The bytes of a regular file; undefined if there is none. Throws SystemError if it cannot be read. */
  read(path: string): Buffer | undefined
  /** The same as UTF-8. */
  readText(path: string): string | undefined
}

/** Of stat(2), what matters of a file on a disc. */
export type EntryStatus = {mode: number; size: number; isFile(): boolean; isDirectory(): boolean}

/** How a context was recognised: the row of the table in contract §1. */
export type Recognition =
  | 'named'
  | 'label CONTEXT'
  | 'label CDROM'
  | 'TARGET'
  | 'disc'
  | 'directory'
  | 'VMware'

export type Source =
  | FoundSource
  /** There is no drive that a disc could be in. Normal for a guest without a context. */
  | {state: 'no drive'; problems: Problem[]}
  /** There are drives, and no context in any of them. */
  | {state: 'no disc'; problems: Problem[]}
  /** There is a disc that ought to be ours, and it cannot be read. A failure. */
  | {state: 'unreadable'; problems: Problem[]}

export type FoundSource = {
  state: 'found'
  recognition: Recognition
  /** What it was found on, for people: `/dev/sr0`, `/context`. */
  origin: string
  /** Where its files are now, a path for `files`. */
  directory: string
  files: SourceFiles
  /** The file of variables in it. */
  contextFile: string
  problems: Problem[]
  /** Unmounts what was mounted, removes what was laid out; tells what would not go. Safe to call twice. */
  release(): Promise<readonly Problem[]>
}

/** A context that is there and cannot be read: what it is, and why. */
export function unreadable(what: string, cause: string, cure?: string): Source {
  const message = `${what} cannot be read as a context: ${cause}`
  return {state: 'unreadable', problems: [{code: 'source-unreadable', message, cure}]}
}

/** The file that makes a disc a context. */
export const contextFileName = 'context.sh'

/** Tells whether only contexts of OpenNebula 2.2 to 4.0 are found this way (contract §1, rows 3 and 4). */
export function isOldRow(recognition: Recognition): boolean {
  return ['label CDROM', 'TARGET', 'disc'].includes(recognition)
}
