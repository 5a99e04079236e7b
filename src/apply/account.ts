// Creating an account with the guest's own useradd, so that its policy for ids, groups and skeletons holds.

import type {CreateAccountAction} from '../action.ts'
import {readAccount} from '../facts/accounts.ts'
import {describeEnd, succeeded} from '../system/commands.ts'
import {failed, type Handler} from './workshop.ts'

export const createAccountHandler: Handler<CreateAccountAction> = {
  prepare({name}, {system, manifest}) {
    if (readAccount(system, name) === undefined) manifest.accounts[name] = {created: true}
  },

  async perform({name, shell, group}, {system, manifest}) {
    const existing = readAccount(system, name)
    if (existing !== undefined) return {status: 'unchanged', detail: name}
    // `*` and not useradd's `!`: an sshd without PAM takes `!` for a locked account and refuses its keys.
    const options = ['-m', '-s', shell, '-p', '*', ...(group === undefined ? [] : ['-g', group])]
    const root = system.live ? [] : ['-R', system.root]
    const result = await system.run({argv: ['useradd', ...root, ...options, name], timeoutMs: 60_000})
    const account = readAccount(system, name)
    if (account !== undefined)
      return {status: 'changed', detail: `created the account ${name}, uid ${account.uid}`}
    delete manifest.accounts[name]
    const reason = succeeded(result) ? 'ended well, yet /etc/passwd does not have it' : describeEnd(result)
    return failed(`account ${name}`, `could not create the account ${name}: useradd ${reason}`)
  },
}
