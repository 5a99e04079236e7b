// How NetworkManager is told of its files, whoever writes them: nmcli(1).

import type {RunAction} from '../../action.ts'

const reloadTimeoutMs = 10_000
/** Until an address is there; after that NetworkManager goes on trying by itself. */
const waitSeconds = 25
const upTimeoutMs = (waitSeconds + 5) * 1000

/** Not waited for: at boot it is ordered behind units that wait for us. */
export const startManager: RunAction = {
  kind: 'run',
  argv: ['systemctl', '--no-block', 'start', 'NetworkManager.service'],
  purpose: 'start NetworkManager',
  timeoutMs: reloadTimeoutMs,
}

export const reloadProfiles: RunAction = {
  kind: 'run',
  argv: ['nmcli', 'connection', 'reload'],
  purpose: 'have NetworkManager read its profiles',
  timeoutMs: reloadTimeoutMs,
}

export const reloadConfiguration: RunAction = {
  kind: 'run',
  argv: ['nmcli', 'general', 'reload', 'conf'],
  purpose: 'have NetworkManager read its configuration',
  timeoutMs: reloadTimeoutMs,
}

/** Brings an interface up by a profile of ours, which `selector` names. */
export function bringUp(name: string, ...selector: string[]): RunAction {
  return bring(name, ['connection', 'up', ...selector])
}

/** Brings an interface that is no longer ours up by whatever profile there is for it now. It may have been unplugged. */
export function bringBack(name: string): RunAction {
  return {...bring(name, ['device', 'connect', name]), optional: true}
}

function bring(name: string, words: readonly string[]): RunAction {
  const argv = ['nmcli', '--wait', `${waitSeconds}`, ...words] as const
  return {kind: 'run', argv, purpose: `bring up ${name}`, timeoutMs: upTimeoutMs}
}
