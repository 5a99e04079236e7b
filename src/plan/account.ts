// The account step: USERNAME is created if it is missing and never reshaped if it is there.

import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

/** The shells that an account may get, in the order in which they are tried (contract §3). */
export function shellChoices(wanted: string | undefined): string[] {
  return [...(wanted === undefined ? [] : [wanted]), '/bin/bash', '/bin/sh']
}

/** Plans the account that the context names. root is there anyway. */
export function planAccount({context, contextProblems, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.account]
  const name = context?.username
  if (name === undefined || name === 'root') return nothingAsked(problems)
  const shell = shellChoices(context?.shell).find(path => facts.shells.includes(path)) ?? '/bin/sh'
  const request = {name, shell}
  if (context?.shell !== undefined && shell !== context.shell) {
    const message = `there is no shell ${JSON.stringify(context.shell)} here; ${name} gets ${shell}`
    problems.push({code: 'value-adjusted', file: context.file, key: 'USERNAME_SHELL', message})
  }
  if (facts.accounts.some(account => account.name === name))
    return {summary: name, actions: [], problems, request}
  // useradd refuses to make a group that is there already; the account joins it.
  const group = facts.groups.includes(name) ? name : undefined
  return {summary: name, actions: [{kind: 'create-account', name, shell, group}], problems, request}
}
