// Secrets of a context, found by value wherever they come up again: in the name of a file, in an error of a tool.

import {decodeBase64} from '../context/base64.ts'
import {isNo, isYes, type Variables} from '../context/variables.ts'
import {maskText} from '../secret.ts'
import {stages, stepNames} from '../steps.ts'
import {escapeControls} from '../system/commands.ts'

export type Mask = (text: string) => string

/** The names of variables whose values are secret (contract §2). */
const secretNames = /^(CRYPTED_)?PASSWORD|TOKEN/
/** Tells whether the value of a variable of this name, in capitals, is secret. */
export function isSecretName(name: string): boolean {
  return secretNames.test(name)
}

/** A shorter one would take single letters out of every line. */
const lengthLimit = 4

/** Makes the function that takes the secrets of a context out of a text; `others` are those that no variable holds. */
export function createMask(variables: Variables | undefined, others: readonly string[] = []): Mask {
  const values = [...(variables?.values() ?? [])]
    // TOKEN=YES asks for a token and is none.
    .filter(({name, value}) => secretNames.test(name) && !(name === 'TOKEN' && (isYes(value) || isNo(value))))
    .map(({value}) => value)
  const secrets = [...values, ...others].flatMap(spellings).filter(value => value.length >= lengthLimit)
  const longestFirst = [...new Set(secrets)].sort((one, other) => other.length - one.length)
  return text => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, maskText), text)
}

/**
 * Writes a value as JSON with the secrets taken out of its texts. Words of this program's own stay as they are: a
 * password may be `failed`, and a program that reads the outcome must find it.
 */
export function stringifyMasked(value: unknown, mask: Mask): string {
  const replace = (key: string, part: unknown) =>
    typeof part === 'string' && !isOwnWord(key, part) ? mask(part) : part
  return escapeInJson(JSON.stringify(value, replace, 2))
}

/** The controls above U+007F, which JSON lets stand and a terminal obeys, and those that turn text round. */
export function escapeInJson(text: string): string {
  return text.replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const ownKeys = new Set(['id', 'kind', 'status', 'outcome', 'idle', 'code', 'state', 'bootId'])
const names = new Set<string>([...stepNames, ...Object.keys(stages)])

/** Names of steps and stages stand under `name` and in lists. */
function isOwnWord(key: string, text: string): boolean {
  return ownKeys.has(key) || (names.has(text) && /^(name|\d+)$/.test(key))
}

/** As it stands, trimmed, by lines, as JSON and logs spell it, and what it says if it is base64. */
export function spellings(value: string): string[] {
  const trimmed = value.trim()
  const texts = [value, trimmed, ...trimmed.split(/[\r\n]+/), ...decode(trimmed)]
  // The front end may write `\$6\$…` for a hash (contract §3).
  const hashes = texts.map(text => text.replaceAll('\\$', '$'))
  return [...texts, ...hashes].flatMap(text => [
    text,
    JSON.stringify(text).slice(1, -1),
    escapeControls(text),
  ])
}

/** What base64 says, if that is text. */
function decode(value: string): string[] {
  const bytes = decodeBase64(value)
  if (typeof bytes === 'string') return []
  const text = bytes.toString('utf8')
  return /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd]/.test(text) ? [] : [text, text.trim(), ...text.split(/[\r\n]+/)]
}
