// What the manifest remembers of a password: enough to see whether the context gives another one, and no more. With a
// salt and a slow hash, as the guest's own shadow file has them.

import {randomBytes, scryptSync} from 'node:crypto'
import type {PasswordRequest} from '../context/login/password.ts'
import type {SetPassword} from './manifest.ts'

type Password = Pick<PasswordRequest, 'kind' | 'secret'>

/** scrypt(7914) with 4 MiB of memory: about 8 ms, once in a boot that asks for a password. */
const cost = {N: 4096, r: 8, p: 1} as const

/** Makes the record of a password that was set. */
export function recordPassword(password: Password): SetPassword {
  const salt = randomBytes(16).toString('hex')
  return {salt, hash: digest(password, salt)}
}

/** Tells whether this password is the one that was set last. */
export function isSetLast(record: SetPassword | undefined, password: Password): boolean {
  return record !== undefined && record.hash === digest(password, record.salt)
}

function digest({kind, secret}: Password, salt: string): string {
  return scryptSync(`${kind}:${secret.reveal()}`, salt, 32, cost).toString('hex')
}
