// An entry of `write_files`: a file that the user wants to have.

import {posix} from 'node:path'
import type {WriteUserFileAction} from '../../action/scripts.ts'
import {Secret} from '../../secret.ts'
import {unpack, unpackedLimit} from '../packed.ts'
import {isYes} from '../variables.ts'
import type {Complaint} from './cloud-config.ts'
import type {YamlNode} from './yaml-tree.ts'

export type UserFile = Omit<WriteUserFileAction, 'kind'> & {
  /** It is written when all that are not are there. */
  isDeferred: boolean
}

const keys = ['path', 'content', 'encoding', 'owner', 'permissions', 'append', 'defer']

/** Reads the entries of `write_files`. All files together have as many bytes as one may have: YAML repeats them. */
export function readUserFiles(nodes: readonly YamlNode[], complaints: Complaint[]): UserFile[] {
  let room = unpackedLimit
  return nodes.flatMap(node => {
    const file = readUserFile(node, room, complaints)
    // What was read is counted, too: what is packed may be the larger one.
    const length = node.kind === 'map' ? (textOf(node, 'content')?.length ?? 0) : 0
    room = Math.max(0, room - Math.max(length, file?.bytes ?? 0))
    return file ?? []
  })
}

/** What is wrong with an entry costs it as a whole: a file with the wrong owner may be worse than none. */
function readUserFile(node: YamlNode, room: number, complaints: Complaint[]): UserFile | undefined {
  const file = node.kind === 'map' ? readFields(node, room) : 'is no list of keys and values'
  if (typeof file !== 'string') return file
  const path = node.kind === 'map' ? (textOf(node, 'path') ?? '') : ''
  const name = path === '' ? 'this file' : `the file ${JSON.stringify(path)}`
  complaints.push({line: node.line, message: `${name} is not written: the entry ${file}`})
  return undefined
}

type Fields = Extract<YamlNode, {kind: 'map'}>

function readFields(node: Fields, room: number): UserFile | string {
  const stranger = node.entries.find(({key}) => !keys.includes(key))
  if (stranger?.key === 'source') return 'has a `source`, and nothing is fetched from a network'
  if (stranger !== undefined) return `has the key ${JSON.stringify(stranger.key)}, which is not known here`
  const unfit = node.entries.find(({value}) => value.kind === 'map' || value.kind === 'list')
  if (unfit !== undefined) return `has something else than a text as ${unfit.key}`
  const path = readPath(textOf(node, 'path'))
  const mode = readMode(fieldOf(node, 'permissions'))
  const owner = readOwner(textOf(node, 'owner') ?? 'root:root')
  const content = readContent(node, room)
  const [append, isDeferred] = [readSwitch(node, 'append'), readSwitch(node, 'defer')]
  const wrong = [path, mode, owner, content, append, isDeferred].find(value => value instanceof Wrong)
  if (wrong instanceof Wrong) return wrong.words
  return {path, mode, owner, ...content, append, isDeferred} as UserFile
}

/** What is wrong with a field, in words that follow "the entry". */
class Wrong {
  readonly words: string

  constructor(words: string) {
    this.words = words
  }
}

function fieldOf({entries}: Fields, key: string): YamlNode | undefined {
  return entries.findLast(entry => entry.key === key)?.value
}

function textOf(fields: Fields, key: string): string | undefined {
  const value = fieldOf(fields, key)
  return value?.kind === 'text' && value.text !== '' ? value.text : undefined
}

function readPath(text: string | undefined): string | Wrong {
  if (text === undefined) return new Wrong('has no path')
  if (!text.startsWith('/')) return new Wrong('has a path that does not begin with /')
  if (text.endsWith('/')) return new Wrong('has a path that ends with /, as only a directory has')
  if (/[\x00-\x1f\x7f]/.test(text)) return new Wrong('has control characters in its path')
  const path = posix.normalize(text)
  return posix.basename(path) === '' ? new Wrong('has a path that is a directory') : path
}

/**
 * Permissions are octal digits, with or without a 0 before them. YAML's 420 for 0644 is not told from a 420 that means
 * what it says, and 644 without quotes is 01204 to cloud-init: neither is guessed.
 */
function readMode(field: YamlNode | undefined): number | Wrong {
  if (field === undefined || field.kind !== 'text') return 0o644
  const text = field.text.trim()
  if (!/^(0o?)?[0-7]{3,4}$/.test(text))
    return new Wrong('has permissions that are no octal number such as "0644"')
  if (!field.isQuoted && !text.startsWith('0'))
    return new Wrong('has permissions that YAML takes for a decimal number; write "0644" in quotes')
  return Number.parseInt(text.replace(/^0o/, ''), 8)
}

/** `user:group`, `user`, `:group`; cloud-init's `-1` and `none` stand for nobody named. */
function readOwner(text: string): UserFile['owner'] | Wrong {
  const [user = '', group = '', more] = text
    .split(':')
    .map(name => name.trim())
    .map(name => (/^(-1|none)$/i.test(name) ? '' : name))
  const isName = (name: string) => !/[\x00-\x20\x7f/]/.test(name)
  return more === undefined && isName(user) && isName(group)
    ? {user: user || 'root', group}
    : new Wrong('has an owner that is not of the form user:group')
}

function readContent(fields: Fields, room: number): {content: Secret; bytes: number} | Wrong {
  const field = fieldOf(fields, 'content')
  const [text, isBinary] = field?.kind === 'text' ? [field.text, field.isBinary] : ['', false]
  if (text.length > room) return new Wrong(`has content for which ${tooFull}`)
  const packed = Buffer.from(text, isBinary ? 'latin1' : 'utf8')
  const bytes = unpack(packed, textOf(fields, 'encoding') ?? '', room)
  if (typeof bytes === 'string')
    return new Wrong(bytes.startsWith('has') ? bytes : `has content that ${bytes}`)
  return {content: new Secret(bytes.toString('latin1')), bytes: bytes.length}
}

const tooFull = `there is no room: all files together have at most ${unpackedLimit / 1024 / 1024} MiB`

function readSwitch(fields: Fields, key: 'append' | 'defer'): boolean | Wrong {
  const text = textOf(fields, key) ?? 'no'
  if (isYes(text) || /^on$/i.test(text)) return true
  return /^(no|false|0|n|off)$/i.test(text) ? false : new Wrong(`has ${key}, which is neither true nor false`)
}
