// What the running systemd itself says of our first unit: what it has read may differ from the files, and what it has
// done in this boot from both.

import type {Problem} from '../../problem.ts'
import {describeEnd, succeeded} from '../../system/commands.ts'
import type {System} from '../../system/system.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {isOfNetwork} from './unit-order.ts'

const unit = 'vmcontext-local.service'
const timeoutMs = 5000
const networks = [
  'networking.service',
  'network.service',
  'NetworkManager.service',
  'systemd-networkd.service',
]
const properties = 'Id,LoadState,NeedDaemonReload,UnitFileState,After,ExecMainStartTimestampMonotonic'

/** Asks it; silent where no systemd runs, as in a container with another init. */
export async function askSystemd(system: System): Promise<Problem[]> {
  if (system.files.status('/run/systemd/system') === undefined) return []
  const argv = ['systemctl', 'show', '--no-pager', '-p', properties, unit, ...networks] as const
  const result = await system.run({argv, timeoutMs})
  if (!succeeded(result))
    return [note({message: `systemctl ${describeEnd(result)}, so systemd was not asked`})]
  const [own, ...others] = parseUnits(result.output)
  return own === undefined ? [] : [...findLateOrder(own), ...checkLoaded(own), ...compareStarts(own, others)]
}

type Unit = ReadonlyMap<string, string>

/** Units stand apart by an empty line. */
function parseUnits(output: string): Unit[] {
  return output
    .trim()
    .split(/\n\n+/)
    .map(
      block => new Map(block.split('\n').map(line => line.split(/=(.*)/s).slice(0, 2) as [string, string])),
    )
}

/** Also what other units say: a Before= of theirs is an After= of ours. */
function findLateOrder(own: Unit): Problem[] {
  const late = (own.get('After') ?? '').split(' ').filter(isOfNetwork)
  if (late.length === 0) return []
  const message = `systemd starts ${unit} behind ${late.join(' and ')}: the network is up before its files are written`
  const cure = `take out what says so: After= in ${unit}, Before= in the others, or their drop-ins (systemctl cat shows them); then systemctl daemon-reload`
  return [wrong({message, cure})]
}

function checkLoaded(own: Unit): Problem[] {
  const isUnread = own.get('LoadState') !== 'loaded' || own.get('NeedDaemonReload') === 'yes'
  if (!isUnread) return []
  const message = `systemd has not read ${unit} as it is on the disk`
  return [doubtful({message, cure: 'systemctl daemon-reload'})]
}

/** What was started by hand later on looks the same, so that it is a note. */
function compareStarts(own: Unit, others: readonly Unit[]): Problem[] {
  const started = startOf(own)
  if (started === 0) return []
  const earlier = others.filter(other => startOf(other) > 0 && startOf(other) < started)
  if (earlier.length === 0) return []
  const names = earlier.map(other => other.get('Id')).join(' and ')
  const seconds = ((started - Math.min(...earlier.map(startOf))) / 1_000_000).toFixed(1)
  const message = `in this boot ${unit} was last started ${seconds} s behind ${names}`
  return [
    note({message, cure: 'all is well if somebody started it by hand; else boot again and look once more'}),
  ]
}

/** In microseconds since boot; 0: not in this boot. */
function startOf(each: Unit): number {
  return Number(each.get('ExecMainStartTimestampMonotonic') ?? 0)
}
