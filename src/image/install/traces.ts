// What `install` does besides its own files: directories that it makes, links of others that it renames. Uninstalling
// takes it back.

import {dirname} from 'node:path'
import {stateDirectory} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import type {SharedChange} from './wanted.ts'

/** By its name now, what a link of others was called before the agent first came. */
export function rememberRenames(
  earlier: Readonly<Record<string, string>>,
  changes: readonly SharedChange[],
): Record<string, string> {
  const renamed = {...earlier}
  for (const change of changes) {
    if (change.kind !== 'rename') continue
    const {path, to} = change
    renamed[to] = renamed[path] ?? path
    delete renamed[path]
  }
  return renamed
}

/** The directories that deeds have to make, with those of earlier runs. The agent's records are not among them. */
export function rememberDirectories(
  {files}: System,
  earlier: readonly string[],
  deeds: readonly Deed[],
): string[] {
  const paths = deeds.flatMap(deed => {
    if (!('path' in deed) || deed.kind === 'remove' || deed.kind === 'empty') return []
    return listAbove(deed.kind === 'make-directory' ? deed.path : dirname(deed.path))
  })
  const missing = paths.filter(path => files.status(path) === undefined && !path.startsWith(stateDirectory))
  return [...new Set([...earlier, ...missing])].sort()
}

function listAbove(path: string): string[] {
  return path === '/' || path === '.' ? [] : [...listAbove(dirname(path)), path]
}
