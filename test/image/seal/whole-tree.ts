// A tree with all that is in it, to say in one line each what sealing did.

import {existsSync, lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'

/** Text and access of every entry below a directory, directories and records included, by absolute guest path. */
export function readWholeTree(root: string, below = ''): Map<string, string> {
  const tree = new Map<string, string>()
  if (!existsSync(join(root, below))) return tree
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = `${below}/${name}`
    const status = lstatSync(join(root, path))
    const access = `${(status.mode & 0o7777).toString(8)} ${status.uid}:${status.gid}`
    tree.set(path, `${access} ${describe(join(root, path))}`)
    if (status.isDirectory()) for (const [inner, text] of readWholeTree(root, path)) tree.set(inner, text)
  }
  return tree
}

function describe(path: string): string {
  const status = lstatSync(path)
  if (status.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  if (status.isDirectory()) return 'directory'
  return status.isFile() ? readFileSync(path, 'latin1') : 'special'
}

/** What came, went or changed. */
export function listChanges(before: Map<string, string>, after: Map<string, string>): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths.flatMap(path => {
    const [old, now] = [before.get(path), after.get(path)]
    if (old === now) return []
    if (now === undefined) return [`gone ${path}`]
    return [old === undefined ? `new ${path}` : `changed ${path}`]
  })
}
