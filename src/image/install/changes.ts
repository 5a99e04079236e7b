// From what is wanted and what stands there to deeds and to the record: what is replaced, kept, taken away.

import {dirname} from 'node:path'
import type {KeptCopy, KeptLink} from '../../report/manifest.ts'
import {keptDirectory, stateDirectory} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import {returnOriginal} from '../give-back/original.ts'
import {type Found, findEntry, hashWanted, isAsLeft, isAsWanted, isPrevious} from './found.ts'
import type {InstalledFile, InstallRecord} from './record.ts'
import type {Wanted} from './wanted.ts'

export type Changes = {
  /** Copies that are kept come first; then what is put, removed, given back. */
  keep: readonly Deed[]
  deeds: readonly Deed[]
  /** As it is to be when all is done; with `former` while it is not. */
  files: Record<string, InstalledFile>
  /** For a person: whose file was replaced, and where its copy is. */
  notes: readonly string[]
  /** Why nothing can be done. */
  obstacles: readonly string[]
}

/** Plans the changes of files that are wholly ours. `isLeft` tells which of those recorded are not ours any more. */
export function planChanges(
  system: System,
  wanted: readonly Wanted[],
  record: InstallRecord,
  isLeft: (path: string) => boolean = () => false,
): Changes {
  const collector: Collector = {system, keep: [], deeds: [], notes: [], obstacles: []}
  const files: Record<string, InstalledFile> = {}
  for (const each of wanted) {
    const entry = planOne(collector, each, record.files[each.path], files)
    if (entry !== undefined) files[each.path] = entry
  }
  for (const [path, entry] of Object.entries(record.files)) {
    if (path in files || wanted.some(each => each.path === path)) continue
    if (!isLeft(path)) planRemoval(collector, path, entry)
  }
  const {keep, deeds, notes, obstacles} = collector
  return {keep, deeds, notes, obstacles, files}
}

type Collector = Omit<Changes, 'files'> & {
  system: System
  keep: Deed[]
  deeds: Deed[]
  notes: string[]
  obstacles: string[]
}

/** Keeps what stands at a path, and gives what the record says of it. */
function keepFound({system, keep}: Collector, path: string, found: Found): KeptCopy | KeptLink | null {
  if (found.kind === 'link') return {link: found.target}
  if (found.kind !== 'file') return null
  const {sha256, mode, owner} = found
  const copy = `${keptDirectory}/${sha256}`
  if (system.files.status(copy) === undefined) {
    const content = system.files.read(path) ?? ''
    keep.push({kind: 'write', path: copy, content, mode: 0o600, reason: `what stood in ${path}`})
  }
  return {sha256, mode, uid: owner.uid, gid: owner.gid}
}

/** What stood there before us comes back; without its copy nothing can. */
function giveBack(
  {system, deeds, notes}: Collector,
  path: string,
  previous: KeptCopy | KeptLink,
  reason: string,
): void {
  const original = returnOriginal(system, {path}, previous)
  if ('deed' in original) deeds.push({...original.deed, reason})
  else {
    deeds.push({kind: 'remove', path, reason})
    notes.push(`what stood in ${path} before cannot be given back: there is no ${original.missing}`)
  }
}

function planOne(
  collector: Collector,
  wanted: Wanted,
  recorded: InstalledFile | undefined,
  others: Readonly<Record<string, InstalledFile>>,
): InstalledFile | undefined {
  const {path} = wanted
  const found = findEntry(collector.system.files, path)
  if (wanted.isExample && found.kind !== 'nothing') return recorded
  if (wanted.kind === 'file' && isMask(found)) {
    collector.notes.push(`${path} is masked (a link to /dev/null), and stays so`)
    return recorded
  }
  if (found.kind === 'other') {
    collector.obstacles.push(`${path} is no file, so the agent's cannot be put there`)
    return undefined
  }
  const sha256 = hashWanted(wanted)
  const own = wanted.kind === 'link' ? {link: wanted.target} : {sha256}
  if (isAsWanted(found, wanted, sha256)) {
    // The link of the manual started the script of 2.2, and will do so again.
    const leadsTo = found.kind === 'link' ? others[collector.system.files.followLinks(path)] : undefined
    const isFromBefore = recorded === undefined && (leadsTo?.previous ?? null) !== null
    return {...own, previous: isFromBefore ? {link: own.link!} : (recorded?.previous ?? null)}
  }
  collector.deeds.push(toDeed(wanted))
  if (recorded !== undefined && isAsLeft(found, recorded))
    return withFormer({...own, previous: recorded.previous}, found)
  if (found.kind === 'nothing') return {...own, previous: recorded?.previous ?? null}
  // A program of the same name is another release of this one, put there by hand.
  if (wanted.kind === 'copy') return {...own, previous: null}
  const kept = keepFound(collector, path, found)
  const isFromBefore = recorded === undefined || isPrevious(found, recorded)
  const whose = isFromBefore ? 'was there before' : 'has been changed since it was installed'
  collector.notes.push(`${path} ${whose}; what it was is kept${describeKept(kept)}`)
  return {...own, previous: recorded === undefined ? kept : recorded.previous}
}

function describeKept(kept: KeptCopy | KeptLink | null): string {
  if (kept?.link !== undefined) return `: a link to ${kept.link}`
  return ` as ${keptDirectory}/${kept?.sha256}`
}

/** As systemd and udev have it: somebody has said that there shall be nothing of this name. */
function isMask(found: Found): boolean {
  return found.kind === 'link' && found.target === '/dev/null'
}

/** Until all is done, what is replaced is ours as well: a run that is killed leaves some of it. */
function withFormer(entry: InstalledFile, found: Found): InstalledFile {
  const former = found.kind === 'link' ? found.target : found.kind === 'file' ? found.sha256 : undefined
  return [entry.sha256, entry.link].includes(former) ? entry : {...entry, former}
}

function toDeed(wanted: Wanted): Deed {
  const {path, reason} = wanted
  if (wanted.kind === 'link') return {kind: 'link', path, target: wanted.target, reason}
  if (wanted.kind === 'copy') return {kind: 'copy', path, from: wanted.from, mode: wanted.mode, reason}
  return {kind: 'write', path, content: wanted.content, mode: wanted.mode, reason}
}

/** What an earlier version had installed and this one has not. */
function planRemoval(collector: Collector, path: string, entry: InstalledFile): void {
  const found = findEntry(collector.system.files, path)
  if (found.kind === 'nothing' || found.kind === 'other' || isMask(found)) return
  if (!isAsLeft(found, entry)) {
    const kept = keepFound(collector, path, found)
    collector.notes.push(
      `${path} has been changed since it was installed; what it was is kept${describeKept(kept)}`,
    )
  }
  const reason = 'no longer a part of the agent'
  if (entry.previous === null) collector.deeds.push({kind: 'remove', path, reason})
  else giveBack(collector, path, entry.previous, reason)
}

/** The directories that hold the records, for their owner alone. */
export function planStateDirectories(): Deed[] {
  return [stateDirectory, keptDirectory].map(path => ({
    kind: 'make-directory',
    path,
    mode: 0o700,
    reason: dirname(path) === stateDirectory ? 'for what is replaced' : "for the agent's records",
  }))
}
