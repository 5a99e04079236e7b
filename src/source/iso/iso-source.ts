// A context in an ISO image that is read without being mounted: no root is needed for it, no loop device, and no kernel
// that knows iso9660. For whoever only looks: scripts are run from a disc that is mounted.

import type {Problem} from '../../problem.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {Files} from '../../system/files.ts'
import {contextFileName, type Recognition, type Source, type SourceFiles, unreadable} from '../source.ts'
import {type Damage, type IsoEntry, type IsoTree, readTree} from './tree.ts'
import {viewTree} from './view.ts'
import {type IsoVolume, type ReadAt, readVolume} from './volume.ts'

/** An image that could be opened: what it holds, and what is wrong with it. */
export type IsoImage = {
  volume: IsoVolume
  tree: IsoTree
  files: SourceFiles
  damage: readonly Damage[]
  /** The image has fewer bytes than it says. */
  isCut: boolean
}

/** Opens the image in a file or on a device; gives in words why it cannot be read. Its files lie below its own path. */
export function openIso(files: Pick<Files, 'readAt'>, path: string): IsoImage | string {
  const readAt: ReadAt = (offset, length) => files.readAt(path, offset, length) ?? Buffer.alloc(0)
  return unlessRefused(
    () => {
      const volume = readVolume(readAt)
      if (typeof volume === 'string') return volume
      const tree = readTree(volume, volume.namings[0]!)
      const reaches = createReach(readAt)
      const damage = [...tree.damage, ...findCutFiles(tree.root, reaches)]
      return {volume, tree, files: viewTree(tree.root, path, readAt), damage, isCut: !reaches(volume.size)}
    },
    ({message}) => message,
  )
}

/** The context in an image that is open. */
export function describeIsoSource(image: IsoImage, path: string, recognition: Recognition): Source {
  const problems = image.damage.map(({path: file, message}): Problem => {
    return {code: 'source-incomplete', file: file === '' ? path : file, message}
  })
  if (!image.files.status(`${path}/${contextFileName}`)?.isFile()) {
    const source = unreadable(path, `there is no ${contextFileName} on it`)
    return {...source, problems: [...source.problems, ...problems]}
  }
  return {
    state: 'found',
    recognition,
    origin: path,
    directory: path,
    files: image.files,
    contextFile: contextFileName,
    problems,
    release: () => Promise.resolve([]),
  }
}

/** Tells whether the image goes as far as an offset, asking for few bytes only. */
function createReach(readAt: ReadAt): (end: number) => boolean {
  let [known, missing] = [0, Number.POSITIVE_INFINITY]
  return end => {
    if (end <= known) return true
    if (end >= missing) return false
    const isThere = readAt(end - 1, 1).length === 1
    if (isThere) known = end
    else missing = end
    return isThere
  }
}

function findCutFiles(entry: IsoEntry, reaches: (end: number) => boolean, path = ''): Damage[] {
  if (entry.kind === 'directory')
    return [...entry.entries].flatMap(([name, inner]) =>
      findCutFiles(inner, reaches, path === '' ? name : `${path}/${name}`),
    )
  if (entry.kind !== 'file') return []
  const isWhole = entry.extents.every(({offset, length}) => length === 0 || reaches(offset + length))
  const message = 'this file reaches beyond the end of the image, which may have been cut'
  return isWhole ? [] : [{path, message}]
}
