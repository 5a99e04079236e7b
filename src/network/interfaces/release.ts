// What was ours and is so no longer: our stanzas go, and what stood there before comes back.

import type {ByteText} from '../../action.ts'
import type {FileFact, FileTree} from '../../facts/files.ts'
import {isSignature} from '../signature.ts'
import {isSigned, ownedUnits, type Unit, type Units, unitOf, unitSet, unitsOf} from './definition.ts'
import type {Entry} from './entries.ts'
import {type Block, commentsOf} from './interfaces-file.ts'
import {mergeBack} from './merge-back.ts'
import {othersComments} from './placement.ts'
import {forgetNames} from './selection.ts'
import {type InterfacesFile, readFreshFiles, readSourcedFiles} from './sources.ts'

export type Release = {
  entries: readonly Entry[]
  /** Interfaces that are given back. */
  giveBack: readonly string[]
  /** Interfaces of which nothing will be left. */
  withdraw: readonly string[]
}

export type Texts = {files: FileTree; originals: ReadonlyMap<string, FileFact | undefined>}

/**
 * Gives back interfaces, and families of interfaces that are ours to define in another family only. If others have
 * changed nothing since, their files are taken as they were; ours are put into those again. A stanza without our
 * signature in place of ours is somebody's and stays.
 */
export function releaseUnits(
  before: readonly InterfacesFile[],
  release: Release,
  texts: Texts,
): readonly InterfacesFile[] {
  const released = findReleased(before, release)
  if (released.length === 0) return before
  const tree = asBefore(texts)
  const original = withoutSigned(readSourcedFiles(tree))
  const units = unitSet(released)
  const hasRivals = unitsIn(before, block => !isSigned(block)).some(unit => units.has(unit))
  const others = (files: readonly InterfacesFile[]) => withoutOurs(files, original, released, release)
  const known = original.length > 0 ? original : readFreshFiles(tree)
  if (!hasRivals && others(before) === others(known)) return original
  return mergeBack(before, original, released, release.giveBack)
}

function findReleased(before: readonly InterfacesFile[], {entries, giveBack}: Release): Unit[] {
  const kept = unitSet(entries.flatMap(entry => entry.units))
  const concerned = new Set([...entries.map(({name}) => name), ...giveBack])
  const all = before.flatMap(file => file.blocks)
  const owned = all.flatMap(block => ownedUnits(block, all))
  // Ours may be gone already: another dialect had the interface meanwhile.
  const present = unitSet(unitsIn(before, () => true))
  const lost = unitsOf(giveBack).filter(unit => !present.has(unit))
  const ours = owned.filter(unit => concerned.has(unit.name))
  return [...ours, ...lost].filter(unit => !kept.has(unit))
}

function unitsIn(files: readonly InterfacesFile[], isMeant: (block: Block) => boolean): Unit[] {
  const all = files.flatMap(file => file.blocks)
  return all.filter(isMeant).flatMap(block => unitOf(block, all) ?? [])
}

/** The files as they were before we came. */
function asBefore({files, originals}: Texts): FileTree {
  const tree = new Map(files)
  for (const [path, file] of originals) {
    if (file === undefined) tree.delete(path)
    else tree.set(path, file)
  }
  return tree
}

/** What we wrote never stood there before us. Where the records were lost, a kept copy may have it all the same. */
function withoutSigned(files: readonly InterfacesFile[]): readonly InterfacesFile[] {
  const names = new Set(unitsIn(files, isSigned).map(({name}) => name))
  if (names.size === 0) return files
  for (const {name} of unitsIn(files, block => !isSigned(block))) names.delete(name)
  const edit = (block: Block) =>
    isSigned(block) ? othersComments(block) : forgetNames(block, name => names.has(name))
  return files.map(({path, blocks}) => ({path, blocks: blocks.flatMap(edit)}))
}

/** What the files say of everything that was never ours, in a form to compare. */
function withoutOurs(
  files: readonly InterfacesFile[],
  original: readonly InterfacesFile[],
  released: readonly Unit[],
  {entries, giveBack, withdraw}: Release,
): string {
  const names = new Set([...entries.map(({name}) => name), ...giveBack, ...withdraw])
  const own = [...released, ...entries.flatMap(({units}) => units), ...unitsOf(withdraw)]
  // The loopback was added by us if it was missing.
  if (unitsIn(original, ({words}) => words[0] === 'lo').length === 0) {
    names.add('lo')
    own.push(...unitsOf(['lo']))
  }
  const ours = unitSet(own)
  const all = files.flatMap(file => file.blocks)
  const texts = files.map(({path, blocks}) =>
    JSON.stringify([path, describeOthers(blocks, all, ours, names)]),
  )
  return texts.filter(text => !text.endsWith(',[[],[]]]')).join('\n')
}

function describeOthers(
  blocks: readonly Block[],
  all: readonly Block[],
  ours: Units,
  names: ReadonlySet<string>,
): [ByteText[], ByteText[]] {
  const comments = blocks.flatMap(block => commentsOf(block)).filter(line => !isSignature(line.text))
  const others = blocks.filter(block => {
    const unit = unitOf(block, all)
    return unit === undefined || !ours.has(unit)
  })
  const lines = others
    .flatMap(block => forgetNames(block, name => names.has(name)))
    .flatMap(block => block.lines.filter(line => line.words.length > 0))
  return [lines.map(line => line.words.join(' ')), comments.map(line => line.text.trim()).toSorted()]
}
