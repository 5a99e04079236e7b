// The accounts that somebody is to get into: those that the context names, else those that the agent gave keys to.

import type {AuthorizedKey} from '../../action/login.ts'
import type {Account} from '../../facts/login/accounts.ts'
import {readLocalAccount} from '../../facts/login/accounts.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {Exam} from '../exam.ts'

export type Login = {
  name: string
  /** Undefined: it is not there. */
  account?: Account | undefined
  /** The keys that the context gives it. */
  keys: readonly AuthorizedKey[]
  /** The context names it, or is for root because it names none. */
  isOfContext: boolean
}

/** Lists them, the one of the context first. */
export function listLogins({prepared: {context, facts, manifest}, system}: Exam): Login[] {
  const ofContext =
    context?.accountIsKnown === true ? [context.username ?? 'root', ...context.keys.keys()] : []
  const names = new Set([...ofContext, ...(context === undefined ? Object.keys(manifest.keys) : [])])
  return [...names].map(name => ({
    name,
    // Those of a directory service are among the facts as well.
    account:
      facts.accounts.find(account => account.name === name) ??
      unlessRefused(
        () => readLocalAccount(system, name),
        () => undefined,
      ),
    keys: context?.keys.get(name) ?? [],
    isOfContext: ofContext.includes(name),
  }))
}
