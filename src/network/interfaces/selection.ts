// Which interfaces are brought up, and by which stanza: `auto`, `allow-*` and `mapping`, interfaces(5).

import type {Problem} from '../../problem.ts'
import {isGlob, matchesGlob} from '../glob.ts'
import {type Block, between, commentsOf, parseLines} from './interfaces-file.ts'
import type {InterfacesFile} from './sources.ts'

/** The names that `ifup -a` brings up by a block. A bare `auto` in a stanza means the interface of that stanza. */
export function namesBroughtUp({keyword, words, lines}: Block): readonly string[] {
  if (isAuto.test(keyword)) return words
  const saysAuto = lines.some(line => line.words.length === 1 && isAuto.test(line.words[0]!))
  return keyword === 'iface' && saysAuto ? words.slice(0, 1) : []
}

/** The words that choose what is brought up at boot, or when a link appears: `eth0`, `eth0=home`, `/eth*`. */
export function selectingWords(block: Block): readonly string[] {
  return block.keyword.startsWith('allow-') ? block.words : namesBroughtUp(block)
}

/** Tells whether such a word chooses an interface: by its name, or by a pattern. */
export function isChosen(name: string, word: string): boolean {
  return matchesGlob(word.split('=')[0]!.replace(/^\/([^/]*).*$/, '$1'), name)
}

/**
 * Lets devices be brought up by the stanza of their own name: `auto eth0=home` becomes `auto eth0`, and a device
 * leaves the `mapping` that names it: the script there would turn its name into another.
 */
export function selectByOwnName(block: Block, isOurs: (device: string) => boolean): Block[] {
  const {keyword, words} = block
  const isRenamed = (word: string) => word.includes('=') && isOurs(word.split('=')[0]!)
  if (selects.test(keyword) && words.some(isRenamed)) {
    return [editHeading(block, word => (isRenamed(word) ? word.split('=')[0]! : word))]
  }
  if (keyword !== 'mapping' || !words.some(isOurs)) return [block]
  if (words.every(isOurs)) return between(commentsOf(block))
  return [dropWords(block, isOurs)]
}

/**
 * Takes names out of an `auto` in which they do not come first: ifupdown-ng reads the first name and no other. The
 * stanza gets an `auto` of its own then.
 */
export function separateAuto(block: Block, isOurs: (name: string) => boolean): Block[] {
  const [first, ...others] = block.words
  if (!isAuto.test(block.keyword) || !others.some(isOurs)) return [block]
  return [dropWords(block, word => word !== first && isOurs(word))]
}

/** Takes names out of everything that brings up interfaces or maps them; what is empty then goes. */
export function forgetNames(block: Block, isMeant: (name: string) => boolean): Block[] {
  const isNamed = (word: string) => isMeant(word.split('=')[0]!)
  if (!(selects.test(block.keyword) || block.keyword === 'mapping') || !block.words.some(isNamed))
    return [block]
  if (block.words.every(isNamed)) return between(commentsOf(block))
  return [dropWords(block, isNamed)]
}

/** Puts other words in place of names that are brought up: `auto eth0` becomes `auto eth0=home` again. */
export function renameSelected(block: Block, words: ReadonlyMap<string, string>): Block {
  const isConcerned = selects.test(block.keyword) && block.words.some(word => words.has(word))
  return isConcerned ? editHeading(block, word => words.get(word) ?? word) : block
}

/** The words that bring up interfaces by the stanza of another name, by interface: `eth0=home`. */
export function renamingWords({keyword, words}: Block): [name: string, word: string][] {
  if (!selects.test(keyword)) return []
  return words.filter(word => word.includes('=')).map(word => [word.split('=')[0]!, word])
}

/** A block that brings up interfaces, for some of them alone; undefined if none is left. */
export function narrowSelection(block: Block, isMeant: (name: string) => boolean): Block | undefined {
  const isNamed = (word: string) => isMeant(word.split('=')[0]!)
  if (!selects.test(block.keyword) || !block.words.some(isNamed)) return undefined
  return dropWords(block, word => word !== block.keyword && !isNamed(word))
}

/** A mapping for some of its names alone; undefined if none is left. */
export function narrowMapping(block: Block, isMeant: (name: string) => boolean): Block | undefined {
  if (block.keyword !== 'mapping' || !block.words.some(isMeant)) return undefined
  return dropWords(block, word => word !== block.keyword && !isMeant(word))
}

/** Names the patterns that would give a device another stanza; they stand for other interfaces too and stay. */
export function findPatterns({path, blocks}: InterfacesFile, devices: readonly string[]): Problem[] {
  const found = blocks.flatMap(({keyword, words}) =>
    words.map(word => ({keyword, word, pattern: patternIn(keyword, word)})),
  )
  return found.flatMap(({keyword, word, pattern}) => {
    const device = pattern === undefined ? undefined : devices.find(device => matchesGlob(pattern, device))
    if (device === undefined) return []
    const message = `\`${keyword} ${word}\` can bring up ${device} by another stanza than its own`
    return [{code: 'rival', file: path, message, cure: `write it so that it does not match ${device}`}]
  })
}

const isAuto = /^(allow-)?auto$/
const selects = /^(auto|allow-.+)$/
/** `/eth*=lan`, PATTERN MATCHING INTERFACES. */
const renaming = /^\/([^/=]+)(?:\/[^=]*)?=/

function patternIn(keyword: string, word: string): string | undefined {
  if (keyword === 'mapping') return isGlob(word) ? word : undefined
  return selects.test(keyword) ? renaming.exec(word)?.[1] : undefined
}

function dropWords(block: Block, isDropped: (word: string) => boolean): Block {
  return editHeading(block, word => (isDropped(word.trimStart()) ? '' : word), /[ \t]*[^ \t\n\v\f\r\\]+/g)
}

function editHeading(
  {lines: [heading, ...options]}: Block,
  edit: (word: string) => string,
  pattern = /[^ \t\n\v\f\r\\]+/g,
): Block {
  const [line] = parseLines(heading!.text.replace(pattern, edit))
  const [keyword = '', ...words] = line!.words
  return {keyword, words, lines: [line!, ...options]}
}
