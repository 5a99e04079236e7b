// The disc as such: its label, and the names of its files.

import {type IsoDirectory, readTree} from '../../../source/iso/tree.ts'
import {isJolietName} from '../iso-names.ts'
import {doubtful, type Lint, type LintedDisc, note} from './lint.ts'

/** A label that no agent looks for. vmcontext looks into such discs all the same; others do not. */
export const findStrangeLabel: Lint = ({medium, disc}) => {
  const {volume} = medium
  if (volume === undefined) return []
  const shown = volume.label === '' ? 'it has no label' : `its label is ${JSON.stringify(volume.label)}`
  if (volume.label !== 'CONTEXT' && volume.label !== 'CDROM') {
    const message = `${shown}; agents look for CONTEXT, those of OpenNebula 2.2 for a drive that TARGET names`
    return [doubtful({message, cure: 'make it with -V CONTEXT'})]
  }
  // 4.2 and later put values in single quotes.
  const isOfToday = [...disc.variables.values()].some(({quoting}) => quoting === 'single')
  if (volume.label === 'CONTEXT' || !isOfToday) return []
  const message = `${shown}, as that of OpenNebula 2.2: agents of today do not find it`
  return [doubtful({message, cure: 'make it with -V CONTEXT'})]
}

/** An image without Rock Ridge has neither modes nor, without Joliet, names as they were. */
export const findWithoutRockRidge: Lint = ({medium}) => {
  const naming = medium.image?.volume.namings[0]
  if (naming === undefined || naming === 'Rock Ridge') return []
  const cost = naming === 'Joliet' ? 'every file has the mode 0555' : 'names are short and in small letters'
  return [doubtful({message: `it is without Rock Ridge: ${cost}`, cure: 'make it with -J -R'})]
}

/** Files that are called otherwise where Rock Ridge is not read. */
export const findRockRidgeOnly: Lint = disc => {
  const paths = disc.medium.image === undefined ? unfitNames(disc) : differingNames(disc)
  return paths.map(path =>
    note({file: path, message: 'this has its name by Rock Ridge only, which Linux reads'}),
  )
}

function unfitNames({files, medium}: LintedDisc): string[] {
  if (medium.kind !== 'directory') return []
  return files.filter(({path}) => !path.split('/').every(isJolietName)).map(({path}) => path)
}

/** Compares the trees; without Joliet, names of ISO 9660 are no names at all, and not worth a word each. */
function differingNames({files, medium}: LintedDisc): string[] {
  const {volume} = medium.image!
  if (volume.namings[0] !== 'Rock Ridge' || !volume.namings.includes('Joliet')) return []
  const others = listPaths(readTree(volume, 'Joliet').root)
  return files.filter(({path, kind}) => kind === 'file' && !others.has(path)).map(({path}) => path)
}

function listPaths({entries}: IsoDirectory, above = ''): Set<string> {
  const paths = [...entries].flatMap(([name, entry]) => {
    const path = above + name
    return entry.kind === 'directory' ? [path, ...listPaths(entry, `${path}/`)] : [path]
  })
  return new Set(paths)
}

/** An image that lacks its end, of which nothing may have been. */
export const findCutImage: Lint = ({medium}) => {
  if (medium.image?.isCut !== true) return []
  const message = 'the image has fewer bytes than it says: it may have been cut'
  return [doubtful({message, cure: 'make or copy it again'})]
}
