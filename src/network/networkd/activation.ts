// Makes networkd read its files: networkctl(1).

import type {RunAction} from '../../action.ts'
import {networkdAutostart, willStart} from '../autostart.ts'
import type {Activation, Surroundings} from '../dialect.ts'
import {interfaceOf} from '../model.ts'
import {netdevPath} from './definitions.ts'
import {isSince} from './network-file.ts'

/** systemd runs: /sbin/init is not something else, and this is no image. */
export const systemdRuns = '/run/systemd/system'

/**
 * Where networkd runs it reads its files anew, and configures those links anew whose file is another one or has
 * another text; the rest keep what they have. Where it is still to come it finds the files; only if nothing starts it
 * we do.
 */
export function activateNetworkd(
  {down, up, network}: Activation,
  surroundings: Surroundings,
): {before: RunAction[]; after: RunAction[]} {
  const {isStarted, systemdVersion, landmarks, files} = surroundings
  if (!isStarted) {
    const mustStart = landmarks.has(systemdRuns) && !willStart(networkdAutostart, surroundings)
    return {before: [], after: mustStart ? [start] : []}
  }
  const wanted = new Set(network.nics.map(interfaceOf))
  const isOurVlan = (name: string) => files.has(netdevPath(name))
  const gone = down.filter(name => !wanted.has(name) && !up.includes(name))
  // One that no file is about any more keeps its addresses: 247 did (seen), 252 takes them away (seen).
  const stale = isSince(systemdVersion, 252) ? [] : gone.filter(name => !isOurVlan(name))
  return {
    before: gone.filter(isOurVlan).map(remove),
    after: [isSince(systemdVersion, 244) ? reload : restart, ...stale.map(flush)],
  }
}

const timeoutMs = 20_000

/** Not waited for: at boot it is ordered behind units that wait for us. */
const start: RunAction = {
  kind: 'run',
  argv: ['systemctl', '--no-block', 'start', 'systemd-networkd.service'],
  purpose: 'start systemd-networkd',
  timeoutMs,
}

/** 244 brought `networkctl reload`. */
const restart: RunAction = {
  kind: 'run',
  argv: ['systemctl', 'restart', 'systemd-networkd.service'],
  purpose: 'have systemd-networkd read its files',
  timeoutMs,
}

const reload: RunAction = {
  kind: 'run',
  argv: ['networkctl', 'reload'],
  purpose: 'have systemd-networkd read its files',
  timeoutMs,
}

/** networkd makes the links of .netdev files, and never takes one away. */
function remove(name: string): RunAction {
  return {
    kind: 'run',
    optional: true,
    argv: ['networkctl', 'delete', name],
    purpose: `remove ${name}`,
    timeoutMs,
  }
}

function flush(name: string): RunAction {
  return {
    kind: 'run',
    optional: true,
    argv: ['ip', 'address', 'flush', 'dev', name],
    purpose: `take the addresses of ${name} away`,
    timeoutMs,
  }
}
