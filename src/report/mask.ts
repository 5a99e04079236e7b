// Secrets of a context, found by value wherever they come up again: in the name of a file, in an error of a tool.

import type {Variables} from '../context/variables.ts'
import {maskText} from '../secret.ts'

/** The names of variables whose values are secret (contract §2). */
const secretNames = /^(CRYPTED_)?PASSWORD|TOKEN/
/** A shorter one would take single letters out of every line. */
const lengthLimit = 4

/** Makes the function that takes the secrets of a context out of a text. */
export function createMask(variables: Variables | undefined): (text: string) => string {
  const values = [...(variables?.values() ?? [])]
    .filter(({name}) => secretNames.test(name))
    .map(({value}) => value)
  const secrets = values.flatMap(spellings).filter(value => value.length >= lengthLimit)
  const longestFirst = [...new Set(secrets)].sort((one, other) => other.length - one.length)
  return text => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, maskText), text)
}

/** As it stands, as JSON spells it, and what it says if it is base64. */
function spellings(value: string): string[] {
  const decoded = /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)
    ? Buffer.from(value, 'base64').toString('utf8')
    : ''
  const isText = decoded !== '' && !/[\x00-\x1f\ufffd]/.test(decoded)
  return [value, JSON.stringify(value).slice(1, -1), ...(isText ? [decoded] : [])]
}
