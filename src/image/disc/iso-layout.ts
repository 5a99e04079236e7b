// Where everything lies in an image: each directory and file gets its sectors before anything is written. A directory
// deeper than the eight levels of ECMA-119 stays where it is, as `mkisofs -D` leaves it: Linux reads it.

import type {DirectoryNode, FileNode} from './entries.ts'
import {sectorSize, sectorsOf} from './iso-fields.ts'
import {spellNames} from './iso-names.ts'

export type PlacedFile = {
  kind: 'file'
  node: FileNode
  plain: string
  joliet: string
  serial: number
  block: number
}
export type PlacedDirectory = {
  kind: 'directory'
  node: DirectoryNode
  plain: string
  joliet: string
  serial: number
  /** None of the first, which stands for its own wherever one is written (ECMA-119 6.8.2.2). */
  parent: PlacedDirectory | undefined
  children: (PlacedFile | PlacedDirectory)[]
  /** Where its records lie, by either tree. */
  extents: {plain: Extent; joliet: Extent}
  /** Where that lies which found no room in its records: right behind them, or libarchive does not find it. */
  continuations: number
}
export type Tree = 'plain' | 'joliet'
export type Extent = {block: number; size: number}

/** Gives every node its names; the children of each directory stand in the order of the first tree. */
export function nameTree(root: DirectoryNode): PlacedDirectory {
  let serial = 0
  const none = () => ({block: 0, size: 0})
  const place = (node: DirectoryNode, names: {plain: string; joliet: string}, parent?: PlacedDirectory) => {
    serial += 1
    const extents = {plain: none(), joliet: none()}
    const placed: PlacedDirectory = {
      kind: 'directory',
      node,
      ...names,
      serial,
      parent,
      children: [],
      extents,
      continuations: 0,
    }
    const spelled = spellNames(node.children)
    placed.children = node.children.map((child, index) => {
      if (child.kind === 'directory') return place(child, spelled[index]!, placed)
      serial += 1
      return {kind: 'file', node: child, ...spelled[index]!, serial, block: 0}
    })
    return placed
  }
  return place(root, {plain: '', joliet: ''})
}

/** Every directory, those of a level together, as path tables list them (ECMA-119 6.9.1). */
export function listDirectories(root: PlacedDirectory, tree: Tree): PlacedDirectory[] {
  const all = [root]
  for (const directory of all)
    all.push(...childrenOf(directory, tree).filter(child => child.kind === 'directory'))
  return all
}

/** The children in the order of their names (ECMA-119 9.3). */
export function childrenOf({children}: PlacedDirectory, tree: Tree): (PlacedFile | PlacedDirectory)[] {
  return children.toSorted((one, other) => (one[tree] < other[tree] ? -1 : 1))
}

/** Every file, in the order of the tree. */
export function listFiles(root: PlacedDirectory): PlacedFile[] {
  return listDirectories(root, 'plain').flatMap(directory =>
    childrenOf(directory, 'plain').filter(child => child.kind === 'file'),
  )
}

/** One piece has less than 4 GiB, and all but the last end with a sector. */
const pieceLimit = 0xffff_f800

/** The pieces of a file; one without any bytes has one. */
export function piecesOf({block, node}: PlacedFile): Extent[] {
  const pieces: Extent[] = []
  for (let at = 0; at === 0 || at < node.size; at += pieceLimit)
    pieces.push({block: block + sectorsOf(at), size: Math.min(pieceLimit, node.size - at)})
  return pieces
}

/** The bytes that records take in a directory: none crosses the end of a sector. */
export function packRecords(records: readonly Buffer[]): Buffer {
  const parts: Buffer[] = []
  let size = 0
  for (const bytes of records) {
    const left = sectorSize - (size % sectorSize)
    if (bytes.length > left) {
      parts.push(Buffer.alloc(left))
      size += left
    }
    parts.push(bytes)
    size += bytes.length
  }
  return Buffer.concat([...parts, Buffer.alloc(-size & (sectorSize - 1))])
}
