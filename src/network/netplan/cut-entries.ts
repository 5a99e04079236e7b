// Takes entries out of the text of a file, and puts them back. What stays keeps its bytes: the parser tells where an
// entry stands, and its lines are cut out.

import type {Document, Pair, YAMLMap} from 'yaml'
import type {ByteText} from '../../action.ts'
import {loadYaml} from '../../load-yaml.cjs'
import {asFields, type Entry, type Fields, isFields, type Value} from './fields.ts'
import {notSections, parseTree} from './read-yaml.ts'

/** What becomes of an entry: nothing is left, or no more than what tells which NIC it means. */
export type Cut = 'remove' | 'reduce'

/** Of an entry that others name by its ID these stay, so that the ID means the same NIC as before. */
const identity = new Set(['match', 'set-name'])

/**
 * Takes entries out of a file. Undefined: nothing is left that says anything, and the file can go. Throws if the file
 * is so written that this cannot be done.
 */
export function cutEntries(
  text: ByteText,
  cutOf: (section: string, id: string) => Cut | undefined,
): ByteText | undefined {
  const {document, tree} = parseTree(text) ?? {}
  if (document === undefined || tree === undefined) throw new Error('not YAML')
  const wanted = cutTree(tree, cutOf)
  if (wanted === undefined) return undefined
  const isRight = (edited: ByteText) => JSON.stringify(parseTree(edited)?.tree) === JSON.stringify(wanted)
  const edited = cutLines(text, listDoomed(document, cutOf))
  if (isRight(edited)) return edited
  const rewritten = rewrite(document, wanted)
  if (isRight(rewritten)) return rewritten
  throw new Error('it is written in a way that cannot be edited')
}

/** Gives a file an entry back at the end of its section. */
export function addEntry(text: ByteText, {section, id, fields}: Entry): ByteText {
  const document = parseTree(text)?.document
  if (document === undefined) throw new Error('not YAML')
  document.setIn(['network', section, id], document.createNode(fields))
  return format(document)
}

function cutTree(tree: Fields, cutOf: (section: string, id: string) => Cut | undefined): Fields | undefined {
  const sections = Object.entries(asFields(tree.network)).flatMap(([section, members]): [string, Value][] => {
    if (notSections.has(section) || !isFields(members)) return [[section, members]]
    const left = Object.entries(members).flatMap(([id, fields]): [string, Value][] => {
      const cut = cutOf(section, id)
      if (cut === undefined) return [[id, fields]]
      return cut === 'remove' ? [] : [[id, pick(asFields(fields), key => identity.has(key))]]
    })
    return left.length === 0 && Object.keys(members).length > 0 ? [] : [[section, Object.fromEntries(left)]]
  })
  const isEmpty = sections.every(([section]) => section === 'version') && Object.keys(tree).length <= 1
  return isEmpty ? undefined : {...tree, network: Object.fromEntries(sections)}
}

type Doomed = {
  pair: Pair
  /** The mapping is written in braces, which cannot be cut by lines. */
  isFlow: boolean
  /** What stands in the place of the value, instead of the whole being gone. */
  instead?: string
}

function listDoomed(
  document: Document.Parsed,
  cutOf: (section: string, id: string) => Cut | undefined,
): Doomed[] {
  const network = document.get('network')
  if (!isMap(network)) return []
  return network.items.flatMap((section): Doomed[] => {
    const {value} = section
    if (!isMap(value) || notSections.has(keyOf(section))) return []
    const cuts = value.items.map(pair => ({pair, cut: cutOf(keyOf(section), keyOf(pair))}))
    const isAll = cuts.length > 0 && cuts.every(({cut}) => cut === 'remove')
    if (isAll) return [{pair: section, isFlow: isFlow(network)}]
    return cuts.flatMap(({pair, cut}) => {
      if (cut === 'remove') return [{pair, isFlow: isFlow(value)}]
      return cut === 'reduce' && isMap(pair.value) ? listReduced(pair, pair.value) : []
    })
  })
}

function listReduced(entry: Pair, fields: YAMLMap): Doomed[] {
  const doomed = fields.items.filter(pair => !identity.has(keyOf(pair)))
  if (doomed.length === fields.items.length && doomed.length > 0)
    return [{pair: entry, isFlow: isFlow(fields), instead: '{}'}]
  return doomed.map(pair => ({pair, isFlow: isFlow(fields)}))
}

/** Cuts whole lines, the last first. What is written in braces stays, and is found out by reading the result. */
function cutLines(text: ByteText, doomed: readonly Doomed[]): ByteText {
  return doomed
    .filter(({isFlow}) => !isFlow)
    .reduceRight((left, {pair, instead}) => {
      const [start, keyEnd] = rangeOf(pair.key)
      const end = Math.max(keyEnd, rangeOf(pair.value)[1])
      const lineStart = left.lastIndexOf('\n', start - 1) + 1
      const lineEnd = left[end - 1] === '\n' ? end : left.indexOf('\n', end) + 1 || left.length
      const rest = instead === undefined ? '' : `${left.slice(lineStart, keyEnd)}: ${instead}\n`
      return left.slice(0, lineStart) + rest + left.slice(lineEnd)
    }, text)
}

/** For what is written in braces: the library writes the file anew, with its comments. */
function rewrite(document: Document.Parsed, wanted: Fields): ByteText {
  const wantedNetwork = asFields(wanted.network)
  const network = document.get('network')
  for (const section of isMap(network) ? [...network.items] : []) {
    const members = wantedNetwork[keyOf(section)]
    if (members === undefined) document.deleteIn(['network', keyOf(section)])
    if (!isFields(members) || !isMap(section.value)) continue
    for (const entry of [...section.value.items]) {
      const fields = members[keyOf(entry)]
      const path = ['network', keyOf(section), keyOf(entry)]
      if (fields === undefined) document.deleteIn(path)
      else if (isFields(fields) && isMap(entry.value))
        for (const pair of [...entry.value.items])
          if (fields[keyOf(pair)] === undefined) document.deleteIn([...path, keyOf(pair)])
    }
  }
  return format(document)
}

function format(document: Document): ByteText {
  return document.toString({lineWidth: 0})
}

function isMap(node: unknown): node is YAMLMap {
  return loadYaml().isMap(node)
}

function keyOf({key}: Pair): string {
  return loadYaml().isScalar(key) ? String(key.value) : ''
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = (node as {range?: readonly [number, number, number] | null} | null)?.range
  return range ? [range[0], range[1]] : [0, 0]
}

function isFlow(map: YAMLMap): boolean {
  return map.flow === true
}

function pick(fields: Fields, isWanted: (key: string) => boolean): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => isWanted(key)))
}
