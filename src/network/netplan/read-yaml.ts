// Reads netplan's files as libyaml does.

import type {Document} from 'yaml'
import type {ByteText} from '../../action.ts'
import {loadYaml} from '../../load-yaml.cjs'
import {asFields, type Content, type Fields, isFields} from './fields.ts'
import {readOwnYaml} from './read-own-yaml.ts'

/** Reads a file; undefined if it is not YAML, or not of netplan's shape. Values are texts, as libyaml has them. */
export function parseNetplan(text: ByteText): Content | undefined {
  const tree = parseTree(text)?.tree
  return tree && describeTree(tree)
}

/** Reads our own file: numbers and booleans are told apart, so that what is in it can be written again. */
export function parseOwn(text: ByteText): Content | undefined {
  const tree = readOwnYaml(text.replace(/^(#.*\n)*/, '')) ?? parseTree(text, 'core')?.tree
  return tree && describeTree(tree)
}

function describeTree(tree: Fields): Content {
  const network = asFields(tree.network)
  const entries = Object.entries(network).flatMap(([section, members]) => {
    const named = Object.entries(asFields(members)).filter(([id]) => id !== 'renderer')
    return notSections.has(section)
      ? []
      : named.map(([id, fields]) => ({section, id, fields: asFields(fields)}))
  })
  const {renderer} = network
  return {entries, renderer: typeof renderer === 'string' ? renderer : undefined}
}

/** What stands below `network` and has no entries. */
export const notSections = new Set(['version', 'renderer', 'openvswitch'])

/** Reads the whole of a file; undefined if it is not YAML. */
export function parseTree(
  text: ByteText,
  schema: 'core' | 'failsafe' = 'failsafe',
): {document: Document.Parsed; tree: Fields} | undefined {
  // libyaml allows a key twice, netplan reads one after the other.
  const document = loadYaml().parseDocument(text, {
    schema,
    uniqueKeys: false,
    logLevel: 'silent',
    prettyErrors: false,
  })
  if (document.errors.length > 0) return undefined
  try {
    const tree: unknown = document.toJS()
    if (tree === null || tree === '') return {document, tree: {}}
    return isFields(tree) ? {document, tree} : undefined
  } catch {
    // An alias without its anchor, or a bomb made of them.
    return undefined
  }
}
