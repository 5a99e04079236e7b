// What has to be known of the accounts of the guest, and of who may log in to them.

import type {Stats} from 'node:fs'
import type {System} from '../../system/system.ts'
import type {OrElse} from '../facts.ts'
import {type Account, readAccounts, readGroupNames} from './accounts.ts'
import {type KeysFacts, readKeysFacts} from './keys-facts.ts'
import {type LoginFacts, type LoginQuestions, noLoginFacts, readLoginFacts} from './login.ts'
import {type NameServiceAnswer, nothingElsewhere, type UnaskedAccount} from './name-service.ts'
import {noSshd, readSshd, type Sshd} from './sshd.ts'

export type AccountFacts = {
  /** Those of /etc/passwd, and of those that were asked for also what a directory service has. */
  accounts: readonly Account[]
  /** Those that a directory service may have, which does not answer. */
  unaskedAccounts: readonly UnaskedAccount[]
  login: LoginFacts
  /** Of the accounts that may get or lose keys. */
  authorizedKeys: ReadonlyMap<string, KeysFacts>
  sshd: Sshd
  groups: readonly string[]
  /** Which of the shells that an account may get are there. */
  shells: readonly string[]
}

export type AccountQuestions = {
  /** The shells that the account may get, by path. */
  shells: readonly string[]
  /** What a directory service answered. */
  nameService?: NameServiceAnswer | undefined
  /** What has to be known for the account of the context. */
  login?: LoginQuestions | undefined
  /** The accounts whose keys are looked at. */
  keysOf: readonly string[]
}

/** Reads it all. */
export function readAccountFacts(
  system: System,
  {shells, nameService = nothingElsewhere, login, keysOf}: AccountQuestions,
  orElse: OrElse,
): AccountFacts {
  const isSshdAsked = system.live || keysOf.length > 0
  const sshd = isSshdAsked ? orElse(() => readSshd(system, keysOf.length > 0), noSshd) : noSshd
  return {
    accounts: [...orElse(() => readAccounts(system), [], accountSteps), ...nameService.accounts],
    unaskedAccounts: nameService.unasked,
    login:
      login === undefined
        ? noLoginFacts
        : orElse(() => readLoginFacts(system, login, orElse), noLoginFacts, accountSteps),
    authorizedKeys: readKeysFacts(system, sshd.settings, keysOf, orElse),
    sshd,
    groups: orElse(() => readGroupNames(system), [], ['account', 'sudo']),
    shells: shells.filter(path => orElse(() => isProgram(system.files.status(path)), false, ['account'])),
  }
}

/** Those that would make, or take for missing, an account that is there. */
const accountSteps = ['account', 'keys', 'password', 'sudo'] as const

function isProgram(status: Stats | undefined): boolean {
  return status?.isFile() === true && (status.mode & 0o111) !== 0
}
