// Keys in the home of an account: installed, revoked, folded.

import {dirname} from 'node:path'
import type {AuthorizeKeysAction, ByteText, FoldKeysAction} from '../action.ts'
import {editKeys, foldKeys, type KeysEdit} from '../context/authorized-keys-file.ts'
import {type Account, readAccount} from '../facts/accounts.ts'
import {
  type HomeRefusal,
  inSshDirectory,
  keysFileName,
  keysPath,
  readAuthorizedKeys,
} from '../facts/authorized-keys.ts'
import {count} from '../report/lines.ts'
import type {Manifest} from '../report/manifest.ts'
import type {System} from '../system/system.ts'
import {failed, type Handler, type Result} from './workshop.ts'

export const authorizeKeysHandler: Handler<AuthorizeKeysAction> = {
  prepare(action, {system, manifest}) {
    const name = action.account
    const owned = manifest.keys[name] ?? []
    const account = readAccount(system, name)
    const text = account === undefined ? '' : readAuthorizedKeys(system, account)
    const missing = typeof text === 'string' ? editKeys(text, action, owned).added.map(key => key.blob) : []
    own(manifest, name, [...owned, ...missing])
  },

  perform(action, {system, manifest}) {
    const {account: name, keys, revokes} = action
    const account = readAccount(system, name)
    if (account === undefined) return missAccount(manifest, name, keys.length)
    const text = readAuthorizedKeys(system, account)
    if (typeof text !== 'string') return refuse(text, name)
    const owned = manifest.keys[name] ?? []
    const edit = editKeys(text, action, owned)
    const refusal = edit.text === text ? undefined : writeAuthorizedKeys(system, account, edit.text)
    if (refusal !== undefined) return refuse(refusal, name)
    const stillOwned = owned.filter(blob => !revokes || keys.some(key => key.blob === blob))
    own(manifest, name, [...stillOwned, ...edit.added.map(key => key.blob)])
    const status = edit.text === text ? 'unchanged' : 'changed'
    return {status, detail: describeEdit(edit, name), paths: changedPaths(account)}
  },
}

export const foldKeysHandler: Handler<FoldKeysAction> = {
  perform({account: name}, {system, manifest}) {
    const account = readAccount(system, name)
    const text = account === undefined ? '' : readAuthorizedKeys(system, account)
    const folded = typeof text === 'string' ? foldKeys(text, manifest.keys[name] ?? []) : text
    if (account === undefined || typeof folded !== 'string' || folded === text) {
      return {status: 'unchanged', detail: `keys of ${name}`}
    }
    const refusal = writeAuthorizedKeys(system, account, folded)
    return refusal !== undefined
      ? refuse(refusal, name)
      : {
          status: 'changed',
          detail: `took repeated keys out of ${keysPath(account)}`,
          paths: changedPaths(account),
        }
  },
}

/** For labels: the directory may be new, too. */
function changedPaths(account: Account): string[] {
  return [dirname(keysPath(account)), keysPath(account)]
}

function writeAuthorizedKeys(system: System, account: Account, text: ByteText): HomeRefusal | undefined {
  return inSshDirectory(system, account, {create: true}, directory => {
    // sshd refuses a file that others may write (sshd_config(5), StrictModes).
    const mode = (directory!.entry(keysFileName)?.mode ?? 0o600) & 0o644
    directory!.write(keysFileName, Buffer.from(text, 'latin1'), mode)
    return undefined
  })
}

/** Enters the keys that are ours; an account without any leaves the manifest. */
function own(manifest: Manifest, name: string, blobs: readonly string[]): void {
  if (blobs.length > 0) manifest.keys[name] = [...new Set(blobs)]
  else delete manifest.keys[name]
}

function missAccount(manifest: Manifest, name: string, keys: number): Result {
  if (keys > 0)
    return failed(`keys for ${name}`, `could not install the keys for ${name}: there is no such account`)
  own(manifest, name, [])
  return {status: 'unchanged', detail: `keys of ${name}, who is gone`}
}

function refuse({path, reason, expected}: HomeRefusal, name: string): Result {
  const cure = `make ${path} what sshd expects: a plain ${expected} that belongs to ${name}`
  return failed(`keys for ${name}`, `could not install the keys for ${name}: ${reason}`, cure)
}

function describeEdit({added, revoked}: KeysEdit, name: string): string {
  const parts = [
    ...(added.length > 0 ? [`installed ${count(added.length, 'key')} for ${name}`] : []),
    ...(revoked.length > 0 ? [`revoked ${count(revoked.length, 'key')} of ${name}`] : []),
  ]
  return parts.length === 0 ? `keys for ${name}` : parts.join(', ')
}
