// Where our stanzas stand: in the main file, in place of the first that defines the same, else at its end.

import type {ByteText} from '../../action.ts'
import {endLine} from '../file-edit.ts'
import {isSignature} from '../signature.ts'
import {unitOf} from './definition.ts'
import type {Entry} from './entries.ts'
import {type Block, between, commentsOf, formatInterfaces, parseInterfaces} from './interfaces-file.ts'
import {namesBroughtUp, selectByOwnName, separateAuto} from './selection.ts'
import type {InterfacesFile} from './sources.ts'

/**
 * Gives each interface its one definition. A file that is sourced loses its stanzas of the interface and stays, if need
 * be empty: busybox reads nothing more when one is missing.
 */
export function placeStanzas(
  files: readonly InterfacesFile[],
  entries: readonly Entry[],
  readsFirstNameOnly: boolean,
): InterfacesFile[] {
  const ours = new Map(entries.map(entry => [entry.name, entry]))
  const prepared = files.map(({path, blocks}) => ({
    path,
    blocks: blocks.flatMap(block => prepare(block, name => ours.has(name), readsFirstNameOnly)),
  }))
  const all = prepared.flatMap(file => file.blocks)
  const entryOf = (block: Block) => {
    const unit = unitOf(block, all)
    const entry = unit && ours.get(unit.name)
    return entry?.units.some(({family}) => family === unit?.family) ? entry : undefined
  }
  const others = all.filter(block => entryOf(block) === undefined)
  const broughtUp = new Set(others.flatMap(namesBroughtUp))
  const missing = new Set(entries)
  const place = (block: Block, entry: Entry) => {
    const comments = othersComments(block)
    const isFirst = missing.delete(entry)
    return isFirst ? parseInterfaces(formatEntry(entry, broughtUp, formatInterfaces(comments))) : comments
  }
  const [main, ...sourced] = prepared
  const waiting = findWaiting(main!.blocks, entries, all, entryOf)
  const before = (block: Block) => {
    const entry = waiting.get(block)
    if (entry === undefined) return []
    missing.delete(entry)
    return parseInterfaces(formatEntry(entry, broughtUp))
  }
  const inPlace = replaceStanzas(main!, entryOf, place).blocks
  const text = formatInterfaces(inPlace.flatMap(block => [...before(block), block]))
  const paragraphs = Array.from(missing, entry => formatEntry(entry, broughtUp))
  const added = addParagraphs(text, [...missingLoopback(all, broughtUp), ...paragraphs])
  return [
    {path: main!.path, blocks: parseInterfaces(added)},
    ...sourced.map(file => replaceStanzas(file, entryOf, othersComments)),
  ]
}

/**
 * Where IPv6 alone is ours and is not there yet: before the stanza that somebody has for IPv4. If that one waits for
 * DHCP or fails, ifup comes to the next late or never.
 */
function findWaiting(
  blocks: readonly Block[],
  entries: readonly Entry[],
  all: readonly Block[],
  entryOf: (block: Block) => Entry | undefined,
): ReadonlyMap<Block, Entry> {
  const placed = new Set(blocks.map(entryOf))
  const only6 = entries.filter(
    each => !placed.has(each) && each.units.every(({family}) => family === 'inet6'),
  )
  const waiting = new Map(only6.map(entry => [entry.name, entry]))
  const found = new Map<Block, Entry>()
  for (const block of waiting.size === 0 ? [] : blocks) {
    const unit = unitOf(block, all)
    const entry = unit && waiting.get(unit.name)
    if (entry === undefined) continue
    waiting.delete(entry.name)
    found.set(block, entry)
  }
  return found
}

/** Adds paragraphs, each behind a blank line. */
export function addParagraphs(text: ByteText, paragraphs: readonly ByteText[]): ByteText {
  if (paragraphs.length === 0) return text
  const isSeparate = text === '' || /(^|\n)[ \t\r]*\n$/.test(text)
  return `${endLine(text)}${isSeparate ? '' : '\n'}${paragraphs.join('\n')}`
}

/** The comments of a block that are not ours. */
export function othersComments(block: Block): Block[] {
  return between(commentsOf(block).filter(line => !isSignature(line.text)))
}

function prepare(block: Block, isOurs: (name: string) => boolean, readsFirstNameOnly: boolean): Block[] {
  const selected = selectByOwnName(block, isOurs)
  return readsFirstNameOnly ? selected.flatMap(each => separateAuto(each, isOurs)) : selected
}

function replaceStanzas(
  {path, blocks}: InterfacesFile,
  entryOf: (block: Block) => Entry | undefined,
  replace: (block: Block, entry: Entry) => Block[],
): InterfacesFile {
  const edit = (block: Block, entry = entryOf(block)) =>
    entry === undefined ? [block] : replace(block, entry)
  return {path, blocks: blocks.flatMap(block => edit(block))}
}

/** ifupdown before 0.7.50 and busybox know `lo` only from the file. */
function missingLoopback(blocks: readonly Block[], broughtUp: ReadonlySet<string>): ByteText[] {
  const isThere = blocks.some(({keyword, words}) => keyword === 'iface' && words[0] === 'lo')
  return isThere ? [] : [`${formatAuto('lo', broughtUp)}iface lo inet loopback\n`]
}

function formatEntry(
  {name, isAuto, format}: Entry,
  broughtUp: ReadonlySet<string>,
  comments: ByteText = '',
): ByteText {
  return (isAuto ? formatAuto(name, broughtUp) : '') + format(comments)
}

/** Once and no more: a second `auto` for a name makes busybox give up. `allow-hotplug` is not for `ifup -a`. */
function formatAuto(device: string, broughtUp: ReadonlySet<string>): ByteText {
  return broughtUp.has(device) ? '' : `auto ${device}\n`
}
