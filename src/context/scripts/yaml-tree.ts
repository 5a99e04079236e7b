// YAML as a tree of texts with the lines they stand in. Nothing is turned into a number, a date or a boolean: `0644`,
// `010` and `yes` are what their author typed, and whoever takes one says what it means there.

import type {Alias, Node, Pair, Scalar} from 'yaml'
import {loadYaml} from '../../load-yaml.cjs'

export type YamlNode = {line: number} & (
  | {kind: 'nothing'}
  | {kind: 'text'; text: string; isQuoted: boolean; isBinary: boolean}
  | {kind: 'list'; items: YamlNode[]}
  | {kind: 'map'; entries: YamlEntry[]}
)
export type YamlEntry = {line: number; key: string; value: YamlNode}

/** Why a text is no YAML, and in which line of it. */
export type YamlRefusal = {line: number; reason: string}

/** More of them is no configuration but a bomb made of aliases. */
const nodeLimit = 20_000
/** The library takes up to a kilobyte of memory for each, and a guest may have little. A long text is one of them. */
const tokenLimit = 5 * nodeLimit

/** Reads YAML; of a key that stands twice both are given. */
export function readYaml(text: string): YamlNode | YamlRefusal {
  try {
    return readDocument(text)
  } catch (error) {
    if (error instanceof YamlError) return error.refusal
    if (error instanceof RangeError) return {line: 1, reason: tooDeep}
    throw error
  }
}

function readDocument(text: string): YamlNode {
  refuseBomb(text)
  const yaml = loadYaml()
  const lineCounter = new yaml.LineCounter()
  // With `silent` the library drops what stands below a second `---`, too.
  const options = {schema: 'failsafe', uniqueKeys: false, logLevel: 'error', prettyErrors: false} as const
  const document = yaml.parseDocument(text, {...options, lineCounter})
  const lineAt = (offset = 0) => lineCounter.linePos(offset).line
  const [error] = document.errors
  if (error !== undefined)
    throw new YamlError({line: lineAt(error.pos[0]), reason: spellReason(error.message)})
  return new Reader(lineAt).read(document.contents)
}

/** Refuses what nobody has written before the library makes a tree of it. */
function refuseBomb(text: string): void {
  let count = 0
  let line = 1
  for (const token of new (loadYaml().Lexer)().lex(text)) {
    count += 1
    if (token.startsWith('\n')) line += 1
    if (count > tokenLimit) throw new YamlError({line, reason: tooMuch})
  }
}

const tooMuch = 'it holds more than anybody writes by hand'
const tooDeep = 'something in it is nested without end'

/** The library makes an error of YAML of what V8 says when its stack is full. */
function spellReason(message: string): string {
  return message.startsWith('Maximum call stack') ? tooDeep : message
}

/** Turns the library's nodes into ours. */
class Reader {
  readonly #lineAt: (offset?: number) => number
  /** What stands above under a name; the library looks through the whole document for each alias. */
  readonly #anchors = new Map<string, Node>()
  #isInAlias = false
  #left = nodeLimit

  constructor(lineAt: (offset?: number) => number) {
    this.#lineAt = lineAt
  }

  read(node: unknown): YamlNode {
    const yaml = loadYaml()
    const line = this.#lineAt((node as Node | null)?.range?.[0])
    this.#left -= 1
    if (this.#left < 0) throw new YamlError({line, reason: tooMuch})
    if (yaml.isAlias(node)) return this.#readAlias(node, line)
    const {anchor} = (node ?? {}) as {anchor?: string}
    if (anchor !== undefined && !this.#isInAlias) this.#anchors.set(anchor, node as Node)
    if (yaml.isSeq(node)) return {line, kind: 'list', items: node.items.map(item => this.read(item))}
    if (yaml.isMap(node)) return {line, kind: 'map', entries: node.items.map(pair => this.#readPair(pair))}
    return readScalar((node ?? {}) as Partial<Scalar>, line)
  }

  #readAlias(node: Alias, line: number): YamlNode {
    const target = this.#anchors.get(node.source)
    if (target === undefined) throw new YamlError({line, reason: `there is no &${node.source}`})
    const wasInAlias = this.#isInAlias
    this.#isInAlias = true
    const value = this.read(target)
    this.#isInAlias = wasInAlias
    return value
  }

  #readPair({key, value}: Pair): YamlEntry {
    const name = this.read(key)
    return {
      line: name.line,
      key: name.kind === 'text' ? name.text : `a ${name.kind}`,
      value: this.read(value),
    }
  }
}

class YamlError extends Error {
  readonly refusal: YamlRefusal

  constructor(refusal: YamlRefusal) {
    super(refusal.reason)
    this.refusal = refusal
  }
}

function readScalar({value, type}: Partial<Scalar>, line: number): YamlNode {
  const isQuoted = type !== undefined && type !== 'PLAIN'
  // `!!binary`: the library has taken the base64 off.
  const isBinary = value instanceof Uint8Array
  const text = isBinary ? Buffer.from(value).toString('latin1') : typeof value === 'string' ? value : ''
  if (!isQuoted && !isBinary && /^(~|null|Null|NULL|)$/.test(text)) return {line, kind: 'nothing'}
  return {line, kind: 'text', text, isQuoted, isBinary}
}
