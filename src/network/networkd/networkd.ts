// systemd-networkd: a .network file of ours for each NIC, before those of others in the order in which networkd looks
// for the first that fits.

import type {FileAction} from '../../action.ts'
import type {FileFact, FileTree} from '../../facts/files.ts'
import {isEnabled, networkdAutostart, planAutostart} from '../autostart.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../dialect.ts'
import {isMeaningful} from '../file-edit.ts'
import {activateNetworkd} from './activation.ts'
import {systemdRuns} from './commands.ts'
import {definitionPatterns, isOwnPath, ownDirectory, readDefinitions} from './definitions.ts'
import {defineNic, type Edit, type Ground, giveBackNic, linksOf, spellNic, withdrawNic} from './edits.ts'

const netplan = '/usr/sbin/netplan'

export const networkd: Dialect = {
  name: 'networkd',
  title: 'systemd-networkd',
  otherNames: ['systemd-networkd', 'systemd'],
  // networkd's own account of itself; the directory alone is systemd-tmpfiles' doing.
  serviceMarks: ['/run/systemd/netif/state'],
  landmarks: [systemdRuns, netplan],
  sources: () => [...definitionPatterns, `${ownDirectory}/*.netdev`, networkdAutostart.path],
  render: renderNetworkd,
  activate: activateNetworkd,
  resolvesNames,
}

function renderNetworkd(change: Change, surroundings: Surroundings): Rendering {
  const {files} = surroundings
  const ground = survey(change, surroundings)
  const givenBack = change.giveBack.map(link => giveBackNic(link, ground))
  const edits = [
    ...change.network.nics.map(nic => defineNic(nic, ground)),
    ...change.withdraw.map(link => withdrawNic(link, ground)),
    ...givenBack,
  ]
  const actions = edits.flatMap(edit => edit.files)
  const autostart = planAutostart(networkdAutostart, mustStart(change, actions, surroundings), files)
  const isChanged = (edit: Edit) => edit.files.some(action => isMeaningful(action, files))
  return {
    files: [...actions, ...autostart.files],
    problems: [...edits.flatMap(edit => edit.problems), ...autostart.problems],
    changed: edits.filter(isChanged).map(edit => edit.name),
    restored: [...new Set(givenBack.flatMap(edit => edit.restored))],
  }
}

function survey({network}: Change, surroundings: Surroundings): Ground {
  const {files, originals, systemdVersion, landmarks} = surroundings
  const kept = readDefinitions(othersOriginals(originals))
  const spelled = new Map(network.nics.map(nic => [nic, spellNic(nic, systemdVersion)]))
  return {
    files,
    originals,
    version: systemdVersion,
    hasNetplan: landmarks.has(netplan),
    spelled,
    wanted: new Set([...spelled.values()].flatMap(texts => [...texts.keys()])),
    definitions: readDefinitions(files),
    kept,
    keptForWanted: new Set(
      network.nics.flatMap(nic => linksOf(nic).flatMap(link => kept.alone(link).map(({path}) => path))),
    ),
  }
}

/** The files of others that we took out. */
function othersOriginals(originals: ReadonlyMap<string, FileFact | undefined>): FileTree {
  return new Map(
    [...originals].flatMap(([path, file]) =>
      file === undefined || isOwnPath(path) ? [] : [[path, file] as const],
    ),
  )
}

/** Our drop-in is there as long as a file of ours is to be read and nobody else starts networkd. */
function mustStart({network}: Change, actions: readonly FileAction[], surroundings: Surroundings): boolean {
  if (network.nics.length > 0) return !isEnabled(networkdAutostart, surroundings)
  const {files} = surroundings
  const removed = new Set(actions.flatMap(action => (action.kind === 'remove' ? [action.path] : [])))
  return (
    files.has(networkdAutostart.path) && [...files.keys()].some(path => isOwnPath(path) && !removed.has(path))
  )
}

/**
 * systemd-resolved makes resolv.conf of what networkd tells it: where it is enabled and the file is a link to one of
 * its own, or not there, in which case systemd-tmpfiles makes that link. A plain file it only reads.
 */
function resolvesNames({services, files, resolvConfTarget}: Surroundings): boolean {
  const isItsOwn =
    resolvConfTarget === undefined
      ? !files.has('/etc/resolv.conf')
      : resolvConfTarget.includes('systemd/resolve/')
  return services.has('systemd-resolved') && isItsOwn
}
