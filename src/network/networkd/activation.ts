// Makes networkd read our files.

import type {RunAction} from '../../action.ts'
import {networkdAutostart, willStart} from '../autostart.ts'
import type {Activation, Surroundings} from '../dialect.ts'
import {startNetworkd, systemdRuns, tellNetworkd} from './commands.ts'
import {netdevPath} from './definitions.ts'

/** Where networkd is still to come it finds the files; only if nothing starts it we do. */
export function activateNetworkd(
  activation: Activation,
  surroundings: Surroundings,
): {before: RunAction[]; after: RunAction[]} {
  const {isStarted, systemdVersion, landmarks, files} = surroundings
  if (isStarted) return tellNetworkd(activation, systemdVersion, name => files.has(netdevPath(name)))
  const mustStart = landmarks.has(systemdRuns) && !willStart(networkdAutostart, surroundings)
  return {before: [], after: mustStart ? [startNetworkd] : []}
}
