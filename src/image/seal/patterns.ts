// Operations that are told by paths alone: rows of a table.

import {listTree, sizeOnDisk, type TreeFile} from '../../system/trees.ts'
import type {Deed} from '../deed.ts'
import type {Look, Place} from './look.ts'
import type {Finding} from './operation.ts'

export type Row = {
  /** What the paths are; `~` stands for each home. */
  paths: readonly string[]
  reason: string
  /** `empty`: whoever writes it would not make it anew. Default: removed. */
  deed?: 'remove' | 'empty'
  /** Links go, too. By itself a link holds nothing, and is often put there on purpose. */
  links?: boolean
  /** Directories go as a whole. Where the row does not say so, one of that name is something else. */
  trees?: boolean
}

/** Makes the function that finds what rows name. */
export function fromRows(rows: readonly Row[]): (look: Look) => Finding[] {
  return look => rows.flatMap(row => row.paths.flatMap(path => findAll(look, path, row)))
}

function findAll(look: Look, pattern: string, row: Row): Finding[] {
  const patterns = pattern.startsWith('~/')
    ? look.homes().map(({path}) => `${path}${pattern.slice(1)}`)
    : [pattern]
  return patterns.flatMap(each => look.find(each)).flatMap(place => describe(look, place, row) ?? [])
}

function describe(
  look: Look,
  place: Place,
  {reason, deed = 'remove', trees = false, links = false}: Row,
): Finding | undefined {
  const {status} = place
  if (status?.isDirectory() && !trees) return undefined
  if (status?.isSymbolicLink() && !links) return undefined
  // Nothing is stored in it, and somebody may wait at its other end.
  if (status?.isFIFO() || status?.isSocket()) return undefined
  if (deed === 'empty') return emptying(look, place, reason)
  return removal(look, place, reason)
}

/** What is to be removed, with its size. */
export function removal(look: Look, place: Place, reason: string): Finding {
  return finding(look, place, reason, {kind: 'remove', path: place.path, inside: place.inside, reason})
}

/** What is to be emptied; nothing where there is nothing in it. */
export function emptying(look: Look, place: Place, reason: string): Finding | undefined {
  const found = finding(look, place, reason, {kind: 'empty', path: place.path, inside: place.inside, reason})
  const isFile = place.status === undefined || place.status.isFile()
  return isFile && found.bytes > 0 ? found : undefined
}

/** What is to be written anew. */
export function rewriting(look: Look, place: Place, content: string, reason: string): Finding {
  const {mode = 0o644, uid = 0, gid = 0} = place.status ?? {}
  const common = {path: place.path, inside: place.inside, reason, owner: {uid, gid}, mode: mode & 0o7777}
  return finding(look, place, reason, {kind: 'write', content: Buffer.from(content, 'latin1'), ...common})
}

/** What was found and nothing is done about. */
export function report(look: Look, place: Place, reason: string, cure?: string): Finding {
  return {...finding(look, place, reason), cure}
}

function finding(look: Look, place: Place, reason: string, deed?: Deed): Finding {
  return {path: place.path, reason, ...measure(look, place), deed}
}

function measure(look: Look, place: Place): {files: number; bytes: number; contents?: TreeFile[]} {
  const {status, path} = place
  if (status === undefined) return {files: 1, bytes: look.text(place).length}
  if (!status.isDirectory()) return {files: 1, bytes: sizeOnDisk(status)}
  const contents = listTree(look.system.files, path)
  const bytes = contents.reduce((sum, each) => sum + each.bytes, 0)
  return {files: contents.length, bytes, contents}
}
