// A directory tree as text, to compare what a run made of it.

import {existsSync, lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'

/** A file or link below the tree's top: its text (latin1) and what `ls -l` would say of it. */
export type Tree = Map<string, {text: string; access: string}>

/** The agent's own records, and what useradd keeps for itself: not what a scenario is about. */
const leftOut =
  /^(run\/|var\/lib\/vmcontext\/|var\/log\/vmcontext|etc\/(passwd|shadow|group|gshadow|subuid|subgid)(-|\+|\.lock|\.\d+)$|etc\/\.pwd\.lock$|etc\/sub[ug]id$)/

/** Reads every file below a directory, by relative path in order. */
export function readTree(directory: string, below = ''): Tree {
  const tree: Tree = new Map()
  if (!existsSync(join(directory, below))) return tree
  for (const name of readdirSync(join(directory, below)).sort()) {
    const path = below === '' ? name : `${below}/${name}`
    const status = lstatSync(join(directory, path))
    if (status.isDirectory()) for (const [inner, entry] of readTree(directory, path)) tree.set(inner, entry)
    else if (!leftOut.test(path))
      tree.set(path, {text: readEntry(join(directory, path)), access: describeAccess(status)})
  }
  return tree
}

/** The set of files that came, changed or went, a line each; '' if nothing differs. */
export function compareTrees(before: Tree, after: Tree): string {
  const lines: string[] = []
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(path), after.get(path)]
    if (now === undefined) lines.push(`D ${path}`)
    else if (old === undefined) lines.push(`A ${path} ${now.access}`)
    else if (old.text !== now.text || old.access !== now.access) lines.push(`M ${path} ${now.access}`)
  }
  return lines.map(line => `${line}\n`).join('')
}

function readEntry(path: string): string {
  if (lstatSync(path).isSymbolicLink()) return `-> ${readlinkSync(path)}`
  // The day on which the account was made, or its password set.
  return readFileSync(path, 'latin1').replace(/^([^:\n]+:(?:\*|\$[^:\n]*):)\d{5}(:)/gm, '$1DAY$2')
}

function describeAccess(status: {mode: number; uid: number; gid: number}): string {
  return `${(status.mode & 0o7777).toString(8).padStart(4, '0')} ${status.uid}:${status.gid}`
}
