// The password step: what the context gives is set once. Whoever changes it afterwards keeps the new one, until the
// context gives another.

import type {SetPasswordAction} from '../../action/login.ts'
import type {Problem} from '../../problem.ts'
import {isSetLast} from '../../report/set-password.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'

/** Plans the password of the account that the context is for. A context that gives none leaves it as it is. */
export function planPassword(input: PlanInput): StepPlan {
  const {context, contextProblems, facts, manifest, isForced} = input
  const problems = [...contextProblems.password]
  const password = context?.password
  if (context === undefined || password === undefined) return nothingAsked(problems)
  const name = context.username ?? 'root'
  const refusal = refuse(input, name)
  if (refusal !== undefined) return nothingAsked([...problems, {...password.place, ...refusal}])
  const last = manifest.passwords[name]
  // An account that was removed by hand and comes anew has none.
  const isThere = facts.accounts.some(account => account.name === name)
  const isDone = isThere && isSetLast(last, password)
  const {kind, secret} = password
  const action: SetPasswordAction = {kind: 'set-password', account: name, password: {kind, secret}}
  const actions = isDone && !isForced ? [] : [action]
  // The record tells whether it is another one than the last: nothing of a password goes into a digest.
  return {summary: `of ${name}`, actions, problems, request: {name}, isOpen: !isDone}
}

function refuse(
  {context, facts}: PlanInput,
  name: string,
): Pick<Problem, 'code' | 'message' | 'cure'> | undefined {
  if (facts.accounts.some(account => account.name === name && account.isElsewhere)) {
    const message = `${name} is an account of a directory service, whose password is not set from here`
    return {code: 'value-ignored', message, cure: 'change it in the directory'}
  }
  if (facts.login.knowsScheme) return undefined
  const scheme = context?.password?.scheme
  const message = `the C library of this guest does not know hashes that begin with ${scheme}, nobody could log in with it; the password stays as it is`
  return {code: 'value-rejected', message, cure: 'give a hash made with openssl passwd -6'}
}
