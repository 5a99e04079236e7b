// Who may log in because of a context: keys, passwords, accounts.

import {parseKeys} from '../../context/login/authorized-key.ts'
import {editKeys} from '../../context/login/authorized-keys-file.ts'
import {defaultPlace} from '../../context/login/keys-place.ts'
import {type Account, readLocalAccount} from '../../facts/login/accounts.ts'
import {pathOfPlace, readAuthorizedKeys} from '../../facts/login/authorized-keys.ts'
import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import type {Manifest} from '../../report/manifest.ts'
import {ownedKeys, ownedPlaces} from '../../report/owned-keys.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {isOwnHome} from '../perform-login.ts'
import type {GiveBackDeed, GiveBackOptions} from './deeds.ts'
import {nothing, type Plan} from './files.ts'

/** Plans that the keys of the context go, and no other. */
export function planKeys(system: System, {keys}: Manifest): Plan {
  return join(
    Object.keys(keys).flatMap(name => {
      const account = readLocalAccount(system, name)
      if (account === undefined) return [missing(name)]
      return ownedPlaces(keys, name).map(place => planPlace(system, keys, account, place))
    }),
  )
}

function missing(name: string): Plan {
  const message = `${name} is not in /etc/passwd, so the keys of the context are not looked for in that home`
  const cure = `if a directory service has ${name}, take them out of its authorized_keys by hand`
  return {deeds: [], problems: [{code: 'fact-missing', message, cure}]}
}

function planPlace(system: System, keys: Manifest['keys'], account: Account, place: string): Plan {
  const {name} = account
  const path = pathOfPlace(account, place)
  const refuse = (reason: string): Plan => {
    const message = `the keys of ${name} are not revoked: ${reason}`
    return {deeds: [], problems: [{code: 'keys-refused', message, cure: `take them out of ${path} by hand`}]}
  }
  const found = unlessRefused(
    () => readAuthorizedKeys(system, account, place),
    refusal => ({path, reason: refusal.message, expected: ''}),
  )
  if ('reason' in found) return refuse(found.reason)
  const {revoked} = editKeys(found.text, {keys: [], revokes: true}, ownedKeys(keys, name, place))
  if (revoked.length === 0) return nothing
  const reason = `${count(revoked.length, 'key')} of the context, out of ${path}`
  const lines = keys[name]![place]!
  return {
    deeds: [{kind: 'revoke-keys', concerns: 'keys', account: name, place, lines, reason}],
    problems: [],
  }
}

/** Plans that nothing matches the passwords that a context set, nor those of accounts that it created. */
export function planPasswords(system: System, {passwords, accounts}: Manifest): Plan {
  const names = [...new Set([...Object.keys(passwords), ...Object.keys(accounts)])]
  const deeds = names.flatMap((account): GiveBackDeed[] => {
    const isSet = passwords[account] !== undefined
    const reason = isSet ? 'a context set it' : 'the account is of a context'
    return hasPassword(system, account)
      ? [{kind: 'lock-password', concerns: 'password', account, reason}]
      : []
  })
  return {deeds, problems: []}
}

/** Something may match what stands in shadow(5), or in passwd(5) where that is the place. */
function hasPassword(system: System, name: string): boolean {
  const fieldOf = (path: string) =>
    (system.files.readText(path) ?? '')
      .split('\n')
      .find(line => line.startsWith(`${name}:`))
      ?.split(':')[1]
  const field = fieldOf('/etc/passwd')
  if (field === undefined) return false
  return (fieldOf('/etc/shadow') ?? field) !== '*'
}

/** Plans what becomes of accounts that a context created. Others are never touched, nor is any with the number 0. */
export function planAccounts(
  system: System,
  {accounts, keys}: Manifest,
  {accounts: deletes}: Pick<GiveBackOptions, 'accounts'>,
): Plan {
  const found = Object.keys(accounts).flatMap(name => readLocalAccount(system, name) ?? [])
  return join(
    found.map(account => (deletes ? planDeletion(system, account) : findOthersKeys(system, keys, account))),
  )
}

/** Whoever logs in to an account that stays need not come from the context: that is said. */
function findOthersKeys(system: System, keys: Manifest['keys'], account: Account): Plan {
  const {name} = account
  const found = unlessRefused(
    () => readAuthorizedKeys(system, account, defaultPlace),
    () => undefined,
  )
  if (found === undefined || 'reason' in found) return nothing
  const owned = ownedKeys(keys, name, defaultPlace)
  const others = parseKeys(found.text).keys.filter(({blob}) => owned.every(each => each.blob !== blob))
  if (others.length === 0) return nothing
  const message = `${name}, whom a context created, keeps ${count(others.length, 'key')} that no context gave`
  const cure = `see ${pathOfPlace(account, defaultPlace)}`
  return {deeds: [], problems: [{code: 'deed-left-out', message, cure}]}
}

function planDeletion(system: System, account: Account): Plan {
  const {name, uid, home} = account
  if (uid === 0) {
    const message = `${name} has the number 0, which is root: it is not deleted`
    return {deeds: [], problems: [{code: 'deed-left-out', message}]}
  }
  const isOwn = isOwnHome(system, account)
  const isThere = system.files.linkStatus(home) !== undefined
  const reason = isOwn ? `a context created it; with its home ${home}` : 'a context created it'
  const message = `${home} is not the home of ${name} alone, so it stays`
  const problems: Problem[] = isThere && !isOwn ? [{code: 'deed-left-out', message}] : []
  return {deeds: [{kind: 'delete-account', concerns: 'accounts', account: name, reason}], problems}
}

function join(plans: readonly Plan[]): Plan {
  return {
    deeds: plans.flatMap(({deeds}) => deeds),
    problems: plans.flatMap(({problems}) => problems),
  }
}
