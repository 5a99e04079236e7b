// The password that a context gives to its account, in the order of names of contract §3. What is not wholly a
// password is none: a half of one would lock its owner out.

import {isUtf8} from 'node:buffer'
import type {Place, Problem} from '../../problem.ts'
import {Secret} from '../../secret.ts'
import {type Disc, placeOf} from '../disc.ts'
import type {Assignment} from '../shell.ts'
import {isYes, pickVariable} from '../variables.ts'
import {recogniseHash} from './crypt.ts'

/** `hashed` goes into shadow(5) as it is, and `none` is what matches nothing; `plain` is for the guest to hash. */
export type PasswordKind = 'plain' | 'hashed' | 'none'
export type PasswordRequest = {
  kind: PasswordKind
  secret: Secret
  /** The variable that it came in. */
  place: Place
  /** The prefix of the hash, e.g. `$y$`: not every C library knows every one. */
  scheme?: string | undefined
}

/** The strongest first. */
export const passwordVariables = [
  'CRYPTED_PASSWORD_BASE64',
  'PASSWORD_BASE64',
  'CRYPTED_PASSWORD',
  'PASSWORD',
  'USERNAME_PASSWORD_RESET',
] as const

/** In bytes: PAM takes no more (PAM_MAX_RESP_SIZE), nor does crypt(3) (CRYPT_MAX_PASSPHRASE_SIZE). */
const lengthLimit = 511

/** Nothing that anybody types matches it, and keys still count: an sshd without PAM refuses those of a `!`. */
const noPassword = '*'

/** Reads what the password is to be; undefined if nothing is asked for, or nothing that can be done. */
export function readPassword(disc: Disc, problems: Problem[]): PasswordRequest | undefined {
  for (const name of passwordVariables) {
    // A stronger one was meant and could not be read, which is told already: a weaker one does not stand in for it.
    if (disc.dropped.has(name)) return undefined
    const variable = pickVariable(disc.variables, name)
    if (variable !== undefined && name !== 'USERNAME_PASSWORD_RESET')
      return readValue(disc, variable, name, problems)
  }
  return readReset(disc)
}

// Below what was not read a password may stand.
function readReset(disc: Disc): PasswordRequest | undefined {
  const variable = pickVariable(disc.variables, 'USERNAME_PASSWORD_RESET')
  if (variable === undefined || !isYes(variable.value) || !disc.isComplete) return undefined
  return {kind: 'none', secret: new Secret(noPassword), place: placeOf(disc, variable)}
}

function readValue(disc: Disc, variable: Assignment, name: string, problems: Problem[]) {
  const place = placeOf(disc, variable)
  const refuse = (reason: string, cure?: string) => {
    problems.push({
      ...place,
      code: 'value-rejected',
      message: `${reason}; the password stays as it is`,
      cure,
    })
    return undefined
  }
  const text = name.endsWith('_BASE64') ? decode(variable.value) : variable.value.replace(/\r$/, '')
  if (text === undefined) return refuse('this is not base64 of a text', 'make it with base64 -w0')
  if (text === '') return refuse('there is no password in it')
  if (name.startsWith('CRYPTED_')) return readHash(text.trim(), place, refuse, problems)
  if (/[\x00-\x1f\x7f]/.test(text)) return refuse('a password cannot have control characters')
  if (Buffer.byteLength(text) > lengthLimit)
    return refuse(`this is longer than the ${lengthLimit} bytes that a password can have`)
  return {kind: 'plain', secret: new Secret(text), place} satisfies PasswordRequest
}

/**
 * Reads base64 as `base64 -d` does, with or without its padding, over lines or not. The newline that `echo` puts
 * behind a password does not belong to it.
 */
function decode(value: string): string | undefined {
  const packed = value.replace(/\s+/g, '')
  const bare = packed.replace(/=+$/, '')
  const padding = packed.length - bare.length
  const isWhole = bare.length % 4 !== 1 && (padding === 0 || packed.length % 4 === 0) && padding < 3
  if (!isWhole || !/^[A-Za-z0-9+/]+$/.test(bare)) return undefined
  const bytes = Buffer.from(bare, 'base64')
  return isUtf8(bytes) ? bytes.toString('utf8').replace(/[\r\n]+$/, '') : undefined
}

type Refuse = (reason: string, cure?: string) => undefined

function readHash(
  text: string,
  place: Place,
  refuse: Refuse,
  problems: Problem[],
): PasswordRequest | undefined {
  // `$` begins a variable in the front end's templates, and so is often written `\$`.
  const hash = text.replaceAll('\\$', '$')
  if (/^(\*|!{1,2}\*?)$/.test(hash)) {
    const message =
      'a ! would lock the keys out, too, where sshd does without PAM; * is set, which no password matches'
    if (hash !== noPassword) problems.push({...place, code: 'value-adjusted', message})
    return {kind: 'none', secret: new Secret(noPassword), place}
  }
  const scheme = recogniseHash(hash)
  if (scheme === undefined) {
    const cure = 'put it in single quotes, or give it as CRYPTED_PASSWORD_BASE64'
    return refuse('this is no whole hash of crypt(5); its $ may have been taken for variables', cure)
  }
  if (scheme.isWeak) {
    const message = 'this hash is of a kind that is soon broken'
    problems.push({...place, code: 'value-adjusted', message, cure: 'make one with openssl passwd -6'})
  }
  return {kind: 'hashed', secret: new Secret(hash), place, scheme: scheme.prefix}
}
