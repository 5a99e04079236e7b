// Making profiles count where NetworkManager runs already: nmcli(1). Where it is still to start, files are enough.

import type {RunAction} from '../../action.ts'
import {networkManagerAutostart, willStart} from '../autostart.ts'
import type {Activation, Surroundings} from '../dialect.ts'
import {interfaceOf, type Nic} from '../model.ts'
import {planManaged, readOthersConfiguration} from './managed.ts'
import {isIdle} from './render.ts'
import {uuidOfNic, uuidOfVlan} from './uuid.ts'

const reloadTimeoutMs = 10_000
const restartTimeoutMs = 30_000
/** Until an address is there; after that NetworkManager goes on trying by itself. */
const waitSeconds = 25
const upTimeoutMs = (waitSeconds + 5) * 1000

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
    : [...reloadConfiguration(activation, surroundings), reloadProfiles]
  return {before: [], after: [...read, ...bringUp(activation)]}
}

/** A NetworkManager that nothing starts in this boot: our drop-in counts from the next one on. */
function startService(surroundings: Surroundings): RunAction[] {
  if (!isIdle(surroundings) || willStart(networkManagerAutostart, surroundings)) return []
  return [
    {
      kind: 'run',
      argv: ['systemctl', '--no-block', 'start', 'NetworkManager.service'],
      purpose: 'start NetworkManager',
      timeoutMs: reloadTimeoutMs,
    },
  ]
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

const reloadProfiles: RunAction = {
  kind: 'run',
  argv: ['nmcli', 'connection', 'reload'],
  purpose: 'have NetworkManager read its profiles',
  timeoutMs: reloadTimeoutMs,
}

function reloadConfiguration({network}: Activation, {files}: Surroundings): RunAction[] {
  const others = readOthersConfiguration(files)
  if (!network.nics.some(nic => planManaged(nic, others, files).length > 0)) return []
  return [
    {
      kind: 'run',
      argv: ['nmcli', 'general', 'reload', 'conf'],
      purpose: 'have NetworkManager read its configuration',
      timeoutMs: reloadTimeoutMs,
    },
  ]
}

/** By its profile; an interface that was given back by whatever profile there is for it now. */
function bringUp({up, network}: Activation): RunAction[] {
  const nics = new Map(network.nics.map(nic => [interfaceOf(nic), nic]))
  return up.flatMap(name => {
    const nic = nics.get(name)
    return nic === undefined ? [bring(name, ['device', 'connect', name])] : bringUpNic(nic)
  })
}

function bringUpNic(nic: Nic): RunAction[] {
  const own = bring(nic.device, ['connection', 'up', 'uuid', uuidOfNic(nic), 'ifname', nic.device])
  if (nic.vlan === undefined) return [own]
  return [own, bring(nic.vlan.name, ['connection', 'up', 'uuid', uuidOfVlan(nic, nic.vlan.id)])]
}

function bring(name: string, words: readonly string[]): RunAction {
  const argv = ['nmcli', '--wait', `${waitSeconds}`, ...words] as const
  return {kind: 'run', argv, purpose: `bring up ${name}`, timeoutMs: upTimeoutMs}
}
