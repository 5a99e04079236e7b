// Files of the manifest: what stood there before the agent came returns, from the kept copy.

import type {Problem} from '../../problem.ts'
import {
  hashBytes,
  type KeptCopy,
  type KeptLink,
  keptPath,
  type Manifest,
  type OwnedFile,
} from '../../report/manifest.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import type {Concern, GiveBackDeed, GiveBackOptions} from './deeds.ts'
import {recallHosts} from './hosts.ts'
import {returnOriginal} from './original.ts'
import {settlePlace} from './place.ts'

export type Plan = {deeds: GiveBackDeed[]; problems: Problem[]}
export const nothing: Plan = {deeds: [], problems: []}

/** Plans what becomes of one file. Nothing if what stood there before stands there again. */
export function planFile(
  system: System,
  manifest: Manifest,
  path: string,
  concern: Concern,
  {changed}: Pick<GiveBackOptions, 'changed'>,
): Plan {
  const entry = manifest.files[path]!
  const found = settlePlace(system, path, {followsEnd: entry.link === undefined && entry.sha256 !== null})
  if ('obstacle' in found) return refuse(path, `${found.obstacle}, so this stays as it is`)
  return unlessRefused(
    () => planSettled(system, manifest, {...found, concern, entry, changed, named: path}),
    refusal => refuse(path, `${refusal.message}, so this stays as it is`),
  )
}

type Case = {
  entry: OwnedFile
  /** The name it has in the manifest. */
  named: string
  path: string
  inside?: string | undefined
  concern: Concern
  changed: GiveBackOptions['changed']
}

function planSettled(system: System, manifest: Manifest, each: Case): Plan {
  const {entry, path, changed} = each
  const now = readState(system, path)
  if (isSame(now, entry.previous)) return nothing
  if (isSame(now, asLeft(entry)) || changed === 'replace') return planReturn(system, each)
  const merged = recallHosts(system, manifest, path)
  if (merged !== undefined) return merged
  return refuse(path, 'somebody has changed this since, so it stays as it is', describeKept(entry))
}

/** A file by its hash, a link by its target; null: nothing. */
type State = {sha256: string | null; link?: string | undefined} | null

function readState({files}: System, path: string): State {
  const link = files.readLink(path)
  if (link !== undefined) return {sha256: null, link}
  const bytes = files.read(path)
  return bytes === undefined ? null : {sha256: hashBytes(bytes)}
}

function asLeft({sha256, link}: OwnedFile): State {
  return sha256 === null && link === undefined ? null : {sha256, link}
}

function isSame(one: State, other: State | KeptCopy | KeptLink): boolean {
  if (one === null || other === null) return one === other
  return (one.sha256 ?? undefined) === (other.sha256 ?? undefined) && one.link === other.link
}

function planReturn(system: System, {entry, path, named, inside, concern}: Case): Plan {
  const found = returnOriginal(system, {path, inside}, entry.previous)
  if ('missing' in found) {
    const message = `the copy of what stood here before is missing or damaged (${found.missing}), so this stays as it is`
    return refuse(named, message)
  }
  return {deeds: [{...found.deed, concerns: concern}], problems: describeOverwritten(named, entry)}
}

function describeKept({previous}: OwnedFile): string | undefined {
  if (previous === null) return 'nothing stood there before; remove it if nobody needs it'
  return previous.sha256 === undefined
    ? `before, it was a link to ${previous.link}`
    : `what stood there before is ${keptPath(previous)}`
}

function describeOverwritten(file: string, {overwritten = []}: OwnedFile): Problem[] {
  const copies = overwritten.flatMap(each => (each.sha256 === undefined ? [] : [keptPath(each)]))
  if (copies.length === 0) return []
  const message = `what others wrote here in between stays as ${copies.join(' and ')}`
  return [{code: 'deed-left-out', file, message}]
}

function refuse(file: string, message: string, cure?: string): Plan {
  return {deeds: [], problems: [{code: 'deed-left-out', file, message, cure}]}
}
