// Making profiles count where NetworkManager runs already: nmcli(1). Where it is still to start, files are enough.

import type {RunAction} from '../../action.ts'
import {networkManagerAutostart, willStart} from '../autostart.ts'
import type {Activation, Surroundings} from '../dialect.ts'
import {interfaceOf, type Nic} from '../model.ts'
import {bringBack, bringUp, reloadConfiguration, reloadProfiles, startManager} from './commands.ts'
import {isManagedPath, managedPath, planManaged, readOthersConfiguration} from './managed.ts'
import {isIdle} from './render.ts'
import {uuidOfNic, uuidOfVlan} from './uuid.ts'

const restartTimeoutMs = 30_000

/**
 * Bringing a profile up takes down what the device had by its old one; profiles that are gone take theirs with them
 * when all are read again. So nothing is done before the files are there.
 */
export function activateProfiles(activation: Activation, surroundings: Surroundings) {
  const {down, up} = activation
  if (!surroundings.isStarted) return {before: [], after: startService(surroundings)}
  if (down.length === 0 && up.length === 0) return {before: [], after: []}
  const read = isHeldByIfupdown(activation, surroundings)
    ? [restartService(surroundings)]
    : [...(changesManaged(activation, surroundings) ? [reloadConfiguration] : []), reloadProfiles]
  return {before: [], after: [...read, ...bringAllUp(activation)]}
}

/** A NetworkManager that nothing starts in this boot: our drop-in counts from the next one on. */
function startService(surroundings: Surroundings): RunAction[] {
  const mustStart = isIdle(surroundings) && !willStart(networkManagerAutostart, surroundings)
  return mustStart ? [startManager] : []
}

/** Connections stay while it starts anew. */
function restartService({systemdVersion}: Surroundings): RunAction {
  const hasSystemd = systemdVersion !== undefined
  return {
    kind: 'run',
    argv: hasSystemd
      ? ['systemctl', 'restart', 'NetworkManager.service']
      : ['service', 'network-manager', 'restart'],
    purpose: 'restart NetworkManager, which reads /etc/network/interfaces only when it starts',
    timeoutMs: restartTimeoutMs,
  }
}

/**
 * Debian's leaves alone what has a stanza of ifupdown. The stanza goes with this change, but the file is read at the
 * start and not again with the profiles (nms-ifupdown-plugin.c; seen with 1.42 and 1.52).
 */
function isHeldByIfupdown({network}: Activation, {os, files}: Surroundings): boolean {
  if (os.family !== 'debian') return false
  const texts = [...files].filter(([path]) => path.startsWith('/etc/network/interfaces'))
  const named = texts.flatMap(([, {content}]) =>
    [...content.matchAll(/^[ \t]*iface[ \t]+(\S+)/gm)].map(([, name]) => name),
  )
  return network.nics.some(nic => named.includes(nic.device) || named.includes(interfaceOf(nic)))
}

/** A file of ours that takes a NIC back comes, or goes with its NIC. */
function changesManaged({network}: Activation, {files}: Surroundings): boolean {
  const others = readOthersConfiguration(files)
  const ours = new Set(network.nics.map(managedPath))
  const hasLeft = [...files.keys()].some(path => isManagedPath(path) && !ours.has(path))
  return hasLeft || network.nics.some(nic => planManaged(nic, others, files).length > 0)
}

/** By its profile; an interface that was given back by whatever profile there is for it now. */
function bringAllUp({up, network}: Activation): RunAction[] {
  const nics = new Map(network.nics.map(nic => [interfaceOf(nic), nic]))
  return up.flatMap(name => {
    const nic = nics.get(name)
    return nic === undefined ? [bringBack(name)] : bringUpNic(nic)
  })
}

function bringUpNic(nic: Nic): RunAction[] {
  const own = bringUp(nic.device, 'uuid', uuidOfNic(nic), 'ifname', nic.device)
  if (nic.vlan === undefined) return [own]
  return [own, bringUp(nic.vlan.name, 'uuid', uuidOfVlan(nic, nic.vlan.id))]
}
