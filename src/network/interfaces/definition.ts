// What defines a NIC in the files of ifupdown.

import type {Block} from './interfaces-file.ts'
import {namesBroughtUp} from './selection.ts'

/**
 * Tells whether a stanza gives an interface its IPv4. One without a family (ifupdown2, ifupdown-ng) speaks of all; one
 * that inherits takes the family of its template.
 */
export function definesIpv4({keyword, words}: Block, blocks: readonly Block[]): boolean {
  const [, family, template] = words
  if (keyword !== 'iface') return false
  if (family !== 'inherits') return family === undefined || family === 'inet'
  return blocks.find(block => block.keyword === 'iface' && block.words[0] === template)?.words[1] !== 'inet6'
}

/**
 * For each interface all that is said of it, in whatever order and spacing: its IPv4 stanzas, whether it is brought
 * up, mappings that name it.
 */
export function collectDefinitions(blocks: readonly Block[]): ReadonlyMap<string, string> {
  const definitions = new Map<string, string[]>()
  const add = (name: string, definition: string) =>
    definitions.set(name, [...(definitions.get(name) ?? []), definition])
  for (const block of blocks) {
    if (definesIpv4(block, blocks)) add(block.words[0]!, wordsOf(block))
    for (const name of namesBroughtUp(block)) add(name, 'auto')
    if (block.keyword === 'mapping') for (const name of block.words) add(name, wordsOf(block))
  }
  return new Map(Array.from(definitions, ([name, parts]) => [name, parts.toSorted().join('\n')]))
}

function wordsOf(block: Block): string {
  return block.lines.map(line => line.words.join(' ')).join('\n')
}
