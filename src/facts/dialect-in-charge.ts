// Which dialect spells the network of this guest: that of who is in charge, or the one that NETCFG_TYPE names.

import {splitNames} from '../context/variables.ts'
import type {Dialect, DialectName} from '../network/dialect.ts'
import {dialects} from '../network/dialects.ts'
import type {Problem} from '../problem.ts'
import type {ManagerName, ManagerState, ManagerStates} from './network-managers.ts'
import type {OperatingSystem} from './operating-system.ts'

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

/** Chooses the dialect. `forced`: names of dialects, the first that is known holds; `none` leaves the network alone. */
export function chooseDialect(
  manager: ManagerName | undefined,
  os: OperatingSystem,
  forced: string | undefined,
): DialectChoice {
  const inCharge = dialects.find(dialect => dialect.name === dialectOf(manager, os))
  const found = (dialect: Dialect | undefined): DialectChoice => ({dialect, isLeftAlone: false, problems: []})
  if (forced === undefined) return found(inCharge)
  for (const name of splitNames(forced.toLowerCase())) {
    if (name === 'none') return {isLeftAlone: true, problems: []}
    const named = dialects.filter(dialect => dialect.name === name || dialect.otherNames.includes(name))
    // `scripts` is what both Red Hat's and SUSE's are called.
    const dialect = named.find(candidate => candidate.name === os.family) ?? named[0]
    if (dialect !== undefined) return found(dialect)
  }
  const known = dialects.map(dialect => dialect.name).join(' ')
  const message = 'none of these ways to write the network is known; what is in charge here is taken'
  const cure = `known are ${known} none`
  return {...found(inCharge), problems: [{code: 'value-ignored', key: 'NETCFG_TYPE', message, cure}]}
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
