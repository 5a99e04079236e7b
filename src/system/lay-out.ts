// A tree of files laid out in a new directory, from data that others made. Directories and files come first and links
// last, so that nothing is ever written through a link of theirs; and nobody else may come in, or gain rights by a file.

import {chmodSync, chownSync, mkdirSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {attempt, codeOf} from './errors.ts'

/** Without set-user-ID and set-group-ID (inode(7)): who laid it out may be root, and who made it anybody. */
const rights = 0o1777

export type TreeEntry = {
  /** Below the directory; no part of it may be `..`. */
  name: string
  mode?: number | undefined
  owner?: {uid: number; gid: number} | undefined
} & ({bytes: Uint8Array} | {link: string} | {directory: true})

/** Makes the directory, which must not be there, and all that is in it. Gives the names whose owner could not be set. */
export function layOutTree(directory: string, entries: readonly TreeEntry[]): string[] {
  attempt(`create the directory ${directory}`, () => mkdirSync(directory, {mode: 0o700}))
  const refused: string[] = []
  const inOrder = [
    ...entries.filter(entry => !('link' in entry)),
    ...entries.filter(entry => 'link' in entry),
  ]
  for (const entry of inOrder)
    attempt(`write ${join(directory, entry.name)}`, () => makeEntry(directory, entry, refused))
  // A directory without rights is closed only when everything is in it.
  for (const {name, mode, ...rest} of inOrder.toReversed())
    if ('directory' in rest && mode !== undefined)
      attempt(`close ${name}`, () => chmodSync(join(directory, name), mode & rights))
  return refused
}

function makeEntry(directory: string, entry: TreeEntry, refused: string[]): void {
  const {name, mode = 0o644, owner} = entry
  if (name.startsWith('/') || name.split('/').includes('..'))
    throw new Error('its name leads out of the directory')
  const path = join(directory, name)
  mkdirSync(dirname(path), {recursive: true})
  if (realpathSync(dirname(path)) !== join(realpathSync(directory), dirname(name)))
    throw new Error('a link is in its way')
  if ('directory' in entry) mkdirSync(path, {recursive: true})
  else if ('link' in entry) symlinkSync(entry.link, path)
  else writeFileSync(path, entry.bytes, {flag: 'wx', mode: 0o600})
  if ('link' in entry) return
  if (!giveAway(path, owner)) refused.push(name)
  if ('bytes' in entry) chmodSync(path, mode & rights)
}

function giveAway(path: string, owner: TreeEntry['owner']): boolean {
  if (owner === undefined) return true
  try {
    chownSync(path, owner.uid, owner.gid)
    return true
  } catch (error) {
    if (codeOf(error) === 'EPERM') return false
    throw error
  }
}
