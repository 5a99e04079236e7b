// From a change to files: our profiles come, those that stand in their way go, and what was there before us comes back.

import type {FileAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import {isEnabled, networkManagerAutostart, planAutostart} from '../autostart.ts'
import type {Change, Rendering, Surroundings} from '../dialect.ts'
import {isMeaningful, planFile} from '../file-edit.ts'
import {interfaceOf, type LinkName, type Nic} from '../model.ts'
import type {Keyfile} from './keyfile.ts'
import {managedPath, planManaged, readOthersConfiguration} from './managed.ts'
import {placeNames} from './names.ts'
import {choosePriority} from './priority.ts'
import {findProblems, knowsDisabled} from './problems.ts'
import {formatProfiles, profilePaths} from './profile.ts'
import {isBoundTo, profileDirectories, type Rival, readRival, readRivals} from './rivals.ts'

type Scene = Surroundings & {
  /** The configuration without us. */
  others: Keyfile
  /** Where our profiles are, and those that the administrator made. */
  directory: string
  /** The profiles there, and those that are not ours to take away: of this boot, and of packages. */
  rivals: readonly Rival[]
  lasting: readonly Rival[]
  /** Those that we once took away. */
  kept: readonly Rival[]
}

/** What becomes of the files of one NIC. */
type Edit = {nic: LinkName; files: FileAction[]}

/** Spells the profiles. */
export function renderProfiles(change: Change, surroundings: Surroundings): Rendering {
  const scene = setScene(surroundings)
  const {nics, problems} = placeNames(change.network)
  const defined = nics.map(nic => ({nic, files: defineNic(nic, scene)}))
  const taken = new Set(nics.flatMap(nic => ownPaths(nic, scene)))
  const remove = (nic: LinkName, paths: readonly string[]): Edit => {
    return {nic, files: removeAll(scene, new Set(paths.filter(path => !taken.has(path))))}
  }
  const withdrawn = change.withdraw.map(nic =>
    remove(nic, [...ownPaths(nic, scene), ...boundPaths(nic, scene)]),
  )
  const former = change.giveBack.map(nic => remove(nic, ownPaths(nic, scene)))
  const returned = change.giveBack.map(nic => ({nic, files: giveBackNic(nic, nics, scene)}))
  const all: Edit[] = [...withdrawn, ...former, ...returned, ...defined]
  const isWanted = isIdle(surroundings) && (nics.length > 0 || keepsProfiles(all, scene))
  const autostart = planAutostart(networkManagerAutostart, isWanted, surroundings.files)
  return {
    files: [...distinct(all.flatMap(({files}) => files)), ...autostart.files],
    problems: [...problems, ...findProblems(nics, scene), ...autostart.problems],
    changed: namesOf(all.filter(({files}) => files.some(file => isChange(file, scene.files)))),
    restored: [...new Set(returned.flatMap(({nic, files}) => files.map(file => restoredBy(file, nic))))],
  }
}

/** systemd is there and starts no NetworkManager, which would never read the files. */
export function isIdle(surroundings: Surroundings): boolean {
  const isOldName = surroundings.services.has('network-manager')
  return (
    surroundings.systemdVersion !== undefined &&
    !isOldName &&
    !isEnabled(networkManagerAutostart, surroundings)
  )
}

/** Nothing is defined this time, and profiles of ours remain. */
function keepsProfiles(edits: readonly Edit[], {files, directory}: Scene): boolean {
  const removed = new Set(edits.flatMap(edit => edit.files).map(({path}) => path))
  const isKept = (path: string) => path.startsWith(`${directory}/vmcontext-`) && !removed.has(path)
  return files.has(networkManagerAutostart.path) && [...files.keys()].some(isKept)
}

function setScene(surroundings: Surroundings): Scene {
  const {files, originals} = surroundings
  const others = readOthersConfiguration(files)
  const former = [...originals].flatMap(([path, file]) => (file === undefined ? [] : [[path, file] as const]))
  const [directory, ...lasting] = profileDirectories(others)
  return {
    ...surroundings,
    others,
    directory,
    rivals: readRivals(files, [directory]),
    lasting: readRivals(files, lasting),
    kept: readRivals(new Map(former), [directory]),
  }
}

/** Our profiles of a NIC, in place of all that are bound to it. */
function defineNic(nic: Nic, scene: Scene): FileAction[] {
  const {files, others, directory, os} = scene
  const priority = choosePriority(nic, scene)
  const profiles = formatProfiles(nic, {directory, priority, knowsDisabled: knowsDisabled(os)})
  const bound = boundPaths(nic, scene).filter(path => !profiles.has(path))
  return [
    ...removeAll(scene, bound),
    ...[...profiles].flatMap(([path, content]) => planPrivate(files, path, content)),
    ...planManaged(nic, others, files),
  ]
}

/** A profile that anybody may read is not read by NetworkManager: it could hold secrets. */
function planPrivate(files: FileTree, path: string, content: string): FileAction[] {
  const now = files.get(path)
  return now?.content === content && now.mode === 0o600 ? [] : [{kind: 'write', path, content, mode: 0o600}]
}

function isChange(file: FileAction, files: FileTree): boolean {
  const wasUnread = file.path.endsWith('.nmconnection') && ((files.get(file.path)?.mode ?? 0) & 0o077) !== 0
  return wasUnread || isMeaningful(file, files)
}

/**
 * What was bound to a NIC before it was ours comes back, unless somebody has put another file in its place, or it is
 * for another NIC that is ours.
 */
function giveBackNic(nic: LinkName, defined: readonly Nic[], {files, originals, kept}: Scene): FileAction[] {
  return kept
    .filter(rival => isBoundTo(rival, nic) && !files.has(rival.path))
    .filter(rival => !defined.some(other => isBoundTo(rival, other)))
    .map(({path}) => ({kind: 'write', path, ...originals.get(path)!}))
}

/** The interface that a profile is for: the NIC, or the VLAN on it. */
function restoredBy(file: FileAction, {device, vlan}: LinkName): string {
  const rival = file.kind === 'write' ? readRival(file.path, file.content) : undefined
  return rival?.kind === 'vlan' && vlan !== undefined ? vlan.name : device
}

function removeAll({files}: Scene, paths: Iterable<string>): FileAction[] {
  return [...paths].flatMap(path => planFile(files, path, undefined))
}

function ownPaths(nic: LinkName, {directory}: Scene): string[] {
  return [...profilePaths(nic, directory), managedPath(nic)]
}

function boundPaths(nic: LinkName, {rivals}: Scene): string[] {
  return rivals.filter(rival => isBoundTo(rival, nic)).map(({path}) => path)
}

function namesOf(edits: readonly Edit[]): string[] {
  return [...new Set(edits.map(({nic}) => interfaceOf(nic)))]
}

/** Of several deeds for one path the last holds. */
function distinct(files: readonly FileAction[]): FileAction[] {
  return [...new Map(files.map(file => [file.path, file])).values()]
}
