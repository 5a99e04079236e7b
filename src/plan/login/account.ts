// The account step: USERNAME is created if it is missing and never reshaped if it is there.

import type {Facts} from '../../facts/facts.ts'
import type {Account} from '../../facts/login/accounts.ts'
import type {UnaskedAccount} from '../../facts/login/name-service.ts'
import type {Problem} from '../../problem.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'

/** The shells that an account may get, in the order in which they are tried (contract §3). */
export function shellChoices(wanted: string | undefined): string[] {
  // Whatever has a colon in it would be two fields of passwd(5).
  const isPath = wanted !== undefined && /^\/[^:]+$/.test(wanted)
  return [...(isPath ? [wanted] : []), '/bin/bash', '/bin/sh']
}

/** Tells whether an account is there for a service, and not for a person. */
export function isServiceAccount({uid}: Account, {login}: Facts): boolean {
  return uid !== 0 && (uid < login.firstUid || uid === nobody)
}

/** 65534, or its older spelling in 16 bits. */
const nobody = 65534

/** Plans the account that the context names. root is there anyway. */
export function planAccount({context, contextProblems, facts, manifest}: PlanInput): StepPlan {
  const problems = [...contextProblems.account]
  const name = context?.username
  if (context === undefined || name === undefined || name === 'root') return nothingAsked(problems)
  const shell = shellChoices(context.shell).find(path => facts.shells.includes(path)) ?? '/bin/sh'
  const account = facts.accounts.find(each => each.name === name)
  const request = {name, shell}
  const place = {file: context.file, key: 'USERNAME'}
  if (account !== undefined) {
    const made = manifest.accounts[name]
    // Of one that we made we know the shell.
    if (made === undefined) problems.push(...describeLogin(account, facts, place))
    // A run was killed over it. Of its name somebody else may have made another since then.
    const isHalf = made?.isPending === true && !account.isElsewhere && !isServiceAccount(account, facts)
    const actions = isHalf ? [{kind: 'create-account', name, shell} as const] : []
    return {summary: name, actions, problems, request}
  }
  const unasked = facts.unaskedAccounts.find(each => each.name === name)
  if (unasked !== undefined) problems.push({...place, ...describeDoubt(unasked)})
  if (unasked?.homeOwner !== undefined) return nothingAsked(problems)
  if (context.shell !== undefined && shell !== context.shell) {
    const message = `there is no shell ${JSON.stringify(context.shell)} here; ${name} gets ${shell}`
    problems.push({code: 'value-adjusted', file: context.file, key: 'USERNAME_SHELL', message})
  }
  // useradd refuses to make a group that is there already; the account joins it.
  const group = facts.groups.includes(name) ? name : undefined
  // One that was removed meanwhile is made again.
  const actions = [{kind: 'create-account', name, shell, group} as const]
  return {summary: name, actions, problems, request, isOpen: true}
}

/** An account that lets nobody in stays so; who named it in a context may expect something else. */
function describeLogin({name, shell}: Account, {live}: Facts, place: object): Problem[] {
  if (!/\/(nologin|false)$/.test(shell)) return []
  const message = `${name} is there with the shell ${shell}, which lets nobody log in; it is not changed`
  const cure = live ? `usermod -s /bin/sh ${name}, or name another account` : 'name another account'
  return [{...place, code: 'value-ignored', message, cure}]
}

/** A second account of one name hides the first, whose files it cannot read. */
function describeDoubt({
  name,
  sources,
  homeOwner,
}: UnaskedAccount): Pick<Problem, 'code' | 'message' | 'cure'> {
  const asked = `${sources.join(' and ')} of nsswitch.conf cannot be asked for ${name} now`
  if (homeOwner === undefined) {
    const message = `${asked}; it is taken for missing, and created`
    return {
      code: 'fact-missing',
      message,
      cure: `if a directory has ${name}, remove this one: userdel ${name}`,
    }
  }
  const message = `${asked}, and /home/${name} is in use by the user ${homeOwner}; no account is created beside that one`
  return {code: 'value-rejected', message, cure: 'run vmcontext boot again once the directory answers'}
}
