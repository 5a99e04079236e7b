// Deeds that let somebody in, or no longer.

import type {ByteText} from '../action.ts'
import type {KeysFiles} from '../context/login/keys-place.ts'
import type {PasswordKind} from '../context/login/password.ts'
import type {Secret} from '../secret.ts'

export type LoginAction =
  | CreateAccountAction
  | SetPasswordAction
  | WriteSudoRuleAction
  | AuthorizeKeysAction
  | MakeHostKeysAction
  | FoldKeysAction

/** Creates an account if there is none of this name; an existing one is never reshaped. */
export type CreateAccountAction = {
  kind: 'create-account'
  name: string
  shell: string
  group?: string | undefined
}

/**
 * Sets the password of an account. The guest's own tool hashes a plain one. The account is looked up while applying: it
 * may have been created a moment ago.
 */
export type SetPasswordAction = {
  kind: 'set-password'
  account: string
  password: {kind: PasswordKind; secret: Secret}
}

/** Puts a file for sudo in place, once the guest's visudo has found nothing wrong with it. */
export type WriteSudoRuleAction = {kind: 'write-sudo-rule'; path: string; content: ByteText; mode: number}

/** A public key as it stands in authorized_keys, and the base64 part that identifies it. */
export type AuthorizedKey = {line: string; blob: string}

/**
 * Makes exactly `keys` the keys that this agent vouches for in an account; those that it installed earlier and that
 * are no longer wanted go. Keys of others are never touched. The home is resolved while applying: the account may
 * have been created a moment ago.
 */
export type AuthorizeKeysAction = {
  kind: 'authorize-keys'
  account: string
  keys: readonly AuthorizedKey[]
  /** False where some keys that were meant could not be read: then none is revoked. */
  revokes: boolean
  /** Where sshd looks for keys of the account. */
  files: KeysFiles
}

/** Makes the keys of the ssh server itself, where it has none. */
export type MakeHostKeysAction = {
  kind: 'make-host-keys'
  /** Those that it would load. */
  paths: readonly string[]
  /** They are those that it looks for by itself: nobody has named any. */
  areDefault: boolean
}

/** Folds exact duplicates of keys the agent manages into one: 2.2's init.sh appends its key at every boot. */
export type FoldKeysAction = {kind: 'fold-keys'; account: string}
