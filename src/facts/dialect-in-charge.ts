// Which dialect spells the network of this guest: that of who is in charge, or the one that NETCFG_TYPE names.

import {splitNames} from '../context/variables.ts'
import type {Dialect} from '../network/dialect.ts'
import {dialects} from '../network/dialects.ts'
import type {Problem} from '../problem.ts'
import type {ManagerName} from './network-managers.ts'
import type {OperatingSystem} from './operating-system.ts'

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
): string | undefined {
  if (manager === 'ifupdown') return 'interfaces'
  if (manager === 'suse') return 'suse'
  // NetworkManager reads ifcfg files up to Red Hat 8; from 9 on it writes keyfiles.
  const readsIfcfg = manager === 'network-scripts' || (manager === 'networkmanager' && version <= 8)
  return family === 'redhat' && readsIfcfg ? 'redhat' : undefined
}
