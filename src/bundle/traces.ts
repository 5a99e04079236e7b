// What was seen of a tree of files, path by path: what a plan has asked for and what it was told, absences and refusals
// as well. Enough to make the same plan again where none of those files are.

import type {Stats} from 'node:fs'
import type {CommandResult} from '../system/commands.ts'

/** Of stat(2), what a plan looks at. */
export type StatusFact = {mode: number; uid: number; gid: number; size: number; rdev: number}

/** Why something was refused: the name of the error, and words where it has none. `isUnseen`: for want of rights. */
export type Refusal = {code: string; words: string; isUnseen?: true}

/** Ways to look at a path. */
export type Look = 'look' | 'read' | 'readAt' | 'list' | 'link' | 'space' | 'open'

/** A piece of a device. */
export type Slice = {offset: number; length: number; bytes: Buffer}

/** What is known of one path, links not followed. */
export type Trace = {
  /** Null: it was looked for and is not there. */
  status?: StatusFact | null
  /** Where a symbolic link leads. */
  link?: string
  /** The names in a directory. */
  names?: readonly string[]
  content?: Buffer
  slices?: Slice[]
  /** The bytes of the file system that it lies on. */
  space?: number
  refusals?: Partial<Record<Look, Refusal>>
}

/** By path without links in it; for the files of a context by the path they were asked for. */
export type Traces = Map<string, Trace>

/** A program that was run, and how it ended. */
export type Answer = {argv: readonly string[]; result: Omit<CommandResult, 'value'>}

/** Gives the trace of a path, and begins one if there is none yet. */
export function traceOf(traces: Traces, path: string): Trace {
  const known = traces.get(path)
  if (known !== undefined) return known
  const fresh: Trace = {}
  traces.set(path, fresh)
  return fresh
}

export function describeStatus({mode, uid, gid, size, rdev}: StatusFact): StatusFact {
  return {mode, uid, gid, size, rdev}
}

const kindMask = 0o170000
const kinds = {
  isFIFO: 0o010000,
  isCharacterDevice: 0o020000,
  isDirectory: 0o040000,
  isBlockDevice: 0o060000,
  isFile: 0o100000,
  isSymbolicLink: 0o120000,
  isSocket: 0o140000,
} as const

/** Tells what kind of entry a mode is of (inode(7)). */
export function isKind(kind: keyof typeof kinds, {mode}: Pick<StatusFact, 'mode'>): boolean {
  return (mode & kindMask) === kinds[kind]
}

/** Makes of it what stat(2) would have said; times and numbers of inodes are not known any more. */
export function toStats(fact: StatusFact): Stats {
  const names = Object.keys(kinds) as (keyof typeof kinds)[]
  const questions = names.map(name => [name, () => isKind(name, fact)])
  return {...fact, dev: 0, ino: 0, nlink: 1, ...Object.fromEntries(questions)} as unknown as Stats
}
