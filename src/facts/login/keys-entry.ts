// What stands where keys are to be, and whether it is what sshd and we expect there.

import type {Stats} from 'node:fs'
import type {ByteText} from '../../action.ts'

/** Why keys cannot be kept in a place: what is in the way, and what should be there instead. */
export type PlaceRefusal = {path: string; reason: string; expected: string}

/** A file or directory that others may write, or that belongs to another: sshd may not trust it (StrictModes). */
export type LoosePath = {path: string; reason: string; cure: string}

/** The text of a file of keys, '' if there is none. */
export type KeysText = {text: ByteText; loose: readonly LoosePath[]}

/** A longer file is none that anybody wrote by hand, and a planted one would take all memory. */
export const sizeLimit = 4 * 1024 * 1024

/** Why a file or directory is not what is needed; undefined if nothing is there, or what shall be. */
export function refuseEntry(
  path: string,
  status: Stats | undefined,
  kind: 'directory' | 'file',
  owner: string,
): PlaceRefusal | undefined {
  if (status === undefined) return undefined
  const expected = `a plain ${kind} that belongs to ${owner}`
  if (status.isSymbolicLink())
    return {path, reason: `${path} is a symbolic link, which is not followed`, expected}
  if (kind === 'file' && status.size > sizeLimit)
    return {path, reason: `${path} is larger than 4 MiB`, expected}
  const isExpected = kind === 'directory' ? status.isDirectory() : status.isFile()
  return isExpected ? undefined : {path, reason: `${path} is no ${kind}`, expected}
}
