// Which dialect spells the network of this guest: that of who is in charge, or the one that NETCFG_TYPE names.

import {splitNames} from '../../context/variables.ts'
import type {Dialect, DialectName} from '../../network/dialect.ts'
import {dialects} from '../../network/dialects.ts'
import type {Problem} from '../../problem.ts'
import type {OperatingSystem} from '../operating-system.ts'
import type {ManagerName, ManagerState, ManagerStates} from './network-managers.ts'

/** A dialect and how much whoever reads it is in use here. */
export type DialectHere = {dialect: Dialect; state: ManagerState}

/** Tells of every dialect whether something here reads it. */
export function listDialects(managers: ManagerStates, os: OperatingSystem): DialectHere[] {
  const states = Object.entries(managers) as [ManagerName, ManagerState][]
  return dialects.map(dialect => {
    const readers = states.filter(([name]) => dialectOf(name, os) === dialect.name).map(([, state]) => state)
    const state = (['enabled', 'installed'] as const).find(state => readers.includes(state)) ?? 'absent'
    return {dialect, state}
  })
}

export type DialectChoice = {
  dialect?: Dialect | undefined
  /** NETCFG_TYPE=none: nobody's files are to be written. */
  isLeftAlone: boolean
  problems: Problem[]
}

/**
 * Chooses the dialect. `forced` are names of dialects: of those that are known the first that something here reads
 * holds, else the first; `none` leaves the network alone.
 */
export function chooseDialect(
  manager: ManagerName | undefined,
  os: OperatingSystem,
  forced: string | undefined,
  here: readonly DialectHere[],
): DialectChoice {
  const inCharge = dialects.find(dialect => dialect.name === dialectOf(manager, os))
  const found = (dialect: Dialect | undefined): DialectChoice => ({dialect, isLeftAlone: false, problems: []})
  if (forced === undefined) return found(inCharge)
  const named: Dialect[] = []
  for (const name of splitNames(forced.toLowerCase())) {
    const known = findByName(name, os)
    if (known !== undefined) named.push(known)
    if (name === 'none' && named.length === 0) return {isLeftAlone: true, problems: []}
  }
  const isRead = (dialect: Dialect) => here.some(each => each.dialect === dialect && each.state !== 'absent')
  if (named.length > 0) return found(named.find(isRead) ?? named[0])
  const known = dialects.map(dialect => dialect.name).join(' ')
  const message = 'none of these ways to write the network is known; what is in charge here is taken'
  const cure = `known are ${known} none`
  return {...found(inCharge), problems: [{code: 'value-ignored', key: 'NETCFG_TYPE', message, cure}]}
}

/** `scripts` is what both Red Hat's and SUSE's are called: the family decides. */
function findByName(name: string, {family}: OperatingSystem): Dialect | undefined {
  const named = dialects.filter(dialect => dialect.name === name || dialect.otherNames.includes(name))
  return named.find(candidate => candidate.name === family) ?? named[0]
}

function dialectOf(
  manager: ManagerName | undefined,
  {family, version = 99}: OperatingSystem,
): DialectName | undefined {
  // NetworkManager reads ifcfg files up to Red Hat 8; from 9 on it writes keyfiles.
  if (manager === 'networkmanager') return family === 'redhat' && version <= 8 ? 'redhat' : 'nm'
  return manager && dialectNames[manager]
}

const dialectNames = {
  ifupdown: 'interfaces',
  netplan: 'netplan',
  networkd: 'networkd',
  'network-scripts': 'redhat',
  suse: 'suse',
} as const
