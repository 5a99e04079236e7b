// The path tables of an image: every directory once more, for readers that look one up there.

import {ucs2} from './iso-fields.ts'
import {listDirectories, type PlacedDirectory, type Tree} from './iso-layout.ts'

/** A path table (ECMA-119 9.4), in either byte order. */
export function renderPathTable(root: PlacedDirectory, tree: Tree, isBig: boolean): Buffer {
  const directories = listDirectories(root, tree)
  const numbers = new Map(directories.map((directory, index) => [directory, index + 1]))
  return Buffer.concat(
    directories.map(directory => {
      const name = directory === root ? Buffer.from([0]) : spell(directory, tree)
      const bytes = Buffer.alloc(8 + name.length + (name.length % 2))
      const [block, parent] = [directory.extents[tree].block, numbers.get(directory.parent ?? directory)!]
      bytes[0] = name.length
      if (isBig) bytes.writeUInt32BE(block, 2)
      else bytes.writeUInt32LE(block, 2)
      if (isBig) bytes.writeUInt16BE(parent, 6)
      else bytes.writeUInt16LE(parent, 6)
      name.copy(bytes, 8)
      return bytes
    }),
  )
}

function spell({plain, joliet}: PlacedDirectory, tree: Tree): Buffer {
  return tree === 'plain' ? Buffer.from(plain, 'latin1') : ucs2(joliet)
}
