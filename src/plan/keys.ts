// The keys step: who may log in. Keys that an earlier context installed and this one does not name are revoked.

import type {AuthorizeKeysAction, ByteText} from '../action.ts'
import {editKeys} from '../context/authorized-keys-file.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

/** Plans the keys of every account that the context names, and the revocation of those it no longer names. */
export function planKeys({context, contextProblems, manifest, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.keys]
  // Without a context nothing is known to be unwanted.
  if (context === undefined) return nothingAsked(problems)
  const revokes = context.keysAreKnown
  const wanted = [...context.keys].filter(([, keys]) => keys.length > 0)
  const forgotten = revokes ? Object.keys(manifest.keys).filter(account => !context.keys.has(account)) : []
  const actions = [...wanted, ...forgotten.map(account => [account, []] as const)].map(
    ([account, keys]): AuthorizeKeysAction => ({kind: 'authorize-keys', account, keys, revokes}),
  )
  if (actions.length === 0) return nothingAsked(problems)
  const isDone = (action: AuthorizeKeysAction) =>
    hasExactly(facts.authorizedKeys.get(action.account), action, manifest.keys[action.account] ?? [])
  const summary = wanted.map(([account, keys]) => `${keys.length} for ${account}`).join(', ')
  const left = actions.filter(action => !isDone(action))
  return {summary: summary || 'none', actions: left, problems, request: {wanted, forgotten, revokes}}
}

/** Nothing is to be added, revoked or forgotten. */
function hasExactly(
  text: ByteText | undefined,
  action: AuthorizeKeysAction,
  owned: readonly string[],
): boolean {
  const isWanted = (blob: string) => action.keys.some(key => key.blob === blob)
  if (text === undefined || (action.revokes && !owned.every(isWanted))) return false
  return editKeys(text, action, owned).text === text
}
