// Interfaces that nothing in these files is to define.

import {unitOf} from './definition.ts'
import type {Block} from './interfaces-file.ts'
import {othersComments} from './placement.ts'
import {forgetNames} from './selection.ts'
import type {InterfacesFile} from './sources.ts'

/** Takes every definition of some interfaces out. What is said of others, and comments, keep their bytes. */
export function withdrawNames(
  files: readonly InterfacesFile[],
  names: readonly string[],
): readonly InterfacesFile[] {
  if (names.length === 0) return files
  const meant = new Set(names)
  const all = files.flatMap(file => file.blocks)
  const isMeant = (name: string) => meant.has(name)
  const edit = (block: Block) =>
    isMeant(unitOf(block, all)?.name ?? '') ? othersComments(block) : forgetNames(block, isMeant)
  return files.map(({path, blocks}) => ({path, blocks: blocks.flatMap(edit)}))
}
