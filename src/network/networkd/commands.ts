// How systemd-networkd is told of its files, whoever writes them: networkctl(1).

import type {RunAction} from '../../action.ts'
import type {Activation} from '../dialect.ts'
import {interfaceOf} from '../model.ts'
import {isSince, type Version} from './network-file.ts'

/** systemd runs: /sbin/init is not something else, and this is no image. */
export const systemdRuns = '/run/systemd/system'

/**
 * Not waited for: at boot it is ordered behind units that wait for us. Where it runs already, or is about to, this does
 * nothing.
 */
export const startNetworkd = run(
  ['systemctl', '--no-block', 'start', 'systemd-networkd.service'],
  'start systemd-networkd',
)

/**
 * Has networkd that runs read its files anew: it configures those links anew whose file is another one or has another
 * text, and the rest keep what they have. `isVlanInForce`: of the names of links, which it made itself.
 */
export function tellNetworkd(
  {down, up, network}: Activation,
  version: Version,
  isVlanInForce: (name: string) => boolean,
): {before: RunAction[]; after: RunAction[]} {
  const wanted = new Set(network.nics.map(interfaceOf))
  const gone = down.filter(name => !wanted.has(name) && !up.includes(name))
  // A link that no file is about any more keeps its addresses: 247 did (seen), 252 takes them away (seen).
  const stale = isSince(version, 252) ? [] : gone.filter(name => !isVlanInForce(name))
  return {
    before: gone.filter(isVlanInForce).map(remove),
    // 244 brought `reload`.
    after: [run(isSince(version, 244) ? reload : restart, purpose), ...stale.map(flush)],
  }
}

const purpose = 'have systemd-networkd read its files'
const reload = ['networkctl', 'reload'] as const
const restart = ['systemctl', 'restart', 'systemd-networkd.service'] as const

/** networkd makes VLANs, and never takes one away. */
function remove(name: string): RunAction {
  return {...run(['networkctl', 'delete', name], `remove ${name}`), optional: true}
}

function flush(name: string): RunAction {
  const argv = ['ip', 'address', 'flush', 'dev', name] as const
  return {...run(argv, `take the addresses of ${name} away`), optional: true}
}

function run(argv: RunAction['argv'], purpose: string): RunAction {
  return {kind: 'run', argv, purpose, timeoutMs: 20_000}
}
