// netplan: Ubuntu from 17.10, Debian's cloud images from 12. One file of ours for all NICs, which leave the files of
// others; netplan-yaml(5).

import type {FileAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../dialect.ts'
import {planFile} from '../file-edit.ts'
import {interfaceOf, type LinkName} from '../model.ts'
import {networkd} from '../networkd/networkd.ts'
import {nm} from '../nm/nm.ts'
import {activateNetplan, activationLandmarks} from './activation.ts'
import {canBeAbout, createFinder, type Definition, isBroad} from './definition.ts'
import {dropInPath, formatDropIn} from './drop-in.ts'
import {definitionsIn, findUnreadable, globalRenderer, patterns, readOthers} from './files.ts'
import {planOthers} from './others.ts'
import {type OwnPlan, ownEntries, planOwn} from './own-file.ts'
import {findProblems} from './problems.ts'
import {chooseRenderer, rendererLandmarks} from './renderer.ts'

export const netplan: Dialect = {
  name: 'netplan',
  title: 'netplan',
  otherNames: [],
  // networkd's own account of itself, and what NetworkManager makes when it starts.
  serviceMarks: ['/run/systemd/netif/state', '/run/NetworkManager/devices'],
  landmarks: [...activationLandmarks, ...rendererLandmarks],
  sources: known => [...patterns, ...ownEntries(known).map(({id}) => dropInPath(id))],
  render: renderNetplan,
  activate: activateNetplan,
  resolvesNames,
}

function resolvesNames(surroundings: Surroundings): boolean {
  const {renderer} = chooseRenderer(surroundings, globalRenderer(readOthers(surroundings.files)))
  return (renderer === 'NetworkManager' ? nm : networkd).resolvesNames(surroundings)
}

function renderNetplan(change: Change, surroundings: Surroundings): Rendering {
  const {files} = surroundings
  // Of a NIC that has another name now both are among them; the later one counts.
  const links = [...change.giveBack, ...change.withdraw, ...change.network.nics]
  if (links.length === 0) return {files: [], problems: [], changed: [], restored: []}
  const others = planOthers(change, surroundings)
  const own = planOwn(change, others.files, surroundings)
  const dropIns = planDropIns(change, own, files)
  const before = describeAll([...definitionsIn(readOthers(files)), ...ownEntries(files)], links)
  const left = definitionsIn(others.files)
  const after = describeAll([...left, ...own.entries], links)
  const names = [...new Set(links.map(interfaceOf))]
  const touched = new Set(dropIns.flatMap(({name, actions}) => (actions.length > 0 ? [name] : [])))
  return {
    files: [...others.actions, ...own.actions, ...dropIns.flatMap(({actions}) => actions)],
    problems: [
      ...findUnreadable(others.files),
      ...others.problems,
      ...findProblems(change, own, left, surroundings),
    ],
    changed: names.filter(name => before.get(name) !== after.get(name) || touched.has(name)),
    restored: findRestored(change, left),
  }
}

/** All that the definitions say of each interface alone. That of a VLAN stands on that of its NIC. */
function describeAll(
  definitions: readonly Definition[],
  links: readonly LinkName[],
): ReadonlyMap<string, string> {
  const finder = createFinder(links)
  const all = new Map<string, string>()
  for (const {section, id, fields} of definitions) {
    const entry = {section, id, fields}
    const link = finder.nic(entry) ?? finder.vlan(entry)
    if (link === undefined) continue
    const name = interfaceOf(link)
    all.set(name, `${all.get(name) ?? ''}${JSON.stringify(entry)}\n`)
  }
  return all
}

/** The interfaces that the files of others define again; of those that are still ours none. */
function findRestored({giveBack, network}: Change, left: readonly Definition[]): string[] {
  const finder = createFinder(giveBack)
  const taken = createFinder(network.nics)
  const broad = left.filter(isBroad)
  const names = left.flatMap(each => {
    if (finder.vlan(each) !== undefined) return taken.vlan(each) === undefined ? [each.id] : []
    return taken.nic(each) === undefined ? (finder.nic(each)?.device ?? []) : []
  })
  const ours = new Set(network.nics.map(({device}) => device))
  const many = giveBack
    .map(({device}) => device)
    .filter(device => !ours.has(device) && broad.some(each => canBeAbout(each, device)))
  return [...new Set([...names, ...many])]
}

type DropInPlan = {name: string; actions: FileAction[]}

/** A drop-in stands beside each entry that needs one; those of entries that are gone, or have another ID, go. */
function planDropIns(
  {network, withdraw, giveBack}: Change,
  {ids, renderer}: OwnPlan,
  files: FileTree,
): DropInPlan[] {
  const wanted = new Map(network.nics.map(nic => [dropInPath(nic.vlan?.name ?? ids.get(nic)!), nic]))
  const finder = createFinder<LinkName>([...giveBack, ...withdraw, ...network.nics])
  const stale = ownEntries(files).flatMap(entry => {
    const link = finder.nic(entry) ?? finder.vlan(entry)
    const path = dropInPath(entry.id)
    return link === undefined || wanted.has(path)
      ? []
      : [{name: interfaceOf(link), actions: planFile(files, path, undefined)}]
  })
  const own = [...wanted].map(([path, nic]) => {
    return {
      name: interfaceOf(nic),
      actions: planFile(files, path, renderer === 'networkd' ? formatDropIn(nic) : undefined),
    }
  })
  return [...stale, ...own]
}
