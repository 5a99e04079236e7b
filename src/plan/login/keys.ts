// The keys step: who may log in. Keys that an earlier context installed and this one does not name are revoked.

import type {AuthorizedKey, AuthorizeKeysAction} from '../../action/login.ts'
import {editKeys, type KeysEdit} from '../../context/login/authorized-keys-file.ts'
import {defaultKeysFiles, refuseKeysFiles} from '../../context/login/keys-place.ts'
import type {KeysFacts} from '../../facts/login/keys-facts.ts'
import type {UnaskedAccount} from '../../facts/login/name-service.ts'
import type {Problem} from '../../problem.ts'
import type {Manifest} from '../../report/manifest.ts'
import {ownedKeys, ownedPlaces} from '../../report/owned-keys.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {findObstacles} from './keys-obstacles.ts'

/** Plans the keys of every account that the context names, and the revocation of those it no longer names. */
export function planKeys({context, contextProblems, manifest, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems.keys]
  // Without a context nothing is known to be unwanted.
  if (context === undefined) return nothingAsked(problems)
  const revokes = context.keysAreKnown
  const wanted = [...context.keys].filter(([, keys]) => keys.length > 0)
  const unnamed = revokes ? Object.keys(manifest.keys).filter(account => !context.keys.has(account)) : []
  const {forgotten, hidden} = splitUnnamed(unnamed, facts.unaskedAccounts)
  problems.push(...hidden.map(describeHidden))
  const actions = [...wanted, ...forgotten.map(account => [account, []] as const)].map(
    ([account, keys]): AuthorizeKeysAction => {
      const {files} = factsOf(facts.authorizedKeys, account)
      return {kind: 'authorize-keys', account, keys, revokes, files}
    },
  )
  if (actions.length === 0) return nothingAsked(problems)
  for (const [account] of wanted)
    problems.push(...findObstacles(account, factsOf(facts.authorizedKeys, account), facts.sshd.settings))
  const summary = wanted.map(([account, keys]) => `${keys.length} for ${account}`).join(', ')
  const left = actions.filter(
    action => !isDone(action, factsOf(facts.authorizedKeys, action.account), manifest),
  )
  const files = actions.map(action => action.files.paths)
  return {
    summary: summary || 'none',
    actions: left,
    problems,
    request: {wanted, forgotten, revokes, files},
  }
}

/** An account that cannot be found now is not one that is gone: its keys are still ours, and still let somebody in. */
function splitUnnamed(unnamed: readonly string[], unasked: readonly UnaskedAccount[]) {
  const hidden = unasked.filter(({name}) => unnamed.includes(name))
  return {hidden, forgotten: unnamed.filter(account => hidden.every(({name}) => name !== account))}
}

function describeHidden({name, sources}: UnaskedAccount): Problem {
  const asked = `${sources.join(' and ')} of nsswitch.conf cannot be asked for ${name} now`
  const cure = 'run vmcontext boot --only keys once the directory answers'
  return {code: 'keys-refused', message: `the keys of ${name} are not revoked yet: ${asked}`, cure}
}

/** What an action would add to the place where the keys of its account are, and take out of any. */
export function previewKeys(
  action: AuthorizeKeysAction,
  facts: ReadonlyMap<string, KeysFacts>,
  manifest: Manifest,
): Pick<KeysEdit, 'added' | 'revoked'> {
  const {account, keys, revokes} = action
  const {place, text = ''} = factsOf(facts, account)
  const others = ownedPlaces(manifest.keys, account).filter(other => other !== place)
  const isWanted = (blob: string) => keys.some(key => key.blob === blob)
  const elsewhere = others.flatMap(other => ownedKeys(manifest.keys, account, other).map(({blob}) => blob))
  const gone = revokes ? elsewhere.filter(blob => !isWanted(blob)) : []
  if (refuseKeysFiles(action.files) !== undefined) return {added: [], revoked: gone}
  const {added, revoked} = editKeys(
    text,
    action,
    place === undefined ? [] : ownedKeys(manifest.keys, account, place),
  )
  return {added, revoked: [...new Set([...revoked, ...gone])]}
}

const nothingKnown: KeysFacts = {files: defaultKeysFiles, rivals: [], loose: []}

function factsOf(facts: ReadonlyMap<string, KeysFacts>, account: string): KeysFacts {
  return facts.get(account) ?? nothingKnown
}

/** Nothing is to be added, revoked, moved or forgotten. */
function isDone(action: AuthorizeKeysAction, {place, text}: KeysFacts, {keys: ownedHere}: Manifest): boolean {
  const isWanted = ({blob}: Pick<AuthorizedKey, 'blob'>) => action.keys.some(key => key.blob === blob)
  const isLeft = (other: string) =>
    !action.revokes || ownedKeys(ownedHere, action.account, other).every(isWanted)
  const places = ownedPlaces(ownedHere, action.account)
  if (refuseKeysFiles(action.files) !== undefined) return places.every(isLeft)
  if (place === undefined || text === undefined || places.some(other => other !== place)) return false
  return isLeft(place) && editKeys(text, action, ownedKeys(ownedHere, action.account, place)).text === text
}
