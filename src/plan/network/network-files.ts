// From the network to files and commands: the dialect in charge spells it, and every other one that is read here lets
// go of the same NICs.

import type {Action, FileAction} from '../../action.ts'
import type {NetplanRenderer} from '../../context/network/network.ts'
import type {Facts} from '../../facts/facts.ts'
import type {DialectHere} from '../../facts/network/dialect-in-charge.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../../network/dialect.ts'
import {interfaceOf, type LinkName, type Network, noNetwork} from '../../network/model.ts'
import {planResolvConf} from '../../network/resolv-conf.ts'
import type {Problem} from '../../problem.ts'
import {listRecords} from '../../report/owned-nics.ts'
import type {PlanInput} from '../input.ts'
import {giveUpAdopted, hideAdopted} from './adopted.ts'
import {verify} from './verification.ts'

export type NetworkFiles = {actions: Action[]; problems: Problem[]}

/** Plans the files of every dialect, and the commands that make them count. */
export function planFiles(
  seen: PlanInput,
  dialect: Dialect,
  network: Network,
  giveBack: readonly LinkName[],
): NetworkFiles {
  const {input, left} = hideAdopted(seen, network)
  const surroundings = describeSurroundings(input)
  const rendering = dialect.render({network, withdraw: [], giveBack}, surroundings)
  const others = input.facts.dialects.filter(each => each.dialect !== dialect)
  const besides = others.map(each => letGo(input, each, dialect, {network, giveBack}, surroundings))
  const names = planNames(input, dialect, network, surroundings)
  const written = [...besides.flatMap(other => other.files), ...rendering.files, ...names.files]
  const files = [...giveUpAdopted(left, written), ...written]
  const problems = [rendering, ...besides, names].flatMap(part => part.problems)
  return {actions: arrange(input, dialect, network, {...rendering, files}, surroundings), problems}
}

/** Where somebody else has come to make resolv.conf, ours goes. Without a context the names that one gave stay. */
function planNames(
  {context}: PlanInput,
  dialect: Dialect,
  network: Network,
  surroundings: Surroundings,
): Part {
  if (dialect.resolvesNames(surroundings)) return planResolvConf(noNetwork, surroundings)
  const hasNames = network.dns.length > 0 || network.searchDomains.length > 0
  return hasNames || context?.nicsAreKnown ? planResolvConf(network, surroundings) : noFiles
}

const noFiles = {files: [], problems: []}

/** Who shall carry out what netplan reads: the context knows better than the image. */
export function rendererOf({
  context,
  settings,
}: Pick<PlanInput, 'context' | 'settings'>): NetplanRenderer | undefined {
  return context?.netplanRenderer ?? settings.netplanRenderer
}

/** What the dialects have to know of this guest. */
export function describeSurroundings(input: Pick<PlanInput, 'facts' | 'context' | 'settings'>): Surroundings {
  const {facts} = input
  return {
    os: facts.os,
    files: facts.files,
    originals: facts.originals,
    landmarks: facts.landmarks,
    services: facts.services,
    systemdVersion: facts.systemdVersion,
    resolvConfTarget: facts.resolvConfTarget,
    netplanRenderer: rendererOf(input),
    isStarted: facts.networkStarted,
  }
}

type Part = {files: FileAction[]; problems: Problem[]}

/**
 * What a dialect that is not in charge has to give up. One that nobody enabled keeps, or gets back, what is not ours,
 * and that is noted: it would count as soon as somebody enables it.
 */
function letGo(
  {manifest, facts}: PlanInput,
  {dialect: other, state}: DialectHere,
  inCharge: Dialect,
  {network, giveBack}: Pick<Change, 'network' | 'giveBack'>,
  surroundings: Surroundings,
): Part {
  const isDisplaced = (inCharge.displaces ?? []).includes(other.name)
  const mustGo = state === 'enabled' || isDisplaced
  const isOurs = ({mac}: LinkName) =>
    listRecords(manifest.nics[mac]).some(each => each.dialect === other.name)
  const ours = mustGo ? [] : network.nics.filter(isOurs)
  if (state === 'absent' && !mustGo && ![...ours, ...giveBack].some(isOurs)) return noFiles
  const withdraw = mustGo ? network.nics : []
  const change = {network: noNetwork, withdraw, giveBack: [...giveBack, ...ours]}
  const {files, problems} = other.render(change, surroundings)
  const idle = mustGo || state === 'absent' ? [] : network.nics.filter(nic => !isOurs(nic))
  return {files, problems: [...problems, ...findIdle(idle, other, facts, surroundings)]}
}

function findIdle(
  nics: readonly LinkName[],
  other: Dialect,
  facts: Facts,
  surroundings: Surroundings,
): Problem[] {
  if (nics.length === 0) return []
  const {files} = other.render({network: noNetwork, withdraw: nics, giveBack: []}, surroundings)
  return files.map(file => describeIdle(file, other, facts))
}

function describeIdle({path}: FileAction, {title}: Dialect, {os}: Facts): Problem {
  const message = `a NIC of the context is defined here too; ${title} is not enabled on ${os.name}, so this is left`
  return {code: 'rival-idle', file: path, message, cure: 'take it out before you enable it'}
}

/** Orders the deeds: NICs that change go down by their old definition, the files come, the NICs come up again. */
function arrange(
  {facts, verification}: PlanInput,
  dialect: Dialect,
  network: Network,
  {files, changed, restored}: Rendering,
  surroundings: Surroundings,
): Action[] {
  const {networkStarted, devicesUp, devicesLost} = facts
  const isLost = (name: string) => networkStarted && devicesLost.has(name)
  const isDown = (name: string) => networkStarted && devicesUp !== undefined && !devicesUp.has(name)
  const ours = network.nics.map(interfaceOf)
  const down = [...new Set([...changed, ...ours.filter(isLost)])].filter(name => !isDown(name))
  // What is given back because its card has gone cannot be brought up.
  const isThere = (name: string) =>
    facts.links.some(link => name === link.name || name.startsWith(`${link.name}.`))
  const up = [
    ...ours.filter(name => changed.includes(name) || isDown(name) || isLost(name)),
    ...restored.filter(isThere),
  ]
  if (files.length === 0 && down.length === 0 && up.length === 0) return []
  const activation = {down, up, network}
  const {before, after} = dialect.activate(activation, surroundings)
  const actions = [...before, ...files, ...after]
  const isTouched = down.length > 0 || up.length > 0
  if (verification === undefined || !networkStarted || !isTouched) return actions
  return verify(actions, {dialect, surroundings, activation, files}, verification)
}
