// Giving back in files that others have edited since: what was there before us is put in place of ours, else at the
// end.

import {isSigned, type Unit, type Units, unitOf, unitSet} from './definition.ts'
import {type Block, between, formatInterfaces, parseInterfaces} from './interfaces-file.ts'
import {addParagraphs, othersComments} from './placement.ts'
import {
  forgetNames,
  namesBroughtUp,
  narrowMapping,
  narrowSelection,
  renameSelected,
  renamingWords,
  selectingWords,
} from './selection.ts'
import type {InterfacesFile} from './sources.ts'

/** Puts the stanzas of some units back, and the words that chose them for the interfaces which are given back whole. */
export function mergeBack(
  current: readonly InterfacesFile[],
  original: readonly InterfacesFile[],
  released: readonly Unit[],
  giveBack: readonly string[],
): InterfacesFile[] {
  const all = current.flatMap(file => file.blocks)
  const foreign = all.filter(block => !isSigned(block)).flatMap(block => unitOf(block, all) ?? [])
  const isForeign = unitSet(foreign)
  const meant = unitSet(released)
  const rivals = new Set(foreign.filter(unit => meant.has(unit)).map(({name}) => name))
  const free = new Set(giveBack.filter(name => !rivals.has(name)))
  const lost = [
    ...collectLostSelection(original, all, free),
    ...collectStanzas(original, unitSet(released.filter(unit => !isForeign.has(unit)))),
    ...collectMappings(original, all, free),
  ]
  const selection = collectSelection(original, free)
  const restore = (block: Block, path: string): Block[] => {
    const unit = unitOf(block, all)
    if (unit !== undefined && meant.has(unit) && isSigned(block)) return replaceOurs(block, path, unit, lost)
    return selection(block)
  }
  const files = current.map(({path, blocks}) => ({
    path,
    blocks: blocks.flatMap(block => restore(block, path)),
  }))
  return addRest(files, lost)
}

/** What stood in a file before us and is in none now. */
type Lost = {path: string; unit?: Unit; block: Block}

function collectStanzas(original: readonly InterfacesFile[], units: Units): Lost[] {
  const all = original.flatMap(file => file.blocks)
  return original.flatMap(({path, blocks}) =>
    blocks.flatMap(block => {
      const unit = unitOf(block, all)
      return unit !== undefined && units.has(unit) ? [{path, unit, block}] : []
    }),
  )
}

function collectMappings(
  original: readonly InterfacesFile[],
  current: readonly Block[],
  names: ReadonlySet<string>,
): Lost[] {
  const mapped = new Set(current.flatMap(({keyword, words}) => (keyword === 'mapping' ? words : [])))
  const isMeant = (name: string) => names.has(name) && !mapped.has(name)
  return original.flatMap(({path, blocks}) =>
    blocks.flatMap(block => {
      const narrowed = narrowMapping(block, isMeant)
      return narrowed === undefined ? [] : [{path, block: narrowed}]
    }),
  )
}

/** What chose interfaces that nothing chooses now: another dialect had them meanwhile. */
function collectLostSelection(
  original: readonly InterfacesFile[],
  current: readonly Block[],
  names: ReadonlySet<string>,
): Lost[] {
  const chosen = new Set(current.flatMap(selectingWords).map(word => word.split('=')[0]))
  const isMeant = (name: string) => names.has(name) && !chosen.has(name)
  return original.flatMap(({path, blocks}) =>
    blocks.flatMap(block => {
      const narrowed = narrowSelection(block, isMeant)
      return narrowed === undefined ? [] : [{path, block: narrowed}]
    }),
  )
}

/** How a block says whom to bring up, once it says it as before us. */
function collectSelection(
  original: readonly InterfacesFile[],
  names: ReadonlySet<string>,
): (block: Block) => Block[] {
  const blocks = original.flatMap(file => file.blocks)
  const formerly = new Set(blocks.flatMap(namesBroughtUp).map(word => word.split('=')[0]))
  const renamed = new Map(blocks.flatMap(renamingWords).filter(([name]) => names.has(name)))
  const isNew = (name: string) => names.has(name) && !formerly.has(name)
  return block =>
    block.keyword === 'auto'
      ? forgetNames(renameSelected(block, renamed), isNew)
      : [renameSelected(block, renamed)]
}

/** Takes out of the list what stood in the place of a stanza of ours. Comments that came to ours later stay. */
function replaceOurs(block: Block, path: string, unit: Unit, lost: Lost[]): Block[] {
  const isMeant = (each: Lost) =>
    each.path === path && each.unit?.name === unit.name && each.unit.family === unit.family
  const former = lost.filter(isMeant).map(each => each.block)
  const rest = lost.filter(each => !isMeant(each))
  lost.splice(0, lost.length, ...rest)
  const known = new Set(former.flatMap(each => each.lines.map(line => line.text)))
  const comments = othersComments(block).flatMap(({lines}) => lines.filter(({text}) => !known.has(text)))
  return [...between(comments), ...former]
}

function addRest(files: readonly InterfacesFile[], lost: readonly Lost[]): InterfacesFile[] {
  const home = (path: string) => (files.some(file => file.path === path) ? path : files[0]!.path)
  return files.map(({path, blocks}) => {
    const rest = lost.filter(each => home(each.path) === path).map(({block}) => formatInterfaces([block]))
    if (rest.length === 0) return {path, blocks}
    return {path, blocks: parseInterfaces(addParagraphs(formatInterfaces(blocks), rest))}
  })
}
