// The records of directories, by either tree: names of ISO 9660 with Rock Ridge behind them, or those of Joliet.

import {Continuations} from './iso-continuations.ts'
import {
  alternateName,
  indicator,
  posixAttributes,
  record,
  recordFlags,
  reference,
  timeStamps,
  toSector,
  ucs2,
} from './iso-fields.ts'
import {
  childrenOf,
  type Extent,
  type PlacedDirectory,
  type PlacedFile,
  packRecords,
  piecesOf,
  type Tree,
} from './iso-layout.ts'

/** A record has one byte for its length, which is even. */
const recordLimit = 254
const continuationLength = 28
const directoryMode = 0o40755
const fileFormat = 0o100000

/** One directory: the records of itself, of the one above it, of its children; and what found no room in them. */
export function renderDirectory(directory: PlacedDirectory, tree: Tree): {records: Buffer; rest: Buffer} {
  const continuations = new Continuations(directory.continuations)
  const records = packRecords(renderRecords(directory, tree, continuations))
  return {records, rest: toSector(continuations.bytes)}
}

function renderRecords(directory: PlacedDirectory, tree: Tree, continuations: Continuations): Buffer[] {
  const isRoot = directory.parent === undefined
  const above = directory.parent ?? directory
  const dot = tree === 'joliet' ? none : [...(isRoot ? [indicator] : []), ...attributes(directory)]
  const dots = [
    tree === 'joliet' || !isRoot ? dot : [...dot, continuations.add(reference)],
    tree === 'joliet' ? none : attributes(above),
  ]
  return [
    ...[directory, above].map((entry, index) =>
      record(entry.extents[tree], recordFlags.directory, Buffer.from([index]), Buffer.concat(dots[index]!)),
    ),
    ...childrenOf(directory, tree).flatMap(child => renderChild(child, tree, continuations)),
  ]
}

const none: Buffer[] = []

/** One record, or one for each piece of a file that has several. */
function renderChild(
  child: PlacedFile | PlacedDirectory,
  tree: Tree,
  continuations: Continuations,
): Buffer[] {
  const name = tree === 'plain' ? Buffer.from(child.plain, 'latin1') : ucs2(jolietName(child))
  const render = (extent: Extent, flags: number) => {
    const area = tree === 'joliet' ? Buffer.alloc(0) : renderArea(child, name.length, continuations)
    return record(extent, flags, name, area)
  }
  if (child.kind === 'directory') return [render(child.extents[tree], recordFlags.directory)]
  const pieces = piecesOf(child)
  return pieces.map((piece, index) =>
    render(piece, index < pieces.length - 1 ? recordFlags.goesOn : recordFlags.file),
  )
}

function jolietName({joliet, kind}: PlacedFile | PlacedDirectory): string {
  return kind === 'file' ? `${joliet};1` : joliet
}

/** Rock Ridge: attributes and the name. What of a long name has no room goes elsewhere. */
function renderArea(
  child: PlacedFile | PlacedDirectory,
  nameLength: number,
  continuations: Continuations,
): Buffer {
  const fixed = attributes(child)
  const name = Buffer.from(child.node.name)
  const taken = 33 + nameLength + 1 + Buffer.concat(fixed).length
  const whole = alternateName(name, false)
  if (taken + whole.length <= recordLimit) return Buffer.concat([...fixed, whole])
  const room = recordLimit - taken - continuationLength - 5
  const rest = continuations.add(alternateName(name.subarray(room), false))
  return Buffer.concat([...fixed, alternateName(name.subarray(0, room), true), rest])
}

function attributes(entry: PlacedFile | PlacedDirectory): Buffer[] {
  const isFile = entry.kind === 'file'
  const mode = isFile ? fileFormat | entry.node.mode : directoryMode
  const links = isFile ? 1 : 2 + entry.children.filter(({kind}) => kind === 'directory').length
  return [posixAttributes(mode, links, entry.serial), timeStamps]
}
