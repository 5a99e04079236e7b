// What defines an interface in the files of ifupdown.

import {isSignature} from '../signature.ts'
import {type Family, families, familyOf} from './family.ts'
import type {Block} from './interfaces-file.ts'
import {settingsOf} from './kernel-ipv6.ts'

/**
 * For each interface all that is said of it, in whatever order and spacing: its stanzas, and mappings that name it.
 * Whether it is brought up at boot changes nothing about one that is up.
 */
export function collectDefinitions(blocks: readonly Block[]): ReadonlyMap<string, string> {
  const definitions = new Map<string, string[]>()
  const add = (name: string, definition: string) => {
    const parts = definitions.get(name)
    if (parts === undefined) definitions.set(name, [definition])
    else parts.push(definition)
  }
  for (const block of blocks) {
    if (familyOf(block, blocks) !== undefined) add(block.words[0]!, wordsOf(block))
    if (block.keyword === 'mapping') for (const name of block.words) add(name, wordsOf(block))
  }
  return new Map(Array.from(definitions, ([name, parts]) => [name, parts.toSorted().join('\n')]))
}

/** What an `iface` stanza defines: an interface in one family. */
export type Unit = {name: string; family: Family}

/** Units as members of a set. */
export type Units = {has(unit: Unit): boolean}

/** Tells what a block defines; undefined if nothing. */
export function unitOf(block: Block, blocks: readonly Block[]): Unit | undefined {
  const family = familyOf(block, blocks)
  return family === undefined ? undefined : {name: block.words[0]!, family}
}

/** Tells whether a stanza is ours. */
export function isSigned(block: Block): boolean {
  return block.lines.some(line => isSignature(line.text))
}

/**
 * What a stanza of ours stands for. One of IPv4 may speak of IPv6 too, by commands, and that of a NIC below a VLAN says
 * that there is nothing in either family.
 */
export function ownedUnits(block: Block, blocks: readonly Block[]): Unit[] {
  const unit = isSigned(block) ? unitOf(block, blocks) : undefined
  if (unit === undefined) return []
  const speaksOfIpv6 = () => block.lines.some(line => line.text.includes(settingsOf(unit.name)))
  const isWhole = unit.family === 'inet' && (block.words[2] === 'manual' || speaksOfIpv6())
  return isWhole ? unitsOf([unit.name]) : [unit]
}

/** Every unit of some interfaces. */
export function unitsOf(names: Iterable<string>): Unit[] {
  return Array.from(names).flatMap(name => families.map(family => ({name, family})))
}

/** A set of units. */
export function unitSet(units: Iterable<Unit>): Units {
  const keys = new Set(Array.from(units, keyOf))
  return {has: unit => keys.has(keyOf(unit))}
}

function keyOf({name, family}: Unit): string {
  return `${family} ${name}`
}

function wordsOf(block: Block): string {
  return block.lines.flatMap(({words}) => (words.length === 0 ? [] : words.join(' '))).join('\n')
}
