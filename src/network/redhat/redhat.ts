// The ifcfg files of Red Hat and its kin to release 8, for two readers: the scripts of initscripts (fedora-sysv/
// initscripts, branches rhel6 to rhel8) and NetworkManager's plugin ifcfg-rh. Where they differ, both are served.

import type {ByteText, FileAction} from '../../action.ts'
import type {FileTree} from '../../facts/files.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../dialect.ts'
import {isMeaningful, planFile} from '../file-edit.ts'
import {isRenamed, recallFiles} from '../former.ts'
import type {LinkName, Network, Nic} from '../model.ts'
import {readSysconfigVariable, setSysconfigVariable} from '../sysconfig-file.ts'
import {activateRedhat} from './activation.ts'
import {findDefinitions, isForBoot} from './definitions.ts'
import {findSpeech, formatNames} from './names.ts'
import {
  type Definitions,
  describeFiles,
  describeFormer,
  describeNothing,
  directory,
  ownPaths,
  type Texts,
  type Trees,
} from './nic-files.ts'
import {findProblems} from './problems.ts'
import {sysctlPattern} from './sysctl.ts'

const networkPath = '/etc/sysconfig/network'

export const redhat: Dialect = {
  name: 'redhat',
  title: 'Red Hat network-scripts',
  otherNames: ['scripts', 'network-scripts', 'ifcfg'],
  // init.d/network touches the first when it is done; NetworkManager makes the second when it starts.
  serviceMarks: ['/var/lock/subsys/network', '/run/NetworkManager/devices'],
  sources: () => [
    networkPath,
    `${directory}/ifcfg-*`,
    `${directory}/route-*`,
    `${directory}/route6-*`,
    sysctlPattern,
  ],
  render: renderRedhat,
  activate: activateRedhat,
  // ifup-post and NetworkManager.
  resolvesNames: () => true,
}

type Edit = {device: string; actions: FileAction[]}

function renderRedhat(change: Change, surroundings: Surroundings): Rendering {
  const {network, withdraw, giveBack} = change
  const links = [...network.nics, ...withdraw, ...giveBack]
  if (links.length === 0) return {files: [], problems: [], changed: [], restored: []}
  const {files} = surroundings
  const trees = {...surroundings, former: recallFiles(surroundings)}
  const now = findDefinitions(directory, files, links)
  const before = findDefinitions(directory, trees.former, links)
  const definitionsOf = (link: LinkName) => ({now: now.get(link)!, before: before.get(link)!})
  const shared = {path: networkPath, text: files.get(networkPath)?.content ?? ''}
  const edits = describeAll(change, trees, definitionsOf, shared.text).flatMap(texts =>
    Array.from(texts, ([path, {content, device}]) => ({device, actions: planFile(files, path, content)})),
  )
  const changed = findChanged(network, edits, surroundings)
  return {
    files: [...planShared(network, files, shared.text), ...edits.flatMap(({actions}) => actions)],
    problems: findProblems(network, surroundings, shared, nic => now.get(nic)!),
    changed,
    restored: giveBack
      .filter(link => !isRenamed(link, network))
      .flatMap(link => before.get(link)!.filter(each => !each.isAlias && isForBoot(each)))
      .map(({device}) => device)
      .filter((name, index, names) => changed.includes(name) && names.indexOf(name) === index),
  }
}

function describeAll(
  {network, withdraw, giveBack}: Change,
  trees: Trees,
  definitionsOf: (link: LinkName) => Definitions,
  shared: ByteText,
): Texts[] {
  const taken = new Set(network.nics.flatMap(ownPaths))
  const speech = findSpeech(network, [...network.nics, ...withdraw, ...giveBack], trees.files)
  const gatewayDevice = readSysconfigVariable(shared, 'GATEWAYDEV')
  const describeNic = (nic: Nic) => {
    const setting = {shared, gatewayDevice, names: formatNames(nic, speech)}
    return describeFiles(nic, definitionsOf(nic), trees, taken, setting)
  }
  // The old definition of a card may find it by its MAC.
  const renamed = giveBack.filter(link => isRenamed(link, network))
  const former = giveBack.filter(link => !renamed.includes(link))
  return [
    ...network.nics.map(describeNic),
    ...[...withdraw, ...renamed].map(link => describeNothing(link, definitionsOf(link), trees, taken)),
    ...former.map(link => describeFormer(link, definitionsOf(link), trees, taken)),
  ]
}

function planShared({nics}: Network, files: FileTree, text: ByteText): FileAction[] {
  return nics.length === 0
    ? []
    : planFile(files, networkPath, setSysconfigVariable(text, 'NETWORKING', 'yes'))
}

/** A VLAN changes with the NIC below it. */
function findChanged({nics}: Network, edits: readonly Edit[], {files}: Surroundings): string[] {
  const isChange = ({actions}: Edit) => actions.some(action => isMeaningful(action, files))
  const devices = new Set(edits.filter(isChange).map(({device}) => device))
  for (const {device, vlan} of nics) if (vlan !== undefined && devices.has(device)) devices.add(vlan.name)
  return [...devices]
}
