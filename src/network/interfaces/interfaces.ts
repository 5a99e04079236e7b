// ifupdown: Debian to 12, Ubuntu to 16.04, Devuan; its heirs ifupdown2 and ifupdown-ng, and busybox. One file for all
// interfaces, and those that it sources. What says nothing of our NICs keeps its bytes.

import type {FileAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../dialect.ts'
import {planFile} from '../file-edit.ts'
import {isRenamed} from '../former.ts'
import {activateByIfup} from '../ifup.ts'
import {interfacesOf} from '../model.ts'
import {collectDefinitions} from './definition.ts'
import {clientLandmarks, findMissingClients} from './dhcp-clients.ts'
import {type Entry, listEntries} from './entries.ts'
import {formatInterfaces} from './interfaces-file.ts'
import {placeStanzas} from './placement.ts'
import {releaseUnits} from './release.ts'
import {findPatterns, isChosen, selectingWords} from './selection.ts'
import {
  defaultDirectory,
  type InterfacesFile,
  mainPath,
  readFreshFiles,
  readSourcedFiles,
  sourcePatterns,
} from './sources.ts'
import {withdrawNames} from './withdrawal.ts'

/** Where the programs of ifupdown-ng lie. */
const ngPrograms = '/usr/libexec/ifupdown-ng'

/** Who hands `dns-nameservers` on when an interface comes up: scripts of resolvconf, openresolv and ifupdown. */
const resolvconfHook = '/etc/network/if-up.d/000resolvconf'
const resolvedHook = '/etc/network/if-up.d/resolved'

/** ifupdown's; that of busybox and ifupdown-ng. */
const stateFiles = ['/run/network/ifstate', '/run/ifstate']

export const interfaces: Dialect = {
  name: 'interfaces',
  title: 'ifupdown',
  otherNames: ['ifupdown', 'ifupdown2', 'ifupdown-ng'],
  stateFiles,
  // The last is ifupdown2's.
  serviceMarks: [...stateFiles, '/run/network/ifstatelock'],
  landmarks: [ngPrograms, resolvconfHook, '/sbin/resolvconf', resolvedHook, ...clientLandmarks],
  sources: known => [mainPath, `${defaultDirectory}/*`, ...sourcePatterns(known)],
  render: renderInterfaces,
  activate: activateByIfup,
  resolvesNames: ({landmarks, services}) =>
    (landmarks.has(resolvconfHook) && landmarks.has('/sbin/resolvconf')) ||
    (landmarks.has(resolvedHook) && services.has('systemd-resolved')),
}

function renderInterfaces(change: Change, surroundings: Surroundings): Rendering {
  const {files, landmarks} = surroundings
  const hasLeases = change.network.nics.some(({ipv4}) => ipv4?.method === 'dhcp')
  const entries = change.network.nics.flatMap(nic => listEntries(nic, {landmarks, hasLeases}))
  const taken = new Set(entries.map(({name}) => name))
  const giveBack = change.giveBack.flatMap(interfacesOf).filter(name => !taken.has(name))
  const withdraw = change.withdraw.flatMap(interfacesOf).filter(name => !taken.has(name))
  const before = readSourcedFiles(files)
  const released = releaseUnits(before, {entries, giveBack, withdraw}, surroundings)
  const after = define(withdrawNames(released, withdraw), entries, files, landmarks.has(ngPrograms))
  const [was, is] = [definitionsIn(before), definitionsIn(after)]
  const changed = [...taken, ...giveBack, ...withdraw].filter(name => was.get(name) !== is.get(name))
  const chosen = after.flatMap(({blocks}) => blocks.flatMap(selectingWords))
  const renamed = change.giveBack.filter(link => isRenamed(link, change.network)).flatMap(interfacesOf)
  const comesUp = (name: string) =>
    !renamed.includes(name) &&
    chosen.some(word => isChosen(name, word) && (is.has(name) || word.includes('=')))
  return {
    files: planFiles(before, after, files),
    problems: [
      ...after.flatMap(file => findPatterns(file, [...taken])),
      ...findMissingClients(change.network, landmarks),
    ],
    changed,
    restored: giveBack.filter(name => changed.includes(name) && comesUp(name)),
  }
}

function define(
  files: readonly InterfacesFile[],
  entries: readonly Entry[],
  tree: FileTree,
  readsFirstNameOnly: boolean,
): readonly InterfacesFile[] {
  if (entries.length === 0) return files
  return placeStanzas(files.length > 0 ? files : readFreshFiles(tree), entries, readsFirstNameOnly)
}

/** A file that was ours from the first byte goes with the last NIC. */
function planFiles(
  before: readonly InterfacesFile[],
  after: readonly InterfacesFile[],
  tree: FileTree,
): FileAction[] {
  const texts = new Map(after.map(({path, blocks}) => [path, formatInterfaces(blocks)]))
  const paths = new Set([...after, ...before].map(({path}) => path))
  return Array.from(paths).flatMap(path => planFile(tree, path, texts.get(path)))
}

function definitionsIn(files: readonly InterfacesFile[]): ReadonlyMap<string, string> {
  return collectDefinitions(files.flatMap(file => file.blocks))
}
