// The directories of netplan: one file by each name counts, and all together in the order of their names. netplan(5),
// netplan_parser_load_yaml_hierarchy().

import {posix} from 'node:path'
import type {FileFact, FileTree} from '../../facts/files.ts'
import type {Problem} from '../../problem.ts'
import type {Definition} from './definition.ts'
import type {Content} from './fields.ts'
import {parseNetplan} from './read-yaml.ts'

export const ownPath = '/etc/netplan/50-vmcontext.yaml'

/** Of two files with the same name that of the first directory counts. The last two came with packages. */
const directories = ['/run/netplan', '/etc/netplan', '/lib/netplan', '/usr/lib/netplan']

export const patterns = directories.map(directory => `${directory}/*.yaml`)

/** A file of others. Without content it is not YAML. */
export type OthersFile = {path: string; text: string; content?: Content | undefined}

/** A file is asked for more than once, and reading it takes its time. */
const contents = new WeakMap<FileFact, {content: Content | undefined}>()

/** What a file says. */
export function readContent(file: FileFact, parse: typeof parseNetplan = parseNetplan): Content | undefined {
  const known = contents.get(file) ?? {content: parse(file.content)}
  contents.set(file, known)
  return known.content
}

/** Reads the files of others, in netplan's order. */
export function readOthers(files: FileTree): OthersFile[] {
  const byName = new Map<string, OthersFile>()
  for (const directory of directories) {
    for (const [path, file] of files) {
      if (!isNetplanFile(path) || posix.dirname(path) !== directory || path === ownPath) continue
      const name = posix.basename(path)
      if (!byName.has(name)) byName.set(name, {path, text: file.content, content: readContent(file)})
    }
  }
  return [...byName].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => file)
}

export function isNetplanFile(path: string): boolean {
  return directories.includes(posix.dirname(path)) && path.endsWith('.yaml')
}

/** A file of a package is not ours to edit: the next update would bring it back. */
export function isEditable({path}: {path: string}): boolean {
  return path.startsWith('/etc/') || path.startsWith('/run/')
}

export function definitionsIn(files: readonly OthersFile[]): Definition[] {
  return files.flatMap(({path, content}) => (content?.entries ?? []).map(entry => ({...entry, path})))
}

/** The renderer that the files give to every NIC: the last one that says so. */
export function globalRenderer(files: readonly OthersFile[]): string | undefined {
  return files.findLast(({content}) => content?.renderer !== undefined)?.content?.renderer
}

/** Names the files that netplan refuses, and all others with them. */
export function findUnreadable(files: readonly OthersFile[]): Problem[] {
  return files
    .filter(({content}) => content === undefined)
    .map(({path}) => ({
      code: 'fact-missing',
      file: path,
      message: 'this is not YAML as netplan reads it, so what it says of the NICs is not known',
      cure: 'correct it: netplan may refuse all files because of it',
    }))
}
