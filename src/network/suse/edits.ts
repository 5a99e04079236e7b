// What becomes of the files of each interface: ifcfg-NAME, ifroute-NAME, ifsysctl-NAME.

import {posix} from 'node:path'
import type {ByteText, FileAction} from '../../action.ts'
import type {FileFact} from '../../facts/files.ts'
import type {Surroundings} from '../dialect.ts'
import {planFile} from '../file-edit.ts'
import {isRenamed, recallFile} from '../former.ts'
import {interfacesOf, type LinkName, type Network} from '../model.ts'
import {formatSignature} from '../signature.ts'
import {findRivals, isForBoot, macOf, pathOf, readBefore} from './definitions.ts'
import {formatIfcfg} from './ifcfg.ts'
import {formatSysctls, settingOf} from './ifsysctl.ts'
import type {Interface} from './interfaces.ts'
import {planLines, planText} from './own-lines.ts'
import {hasWicked} from './reader.ts'
import {destinationOf, formatRoutes} from './routes.ts'

export type Edit = {
  name: string
  actions: FileAction[]
  /** It was given back and has a definition again, by which it is brought up at boot. */
  isRestored?: boolean
}

/** Gives each interface its definition, in place of any other under whatever name. */
export function defineAll(interfaces: readonly Interface[], surroundings: Surroundings): Edit[] {
  const nics = [...new Set(interfaces.map(({nic}) => nic))]
  const former = findFormerRivals(nics, surroundings)
  const edits = interfaces.map(one => {
    const base = readBefore(pathOf('ifcfg', one.name), surroundings)
    const actions = define(one, base ?? former.get(one.nic)?.[0]?.content ?? '', surroundings)
    return {name: one.name, actions}
  })
  return [...edits, ...nics.flatMap(nic => removeRivals(nic, former.get(nic) ?? [], surroundings))]
}

function define(one: Interface, before: ByteText, surroundings: Surroundings): FileAction[] {
  const ifcfg = formatIfcfg(one, before, {isMadeLate: !hasWicked(surroundings)})
  return [
    ...planText(surroundings, pathOf('ifcfg', one.name), ifcfg),
    ...planOwnLines(one.name, surroundings, {
      signature: formatSignature(one.nic),
      routes: formatRoutes(one),
      sysctls: formatSysctls(one),
    }),
  ]
}

type OwnLines = {signature: string; routes: readonly string[]; sysctls: readonly string[]}
const noLines: OwnLines = {signature: '', routes: [], sysctls: []}

function planOwnLines(name: string, surroundings: Surroundings, own: OwnLines): FileAction[] {
  const {signature, routes, sysctls} = own
  const [ifroute, ifsysctl] = [pathOf('ifroute', name), pathOf('ifsysctl', name)]
  return [
    ...planLines(surroundings, ifroute, {signature, lines: routes}, destinationOf),
    ...planLines(surroundings, ifsysctl, {signature, lines: sysctls}, line => settingOf(name, line)),
  ]
}

/** Takes every definition of these NICs away. What the kernel is told besides is none. */
export function withdrawAll(nics: readonly LinkName[], surroundings: Surroundings): Edit[] {
  const {files} = surroundings
  const former = findFormerRivals(nics, surroundings)
  return nics.flatMap(nic => [
    ...interfacesOf(nic).map(name => {
      const ifsysctl = pathOf('ifsysctl', name)
      const own = {signature: '', lines: []}
      const actions = [
        ...(['ifcfg', 'ifroute'] as const).flatMap(kind => planFile(files, pathOf(kind, name), undefined)),
        ...(files.has(ifsysctl) ? planLines(surroundings, ifsysctl, own, line => settingOf(name, line)) : []),
      ]
      return {name, actions}
    }),
    ...removeRivals(nic, former.get(nic) ?? [], surroundings),
  ])
}

/**
 * Takes our definition of these NICs away, and brings back what stood there before, but for files that define a NIC of
 * `network` by its MAC: it has another name now.
 */
export function giveBackAll(nics: readonly LinkName[], network: Network, surroundings: Surroundings): Edit[] {
  const former = findFormerRivals(nics, surroundings)
  const taken = new Set(
    [...findFormerRivals(network.nics, surroundings).values()].flat().map(({path}) => path),
  )
  return nics.flatMap(nic => [
    ...interfacesOf(nic).map(name => {
      const path = pathOf('ifcfg', name)
      const content = recallFile(path, surroundings)?.content
      const actions = [...planText(surroundings, path, content), ...planOwnLines(name, surroundings, noLines)]
      return {name, actions, isRestored: isForBoot(content ?? '') && !isRenamed(nic, network)}
    }),
    ...(former.get(nic) ?? []).flatMap(({path, content}) => {
      if (taken.has(path)) return []
      const actions = planText(surroundings, path, content)
      return [{name: nameOf(path, nic), actions, isRestored: isForBoot(content)}]
    }),
  ])
}

type Rival = {path: string; content: ByteText}

/** The rivals of NICs, those that we took away among them. */
function findFormerRivals(
  nics: readonly LinkName[],
  {files, originals}: Surroundings,
): Map<LinkName, Rival[]> {
  const kept = [...originals].filter((entry): entry is [string, FileFact] => entry[1] !== undefined)
  const all = new Map([...kept, ...files])
  const rivals = findRivals(all, nics)
  return new Map(
    [...rivals].map(([nic, paths]) => [nic, paths.map(path => ({path, content: all.get(path)!.content}))]),
  )
}

function removeRivals(nic: LinkName, rivals: readonly Rival[], {files}: Surroundings): Edit[] {
  return rivals.map(({path}) => ({name: nameOf(path, nic), actions: planFile(files, path, undefined)}))
}

function nameOf(path: string, {device}: LinkName): string {
  const name = posix.basename(path).slice('ifcfg-'.length)
  return macOf(name) === '' ? name : device
}
