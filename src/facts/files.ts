// The texts of the guest's files that a plan may edit, as plain data.

import type {ByteText} from '../action.ts'
import type {Problem} from '../problem.ts'
import {type SystemError, unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'

/** A regular file as it is now. */
export type FileFact = {content: ByteText; mode: number}

/** The files that were read, by absolute path in the guest. A path that is absent here is absent there. */
export type FileTree = ReadonlyMap<string, FileFact>

/** Told of a file that is there and cannot be read, and is absent from the tree; or of a directory. */
export type OnRefusal = (refusal: SystemError, path: string) => void

/**
 * Reads the files that `patterns` asks for, and again with what has been read until nothing new is asked for: a file
 * may name others. `*` stands for any characters within the last part of a path.
 */
export function readFileTree(
  system: System,
  patterns: (known: FileTree) => readonly string[],
  onRefusal: OnRefusal,
): FileTree {
  const tree = new Map<string, FileFact>()
  const seen = new Set<string>()
  for (;;) {
    const fresh = patterns(tree)
      .filter(pattern => !seen.has(pattern))
      .slice(0, patternLimit - seen.size)
    if (fresh.length === 0) return tree
    for (const pattern of fresh) {
      seen.add(pattern)
      for (const path of expand(system, pattern, onRefusal)) readInto(tree, system, path, onRefusal)
    }
  }
}

/** A guard against files that name each other without end. */
const patternLimit = 1000
/** No network file is larger; a directory full of something else is not read into memory. */
const sizeLimit = 4 * 1024 * 1024

function expand(system: System, pattern: string, onRefusal: OnRefusal): string[] {
  const slash = pattern.lastIndexOf('/')
  const [directory, name] = [pattern.slice(0, slash), pattern.slice(slash + 1)]
  if (!/[*?]/.test(name)) return [pattern]
  const expression = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const matcher = new RegExp(`^${expression}$`)
  const names = unlessRefused(
    () => system.files.list(directory),
    refusal => {
      onRefusal(refusal, directory)
      return []
    },
  )
  return names
    .filter(entry => matcher.test(entry) && !entry.startsWith('.'))
    .map(entry => `${directory}/${entry}`)
}

function readInto(tree: Map<string, FileFact>, system: System, path: string, onRefusal: OnRefusal): void {
  const read = () => {
    const status = system.files.status(path)
    if (!status?.isFile() || status.size > sizeLimit) return
    const content = system.files.read(path)?.toString('latin1')
    if (content !== undefined) tree.set(path, {content, mode: status.mode & 0o7777})
  }
  unlessRefused(read, refusal => onRefusal(refusal, path))
}

/** Says that something cannot be known of the guest. An ordinary user may make a plan, and then cannot look everywhere. */
export function describeRefusal({message, unseen}: SystemError): Problem {
  if (unseen === undefined) return {code: 'fact-missing', message}
  return {code: 'fact-unseen', file: unseen, message: 'permission denied', cure: 'run as root to see it all'}
}
