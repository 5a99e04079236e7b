// A writer of ISO images for machines that have neither xorriso nor genisoimage: no package of npm writes one. ISO 9660
// with Rock Ridge and Joliet, as `mkisofs -J -R` makes it.

import {SystemError} from '../../system/errors.ts'
import type {Files} from '../../system/files.ts'
import {createImageFile, type ImageFile} from '../../system/image-file.ts'
import type {DirectoryNode} from './entries.ts'
import {
  both16,
  both32,
  field,
  noTime,
  record,
  recordFlags,
  sectorSize,
  sectorsOf,
  toSector,
  volumeTime,
} from './iso-fields.ts'
import {
  type Extent,
  listDirectories,
  listFiles,
  nameTree,
  type PlacedDirectory,
  type Tree,
} from './iso-layout.ts'
import {renderPathTable} from './iso-path-table.ts'
import {renderDirectory} from './iso-records.ts'

/** The primary descriptor, that of Joliet, and the one that ends the set. */
const descriptorBlocks = 3
const firstBlock = 16
/** A path table has 16 bits for the number of a parent. */
const directoryLimit = 0xffff

/** Writes the image, large files piece by piece. @throws SystemError; then nothing is left. */
export function writeIsoImage(files: Files, output: string, label: string, root: DirectoryNode): void {
  const {head, placed} = renderHead(label, root)
  const image = createImageFile(files, output)
  try {
    image.write(head)
    for (const {node} of listFiles(placed)) {
      if (node.content instanceof Uint8Array) image.write(node.content)
      else image.copyFrom(node.content.from, node.size)
      fill(image, node.size)
    }
    image.finish()
  } finally {
    image.abandon()
  }
}

function fill(image: ImageFile, size: number): void {
  const rest = size % sectorSize
  if (rest !== 0) image.write(Buffer.alloc(sectorSize - rest))
}

/** All but the content of files, and how many blocks the image has with it. */
export function renderHead(
  label: string,
  root: DirectoryNode,
): {head: Buffer; placed: PlacedDirectory; blocks: number} {
  const placed = nameTree(root)
  if (listDirectories(placed, 'plain').length > directoryLimit)
    throw new SystemError('write the image', new Error(`it has more than ${directoryLimit} directories`))
  const {tables, blocks} = placeAll(placed)
  const volumes = trees.map(tree => {
    const at = {root: placed.extents[tree], table: tables[tree]}
    return renderVolume(label, {blocks, ...at, isJoliet: tree === 'joliet'})
  })
  const pathTables = trees.flatMap(tree =>
    [false, true].map(isBig => toSector(renderPathTable(placed, tree, isBig))),
  )
  const directories = trees.flatMap(tree =>
    listDirectories(placed, tree).flatMap(directory => Object.values(renderDirectory(directory, tree))),
  )
  const parts = [Buffer.alloc(firstBlock * sectorSize), ...volumes, endOfSet(), ...pathTables, ...directories]
  return {head: Buffer.concat(parts), placed, blocks}
}

const trees = ['plain', 'joliet'] as const

/** The size of a path table, and where it lies in either byte order. */
type Table = {size: number; little: number; big: number}

/** Gives everything its place, in the order in which it is written. */
function placeAll(placed: PlacedDirectory): {tables: Record<Tree, Table>; blocks: number} {
  let next = firstBlock + descriptorBlocks
  const take = (size: number) => {
    const block = next
    next += sectorsOf(size)
    return block
  }
  const placeTable = (tree: Tree): Table => {
    const size = renderPathTable(placed, tree, false).length
    return {size, little: take(size), big: take(size)}
  }
  const tables = {plain: placeTable('plain'), joliet: placeTable('joliet')}
  placeDirectories(placed, take)
  for (const file of listFiles(placed)) file.block = take(file.node.size)
  return {tables, blocks: next}
}

/** The size of what a directory holds does not depend on where things lie: what is rendered later fits. */
function placeDirectories(root: PlacedDirectory, take: (size: number) => number): void {
  for (const tree of trees) {
    for (const directory of listDirectories(root, tree)) {
      const {records, rest} = renderDirectory(directory, tree)
      directory.extents[tree] = {block: take(records.length), size: records.length}
      if (tree === 'plain') directory.continuations = take(rest.length)
    }
  }
}

type VolumeFields = {blocks: number; root: Extent; table: Table; isJoliet: boolean}

/** The primary descriptor (ECMA-119 8.4), and the supplementary one of Joliet (8.5). */
function renderVolume(label: string, {blocks, root, table, isJoliet}: VolumeFields): Buffer {
  const text = (content: string, length: number) => field(content, length, isJoliet)
  const [little, big] = [Buffer.alloc(8), Buffer.alloc(8)]
  little.writeUInt32LE(table.little)
  big.writeUInt32BE(table.big)
  const parts = [
    Buffer.from([isJoliet ? 2 : 1]),
    Buffer.from('CD001\x01\0', 'latin1'),
    ...[text('LINUX', 32), text(label, 32), Buffer.alloc(8), both32(blocks)],
    // UCS-2, level 3.
    Buffer.from(isJoliet ? '%/E' : '', 'latin1'),
    Buffer.alloc(isJoliet ? 29 : 32),
    ...[both16(1), both16(1), both16(sectorSize), both32(table.size), little, big],
    record(root, recordFlags.directory, Buffer.from([0]), Buffer.alloc(0)),
    ...[text('', 128), text('', 128), text('', 128), text('VMCONTEXT', 128)],
    ...[text('', 37), text('', 37), text('', 37)],
    ...[volumeTime, volumeTime, noTime, noTime, Buffer.from([1])],
  ]
  return toSector(Buffer.concat(parts))
}

function endOfSet(): Buffer {
  return toSector(Buffer.from('\xffCD001\x01', 'latin1'))
}
