// From the network to files and commands: the dialect in charge spells it, and every other one that is read here lets
// go of the same NICs.

import type {Action, FileAction} from '../action.ts'
import type {DialectHere} from '../facts/dialect-in-charge.ts'
import type {Facts} from '../facts/facts.ts'
import type {Change, Dialect, Rendering, Surroundings} from '../network/dialect.ts'
import {interfaceOf, type LinkName, type Network, noNetwork} from '../network/model.ts'
import {planResolvConf} from '../network/resolv-conf.ts'
import type {Problem} from '../problem.ts'
import type {PlanInput} from './input.ts'
import {verify} from './verification.ts'

export type NetworkFiles = {actions: Action[]; problems: Problem[]}

/** Plans the files of every dialect, and the commands that make them count. */
export function planFiles(
  input: PlanInput,
  dialect: Dialect,
  network: Network,
  giveBack: readonly LinkName[],
): NetworkFiles {
  const surroundings = describeSurroundings(input)
  const rendering = dialect.render({network, withdraw: [], giveBack}, surroundings)
  const others = input.facts.dialects.filter(each => each.dialect !== dialect)
  const besides = others.map(each => letGo(input, each, dialect, {network, giveBack}, surroundings))
  const names = dialect.resolvesNames(surroundings) ? noFiles : planResolvConf(network, surroundings)
  const files = [...besides.flatMap(other => other.files), ...rendering.files, ...names.files]
  const problems = [rendering, ...besides, names].flatMap(part => part.problems)
  return {actions: arrange(input, dialect, network, {...rendering, files}, surroundings), problems}
}

const noFiles = {files: [], problems: []}

export function describeSurroundings({facts, context, settings}: PlanInput): Surroundings {
  return {
    os: facts.os,
    files: facts.files,
    originals: facts.originals,
    landmarks: facts.landmarks,
    services: facts.services,
    systemdVersion: facts.systemdVersion,
    resolvConfTarget: facts.resolvConfTarget,
    netplanRenderer: context?.netplanRenderer ?? settings.netplanRenderer,
    isStarted: facts.networkStarted,
  }
}

type Part = {files: FileAction[]; problems: Problem[]}

/**
 * What a dialect that is not in charge has to give up. One that nobody enabled keeps what is not ours, and what it has
 * is noted: it would count as soon as somebody enables it.
 */
function letGo(
  {manifest, facts}: PlanInput,
  {dialect: other, state}: DialectHere,
  inCharge: Dialect,
  {network, giveBack}: Pick<Change, 'network' | 'giveBack'>,
  surroundings: Surroundings,
): Part {
  const isDisplaced = (inCharge.displaces ?? []).includes(other.name)
  const isOurs = (nic: LinkName) => manifest.nics[nic.mac]?.dialect === other.name
  if (state === 'absent' && !isDisplaced && !network.nics.some(isOurs)) return noFiles
  const mustGo = (nic: LinkName) => state === 'enabled' || isDisplaced || isOurs(nic)
  const withdraw = network.nics.filter(mustGo)
  const {files, problems} = other.render({network: noNetwork, withdraw, giveBack}, surroundings)
  const idle = network.nics.filter(nic => !mustGo(nic))
  const left = other.render({network: noNetwork, withdraw: idle, giveBack: []}, surroundings).files
  return {files, problems: [...problems, ...left.map(file => describeIdle(file, other, facts))]}
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
  const isDown = (name: string) =>
    dialect.name === 'interfaces' && facts.devicesUp !== undefined && !facts.devicesUp.has(name)
  const down = changed.filter(name => !isDown(name))
  const ours = network.nics.map(interfaceOf)
  const up = [
    ...ours.filter(name => changed.includes(name) || (facts.networkStarted && isDown(name))),
    ...restored,
  ]
  if (files.length === 0 && down.length === 0 && up.length === 0) return []
  const activation = {down, up, network}
  const {before, after} = dialect.activate(activation, surroundings)
  const actions = [...before, ...files, ...after]
  if (verification === undefined || !facts.networkStarted || up.length === 0) return actions
  return verify(actions, {dialect, surroundings, activation, files}, verification)
}
