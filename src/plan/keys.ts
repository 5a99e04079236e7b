// The keys step: who may log in. Keys that an earlier context installed and this one does not name are revoked.

import type {AuthorizedKey, AuthorizeKeysAction, ByteText} from '../action.ts'
import {editKeys} from '../context/authorized-keys-file.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

/** Plans the keys of every account that the context names, and the revocation of those it no longer names. */
export function planKeys({context, contextProblems, manifest, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.keys]
  // Without a context nothing is known to be unwanted. A refused USERNAME leaves the old keys in place likewise:
  // nobody shall be locked out by a typing error.
  if (context === undefined || contextProblems.account.length > 0) return nothingAsked(problems)
  const wanted = [...context.keys].filter(([, keys]) => keys.length > 0)
  const actions = wanted.map(
    ([account, keys]): AuthorizeKeysAction => ({kind: 'authorize-keys', account, keys}),
  )
  const isRead = (account: string) => context.keys.has(account)
  for (const account of Object.keys(manifest.keys)) {
    if (!isRead(account)) actions.push({kind: 'authorize-keys', account, keys: []})
  }
  if (actions.length === 0) return nothingAsked(problems)
  const isDone = ({account, keys}: AuthorizeKeysAction) =>
    hasExactly(facts.authorizedKeys.get(account), keys, manifest.keys[account] ?? [])
  const summary = wanted.map(([account, keys]) => `${keys.length} for ${account}`).join(', ')
  const request = {wanted, revoked: actions.filter(({keys}) => keys.length === 0).map(({account}) => account)}
  const left = actions.filter(action => !isDone(action))
  return {summary: summary === '' ? 'none' : summary, actions: left, problems, request}
}

/** Nothing is to be added, revoked or forgotten. */
function hasExactly(
  text: ByteText | undefined,
  keys: readonly AuthorizedKey[],
  owned: readonly string[],
): boolean {
  if (text === undefined || owned.some(blob => keys.every(key => key.blob !== blob))) return false
  return editKeys(text, keys, owned).text === text
}
