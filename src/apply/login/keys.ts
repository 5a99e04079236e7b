// Keys of an account: installed, revoked, moved to where sshd looks for them, folded.

import {dirname} from 'node:path'
import type {AuthorizeKeysAction, FoldKeysAction} from '../../action/login.ts'
import {editKeys, foldKeys, type OwnedKey} from '../../context/login/authorized-keys-file.ts'
import {chooseKeysPlace, type KeysPlace} from '../../context/login/keys-place.ts'
import {type Account, readAccount} from '../../facts/login/accounts.ts'
import {pathOfPlace, readAuthorizedKeys, writeAuthorizedKeys} from '../../facts/login/authorized-keys.ts'
import type {PlaceRefusal} from '../../facts/login/keys-entry.ts'
import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {enterKeys, ownedKeys, ownedPlaces} from '../../report/owned-keys.ts'
import {failed, type Handler, type Result, type Workshop} from '../workshop.ts'
import {missingAccountCure} from './account-lock.ts'

export const authorizeKeysHandler: Handler<AuthorizeKeysAction> = {
  prepare(action, {system, manifest}) {
    const {account: name, keys, files} = action
    const account = readAccount(system, name)
    const owner = account ?? {...notMadeYet, name, home: `/home/${name}`}
    const place = chooseKeysPlace(files, owner)
    if (place === undefined || keys.length === 0) return
    // A home that useradd did not come to the end of may be closed, and has no keys yet.
    const isMade = account !== undefined && manifest.accounts[name]?.isPending === undefined
    const mayBeThere = isMade || place.startsWith('/')
    const found = mayBeThere ? readAuthorizedKeys(system, owner, place) : undefined
    const text = found !== undefined && 'text' in found ? found.text : ''
    const owned = ownedKeys(manifest.keys, name, place)
    const isBlocked = found !== undefined && !('text' in found)
    enterKeys(manifest.keys, name, place, [
      ...owned,
      ...(isBlocked ? [] : editKeys(text, action, owned).added),
    ])
  },

  perform(action, {system, manifest}) {
    const {account: name, keys, files} = action
    const account = readAccount(system, name)
    if (account === undefined) return missAccount(action, manifest)
    const place = chooseKeysPlace(files, account)
    const others = ownedPlaces(manifest.keys, name).filter(other => other !== place)
    const isNeeded =
      place !== undefined && (keys.length > 0 || ownedPlaces(manifest.keys, name).includes(place))
    // The new place first: whatever hinders, a key that is wanted is somewhere.
    const edits = [
      ...(isNeeded ? [editPlace({system, manifest}, account, place, action)] : []),
      ...others.map(other => clearPlace({system, manifest}, account, other, action, place)),
    ]
    return summarize(edits, name, keys.length > 0 ? 'install the keys for' : 'revoke the keys of')
  },
}

export const foldKeysHandler: Handler<FoldKeysAction> = {
  perform({account: name}, {system, manifest}) {
    const account = readAccount(system, name)
    if (account === undefined) return {status: 'unchanged', detail: `keys of ${name}`}
    const edits = ownedPlaces(manifest.keys, name).map((place): Edit => {
      const found = readAuthorizedKeys(system, account, place)
      if ('reason' in found) return unchanged
      const text = foldKeys(found.text, ownedKeys(manifest.keys, name, place))
      return text === found.text
        ? unchanged
        : write({system}, account, place, text, [`took repeated keys out of ${pathOfPlace(account, place)}`])
    })
    return summarize(edits, name, 'fold the keys of')
  },
}

/** Made in a moment, with a home that has nothing in it yet and a number that nobody has until then. */
const notMadeYet = {uid: -1, gid: -1, shell: ''}

/** What came of one file: what was done to it in words, or what is in the way. */
type Edit = {done: string[]; paths: string[]; refusal?: PlaceRefusal | undefined}
const unchanged: Edit = {done: [], paths: []}

type Records = Pick<Workshop, 'system' | 'manifest'>

/** Makes the wanted keys present where they belong. */
function editPlace(records: Records, account: Account, place: KeysPlace, action: AuthorizeKeysAction): Edit {
  const {manifest, system} = records
  const {name} = account
  const found = readAuthorizedKeys(system, account, place)
  if ('reason' in found) return {...unchanged, refusal: found}
  const owned = ownedKeys(manifest.keys, name, place)
  const {text, added, revoked} = editKeys(found.text, action, owned)
  const done = [
    ...(added.length > 0 ? [`installed ${count(added.length, 'key')} for ${name}`] : []),
    ...(revoked.length > 0 ? [`revoked ${count(revoked.length, 'key')} of ${name}`] : []),
  ]
  const edit = text === found.text ? unchanged : write(records, account, place, text, done)
  if (edit.refusal === undefined) enterKeys(manifest.keys, name, place, [...settle(owned, action), ...added])
  return edit
}

/** What stays ours, with the lines that the context now gives. */
function settle(owned: readonly OwnedKey[], {keys, revokes}: AuthorizeKeysAction): OwnedKey[] {
  const wanted = owned.map(key => keys.find(({blob}) => blob === key.blob))
  return owned.flatMap((key, index) => wanted[index] ?? (revokes ? [] : [key]))
}

/** Takes what is ours out of a file in which sshd looks no longer, or keys no longer belong. */
function clearPlace(
  records: Records,
  account: Account,
  place: KeysPlace,
  {keys, revokes}: AuthorizeKeysAction,
  newPlace: KeysPlace | undefined,
): Edit {
  const {manifest, system} = records
  const {name} = account
  const found = readAuthorizedKeys(system, account, place)
  if ('reason' in found) return {...unchanged, refusal: found}
  const isWanted = ({blob}: OwnedKey) => keys.some(key => key.blob === blob)
  const owned = ownedKeys(manifest.keys, name, place)
  // What is wanted has moved, if there is anywhere to move to.
  const gone = owned.filter(key => (isWanted(key) ? newPlace !== undefined : revokes))
  const {text} = editKeys(found.text, {keys: [], revokes: true}, gone)
  const done = [`took ${count(gone.length, 'key')} of ${name} out of ${pathOfPlace(account, place)}`]
  const edit = text === found.text ? unchanged : write(records, account, place, text, done)
  if (edit.refusal === undefined)
    enterKeys(
      manifest.keys,
      name,
      place,
      owned.filter(key => !gone.includes(key)),
    )
  return edit
}

function write(
  {system}: Pick<Workshop, 'system'>,
  account: Account,
  place: KeysPlace,
  text: string,
  done: string[],
): Edit {
  const refusal = writeAuthorizedKeys(system, account, place, text)
  return refusal === undefined ? {done, paths: listPaths(account, place)} : {...unchanged, refusal}
}

/** For labels: the directories may be new, too. */
function listPaths(account: Account, place: KeysPlace): string[] {
  if (place.startsWith('/')) return [dirname(place), place]
  const parts = place.split('/')
  return parts.map((_, index) => pathOfPlace(account, parts.slice(0, index + 1).join('/')))
}

function missAccount({account: name, keys}: AuthorizeKeysAction, {keys: owned}: Records['manifest']): Result {
  if (keys.length > 0)
    return failed(
      `keys for ${name}`,
      `could not install the keys for ${name}: there is no such account`,
      missingAccountCure(name),
    )
  delete owned[name]
  return {status: 'unchanged', detail: `keys of ${name}, who is gone`}
}

function summarize(edits: readonly Edit[], name: string, deed: string): Result {
  const done = edits.flatMap(edit => edit.done)
  const paths = edits.flatMap(edit => edit.paths)
  const refusals = edits.flatMap(({refusal}) => refusal ?? [])
  const detail = done.length === 0 ? `keys for ${name}` : done.join(', ')
  if (refusals.length > 0) {
    const problems = refusals.map(({path, reason, expected}): Problem => {
      const cure = `make ${path} what sshd expects: ${expected}`
      return {code: 'deed-failed', message: `could not ${deed} ${name}: ${reason}`, cure}
    })
    return {status: 'failed', detail, paths, problems}
  }
  return {status: paths.length > 0 ? 'changed' : 'unchanged', detail, paths}
}
