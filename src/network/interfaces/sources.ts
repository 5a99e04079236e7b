// Which files ifupdown reads besides /etc/network/interfaces: those that `source` and `source-directory` lines name,
// interfaces(5), INCLUDING OTHER FILES.

import {posix} from 'node:path'
import type {FileFact, FileTree} from '../../facts/files.ts'
import {matchesGlob, widenGlob} from '../glob.ts'
import {type Block, parseInterfaces} from './interfaces-file.ts'

export const mainPath = '/etc/network/interfaces'
export const defaultDirectory = '/etc/network/interfaces.d'

export type InterfacesFile = {path: string; blocks: Block[]}

/** The files that ifupdown reads, in its order. Each is read once, so two that source each other make no loop. */
export function readSourcedFiles(
  files: FileTree,
  path: string = mainPath,
  seen = new Set<string>(),
): InterfacesFile[] {
  const file = files.get(path)
  if (file === undefined || seen.has(path)) return []
  seen.add(path)
  const blocks = blocksOf(file)
  const named = sourcesOf({path, blocks}).flatMap(source => [...files.keys()].filter(source.names).toSorted())
  return [{path, blocks}, ...named.flatMap(path => readSourcedFiles(files, path, seen))]
}

/** Taken apart once: the facts, the plan and what is asked about both go through the same files. */
function blocksOf(file: FileFact): Block[] {
  const known = blocksByFile.get(file)
  if (known !== undefined) return known
  const blocks = parseInterfaces(file.content)
  blocksByFile.set(file, blocks)
  return blocks
}

const blocksByFile = new WeakMap<FileFact, Block[]>()

/** What is read in a guest without the file once we have made it. */
export function readFreshFiles(files: FileTree): InterfacesFile[] {
  return readSourcedFiles(new Map([...files, [mainPath, {content: freshFile, mode: 0o644}]]))
}

/** No `source`: busybox and ifupdown-ng give up where a pattern matches nothing. */
const freshFile = '# interfaces(5) file used by ifup(8) and ifdown(8)\n'

/** Patterns of all files that the files read so far source. */
export function sourcePatterns(known: FileTree): string[] {
  return readSourcedFiles(known).flatMap(file => sourcesOf(file).map(source => source.pattern))
}

/** A pattern to ask for, wider than the real one if it must be, and which of the files found are meant. */
type Source = {pattern: string; names(path: string): boolean}

/** A relative path starts at the directory of the file in which it stands. */
function sourcesOf({path, blocks}: InterfacesFile): Source[] {
  const resolve = (word: string) => posix.resolve(posix.dirname(path), word)
  return blocks.flatMap(({keyword, words}) => {
    if (keyword === 'source') return words.map(resolve).map(glob)
    if (keyword.startsWith('source-dir')) return words.map(resolve).map(directory)
    return []
  })
}

/** `source` expands wildcards like a shell, wordexp(3): a hidden file is found only if the pattern shows the dot. */
function glob(pattern: string): Source {
  const isHidden = (path: string) => posix.basename(path).startsWith('.')
  const names = (path: string) => matchesGlob(pattern, path) && isHidden(path) === isHidden(pattern)
  return {pattern: widenGlob(pattern), names}
}

/** `source-directory` takes names of letters, digits, `_` and `-` only: no `eth0.bak`, no `eth0.cfg`. */
function directory(path: string): Source {
  const names = (file: string) => posix.dirname(file) === path && /^[\w-]+$/.test(posix.basename(file))
  return {pattern: `${path}/*`, names}
}
