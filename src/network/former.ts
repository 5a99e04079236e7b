// Files as they would be without us.

import type {FileFact, FileTree} from '../facts/files.ts'
import type {Surroundings} from './dialect.ts'
import type {LinkName, Network} from './model.ts'
import {isOurs} from './signature.ts'

export type Ground = Pick<Surroundings, 'files' | 'originals'>

/**
 * What a file would be: what stood there before in place of one of ours, or of one that we took away. One that somebody
 * has written anew without our signature is theirs, and a kept copy that has it is none: the records were lost once.
 */
export function recallFile(path: string, {files, originals}: Ground): FileFact | undefined {
  const now = files.get(path)
  if (now !== undefined && !isOurs(now.content)) return now
  const original = originals.get(path)
  return original !== undefined && isOurs(original.content) ? undefined : original
}

/** Tells whether a card that is given back is ours under another name: by its old one nothing comes up any more. */
export function isRenamed({mac, device}: LinkName, {nics}: Network): boolean {
  return nics.some(nic => nic.mac === mac && nic.device !== device)
}

/** Every file as it would be. */
export function recallFiles(ground: Ground): FileTree {
  const paths = new Set([...ground.files.keys(), ...ground.originals.keys()])
  return new Map(
    Array.from(paths).flatMap(path => {
      const file = recallFile(path, ground)
      return file === undefined ? [] : [[path, file]]
    }),
  )
}
