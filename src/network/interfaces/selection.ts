// Which interfaces are brought up, and by which stanza: `auto`, `allow-*` and `mapping`, interfaces(5).

import type {Problem} from '../../problem.ts'
import {isGlob, matchesGlob} from './glob.ts'
import {type Block, between, commentsOf, parseLines} from './interfaces-file.ts'
import type {InterfacesFile} from './sources.ts'

/** The names that `ifup -a` brings up by a block. A bare `auto` in a stanza means the interface of that stanza. */
export function namesBroughtUp({keyword, words, lines}: Block): readonly string[] {
  if (isAuto.test(keyword)) return words
  const saysAuto = lines.some(line => line.words.length === 1 && isAuto.test(line.words[0]!))
  return keyword === 'iface' && saysAuto ? words.slice(0, 1) : []
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
  return [editHeading(block, word => (isOurs(word) ? '' : word))]
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

function editHeading({lines: [heading, ...options]}: Block, edit: (word: string) => string): Block {
  const [line] = parseLines(heading!.text.replace(/[^ \t\n\v\f\r\\]+/g, edit))
  const [keyword = '', ...words] = line!.words
  return {keyword, words, lines: [line!, ...options]}
}
