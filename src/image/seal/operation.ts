// What sealing is made of: operations, each of which knows one kind of thing that a clone must not have, and what they
// find.

import type {TreeFile} from '../../system/trees.ts'
import type {Deed} from '../deed.ts'
import type {Look} from './look.ts'

/**
 * - `identity`: two clones would be taken for one machine, or for the first one.
 * - `secret`: whoever gets the image gets what lets somebody in, or is nobody else's business.
 * - `trace`: merely what the first one left behind.
 * - `note`: cannot be sealed, and should be known.
 */
export type Severity = 'identity' | 'secret' | 'trace' | 'note'

/** A thing that was found: a file, or a tree that goes as a whole. */
export type Finding = {
  path: string
  /** What it is, for a person: "the seed of the random numbers". */
  reason: string
  /** How many files, and how many bytes they take. */
  files: number
  bytes: number
  /** What is in it, where it is a directory. */
  contents?: readonly TreeFile[] | undefined
  /** What is done about it; undefined: nothing can be. */
  deed?: Deed | undefined
  /** Where it weighs otherwise than its operation. */
  severity?: Severity | undefined
  /** Where it is another one than `vmcontext seal --operations NAME`. */
  cure?: string | undefined
}

export type Operation = {
  name: string
  severity: Severity
  /** Done unless somebody says otherwise. */
  isDefault: boolean
  /** Completes "seal removes …", in a table of 80 columns. */
  description: string
  find(look: Look): Finding[]
}

/** What an operation has found. */
export type Found = {operation: Operation; findings: Finding[]}
