// What becomes of the files about one NIC.

import type {ByteText, FileAction} from '../../action.ts'
import type {FileFact, FileTree} from '../../facts/files.ts'
import type {Problem} from '../../problem.ts'
import {planFile} from '../file-edit.ts'
import {interfaceOf, type LinkName, type Nic} from '../model.ts'
import {isSignature} from '../signature.ts'
import {
  type Definition,
  type Definitions,
  isOwnPath,
  netdevPath,
  networkPath,
  ownDirectory,
  sortsBefore,
} from './definitions.ts'
import {findLimits} from './limits.ts'
import {formatNetdev, formatNetwork, formatParent, type Version} from './network-file.ts'

/** What is there, and what shall be. */
export type Ground = {
  files: FileTree
  originals: ReadonlyMap<string, FileFact | undefined>
  version: Version
  /** netplan's files in /run come before most of others, and after ours. */
  hasNetplan: boolean
  /** The files of each NIC that is defined, and all their paths. */
  spelled: ReadonlyMap<Nic, ReadonlyMap<string, ByteText>>
  wanted: ReadonlySet<string>
  definitions: Definitions
  /** Definitions that we once took out, and the paths of those that are about NICs that are defined. */
  kept: Definitions
  keptForWanted: ReadonlySet<string>
}

/** What is done about one interface. */
export type Edit = {name: string; files: FileAction[]; problems: Problem[]}

/** The files of a NIC: one, and two more for a VLAN on it. */
export function spellNic(nic: Nic, version: Version): ReadonlyMap<string, ByteText> {
  const {device, vlan} = nic
  if (vlan === undefined) return new Map([[networkPath(device), formatNetwork(nic, version)]])
  return new Map([
    [netdevPath(vlan.name), formatNetdev(nic, vlan)],
    [networkPath(device), formatParent(nic, vlan, version)],
    [networkPath(vlan.name), formatNetwork(nic, version)],
  ])
}

/** Gives a NIC our files, in place of all that are about nothing else. */
export function defineNic(nic: Nic, ground: Ground): Edit {
  const {files, definitions, wanted, version} = ground
  const own = [...ground.spelled.get(nic)!].flatMap(([path, text]) => planFile(files, path, text))
  const rivals = linksOf(nic).map(link => {
    const comesFirst = ({path}: Definition) =>
      !wanted.has(path) && sortsBefore(path, networkPath(interfaceOf(link)))
    const alone = definitions.alone(link).filter(({path}) => !wanted.has(path))
    const stays = [...alone.filter(each => !isOurs(each)), ...definitions.shared(link)]
    return {
      gone: alone.filter(isOurs),
      problems: stays.filter(comesFirst).map(each => describeFirst(each, link)),
    }
  })
  return {
    name: interfaceOf(nic),
    files: [...remove(rivals.flatMap(({gone}) => gone)), ...own],
    problems: [...rivals.flatMap(({problems}) => problems), ...findLimits(nic, version)],
  }
}

/** Takes a NIC out of networkd's files, as far as they are about it alone. */
export function withdrawNic(link: LinkName, ground: Ground): Edit {
  const {files, definitions, hasNetplan} = ground
  const own = ownPaths(link).flatMap(path => planFile(files, path, undefined))
  const isOthers = ({path, match}: Definition) => !isOwnPath(path) && !match.isHandsOff
  const alone = linksOf(link).flatMap(each => definitions.alone(each).filter(isOthers))
  // What lies in /run is netplan's, or was made for this boot alone.
  const isLeft = (each: Definition) =>
    isOthers(each) && !each.path.startsWith('/run/') && (!hasNetplan || sortsBefore(each.path, '10-netplan-'))
  const left = [...alone.filter(each => !isOurs(each)), ...definitions.shared(link)].filter(isLeft)
  return {
    name: interfaceOf(link),
    files: [...own, ...remove(alone.filter(isOurs))],
    problems: left.map(each => describeLeft(each, link)),
  }
}

/** Takes our files of a NIC away; those that we took out for it come back. `restored`: what has a definition again. */
export function giveBackNic(link: LinkName, ground: Ground): Edit & {restored: string[]} {
  const {files, originals, wanted, kept, keptForWanted} = ground
  const own = ownPaths(link).filter(path => !wanted.has(path) && isKnown(path, ground))
  const actions = own.flatMap(path => planFile(files, path, originals.get(path)?.content))
  const back = linksOf(link).flatMap(each => kept.alone(each))
  const missing = back.filter(({path}) => !keptForWanted.has(path) && !files.has(path))
  const returned = missing.map(({path}): FileAction => {
    const {content, mode} = originals.get(path)!
    return {kind: 'write', path, content, mode}
  })
  const all = [...actions, ...returned]
  const written = new Set(all.flatMap(({kind, path}) => (kind === 'write' ? [path] : [])))
  const restored = linksOf(link).filter(each => isDefinedAgain(each, written, ground))
  return {name: interfaceOf(link), files: all, problems: [], restored: restored.map(interfaceOf)}
}

/** A file for many makes no VLAN: the link that was ours goes. */
function isDefinedAgain(link: LinkName, written: ReadonlySet<string>, ground: Ground): boolean {
  const {wanted, definitions, kept} = ground
  const own = networkPath(interfaceOf(link))
  if (wanted.has(own)) return false
  const shared = link.vlan === undefined ? definitions.shared(link) : []
  const others = [...definitions.alone(link), ...shared].filter(({path}) => !isOwnPath(path))
  return written.has(own) || others.length > 0 || kept.alone(link).some(({path}) => written.has(path))
}

/** The NIC, and the VLAN on it. */
export function linksOf({device, mac, vlan}: LinkName): LinkName[] {
  return [{device, mac}, ...(vlan === undefined ? [] : [{device, mac, vlan}])]
}

function ownPaths({device, vlan}: LinkName): string[] {
  const ofVlan = vlan === undefined ? [] : [netdevPath(vlan.name), networkPath(vlan.name)]
  return [...ofVlan, networkPath(device)]
}

/** It is among our records, or, where these were lost, says itself that it is ours. */
function isKnown(path: string, {files, originals}: Ground): boolean {
  const [firstLine = ''] = (files.get(path)?.content ?? '').split('\n')
  return originals.has(path) || isSignature(firstLine)
}

/** It lies where files are written by hand, and so by us. */
function isOurs({path}: Definition): boolean {
  return path.startsWith(`${ownDirectory}/`)
}

function remove(definitions: readonly Definition[]): FileAction[] {
  return Array.from(new Set(definitions.map(({path}) => path)), path => ({kind: 'remove', path}))
}

function describeFirst({path}: Definition, link: LinkName): Problem {
  const name = interfaceOf(link)
  const own = networkPath(name).split('/').at(-1)
  const message = `networkd takes this file for ${name} before ours, if all of its [Match] fits`
  return {code: 'rival', file: path, message, cure: `rename it so that it sorts behind ${own}`}
}

function describeLeft({path}: Definition, link: LinkName): Problem {
  const name = interfaceOf(link)
  const message = `systemd-networkd configures ${name} by this file as well, if all of its [Match] fits`
  return {code: 'rival', file: path, message, cure: `write the [Match] so that it does not fit ${name}`}
}
