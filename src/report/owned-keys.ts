// The keys that the agent installed, as the manifest has them: by account, by place, as the lines that it wrote.

import {parseKey} from '../context/login/authorized-key.ts'
import type {OwnedKey} from '../context/login/authorized-keys-file.ts'
import {defaultPlace, type KeysPlace} from '../context/login/keys-place.ts'

export type OwnedKeys = Record<string, Record<KeysPlace, string[]>>

/** Gives the keys that are ours in a place of an account. */
export function ownedKeys(keys: OwnedKeys, account: string, place: KeysPlace): OwnedKey[] {
  return (keys[account]?.[place] ?? []).map(line => {
    const key = parseKey(line)
    // A bare blob, as the first manifests had them.
    return typeof key === 'string' ? {blob: line} : {blob: key.blob, line}
  })
}

/** Gives the places where keys of an account are ours. */
export function ownedPlaces(keys: OwnedKeys, account: string): KeysPlace[] {
  return Object.keys(keys[account] ?? {})
}

/** Enters the keys that are ours in a place; an account without any leaves the manifest. */
export function enterKeys(
  keys: OwnedKeys,
  account: string,
  place: KeysPlace,
  owned: readonly OwnedKey[],
): void {
  const lines = new Map(owned.map(({blob, line}) => [blob, line ?? blob]))
  const places = {...keys[account], [place]: [...lines.values()]}
  if (lines.size === 0) delete places[place]
  if (Object.keys(places).length === 0) delete keys[account]
  else keys[account] = places
}

/** Reads what a manifest has, of this version or of the first ones, which knew one place and noted blobs alone. */
export function readOwnedKeys(value: Record<string, unknown>): OwnedKeys {
  return Object.fromEntries(
    Object.entries(value).map(([account, places]) => [
      account,
      Array.isArray(places) ? {[defaultPlace]: places} : (places as OwnedKeys[string]),
    ]),
  )
}
