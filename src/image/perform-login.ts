// Taking back what lets somebody in: keys, passwords, accounts. With the tools of a boot, which know how to.

import {deleteAccountEntries} from '../apply/login/delete-account.ts'
import {setPassword} from '../apply/login/password.ts'
import {editKeys} from '../context/login/authorized-keys-file.ts'
import {readAccount, readAccounts, readLocalAccount} from '../facts/login/accounts.ts'
import {readAuthorizedKeys, writeAuthorizedKeys} from '../facts/login/authorized-keys.ts'
import type {PlaceRefusal} from '../facts/login/keys-entry.ts'
import {ownedKeys} from '../report/owned-keys.ts'
import {Secret} from '../secret.ts'
import {SystemError} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import type {DeleteAccountDeed, LockPasswordDeed, RevokeKeysDeed} from './deed.ts'
import {performInside} from './perform-inside.ts'

/** Takes keys out of a file of an account, with the rights of that account where it lies in its home. */
export function revokeKeys(system: System, {account: name, place, lines}: RevokeKeysDeed): void {
  const account = readAccount(system, name)
  if (account === undefined) return
  const found = unlessRefused(name, readAuthorizedKeys(system, account, place))
  const owned = ownedKeys({[name]: {[place]: [...lines]}}, name, place)
  const {text} = editKeys(found.text, {keys: [], revokes: true}, owned)
  if (text !== found.text) unlessRefused(name, writeAuthorizedKeys(system, account, place, text))
}

function unlessRefused<T extends object | undefined>(name: string, found: T | PlaceRefusal): T {
  if (found !== undefined && 'reason' in found)
    throw new SystemError(`revoke the keys of ${name}`, new Error(found.reason))
  return found as T
}

/** Puts `*` in the place of a password. */
export async function lockPassword(system: System, {account}: LockPasswordDeed): Promise<void> {
  const password = {kind: 'none', secret: new Secret('*')} as const
  const trouble = await setPassword({system}, {account, password})
  if (trouble !== undefined)
    throw new SystemError(`take away the password of ${account}`, new Error(trouble.reason))
}

/** Deletes an account with all that is its own by name: mail, crontab, home. Its entry goes last: a killed run begins anew. */
export async function deleteAccount(system: System, {account: name}: DeleteAccountDeed): Promise<void> {
  const {files} = system
  const account = readLocalAccount(system, name)
  if (account === undefined || account.uid === 0) return
  for (const directory of spools) {
    const status = files.linkStatus(`${directory}/${name}`)
    if (status?.isFile()) remove(system, `${directory}/${name}`, directory)
  }
  // A home that is not its own the planner has told of.
  if (isOwnHome(system, account)) remove(system, account.home, parentOf(account.home))
  await deleteAccountEntries(system, account)
}

const spools = [
  '/var/mail',
  '/var/spool/mail',
  '/var/spool/cron',
  '/var/spool/cron/crontabs',
  '/var/spool/cron/tabs',
]

function remove({files}: System, path: string, inside: string): void {
  performInside(files, {kind: 'remove', path, reason: ''}, inside)
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/'

/** A directory of that account alone: nobody else lives in it or below it, and it is not one of the system's. */
export function isOwnHome(
  system: System,
  {name, uid, home}: {name: string; uid: number; home: string},
): boolean {
  const status = system.files.linkStatus(home)
  const isPlain = /^(\/[^/]+){2,}$/.test(home) && !home.split('/').some(part => part === '.' || part === '..')
  const others = readAccounts(system).filter(other => other.name !== name)
  const isShared = others.some(other => `${other.home}/`.startsWith(`${home}/`) || other.uid === uid)
  return isPlain && status?.isDirectory() === true && status.uid === uid && !isShared
}
