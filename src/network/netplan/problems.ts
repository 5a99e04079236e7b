// What netplan, or who carries it out, cannot be told, and what of others stands in the way.

import type {Problem} from '../../problem.ts'
import type {Change, Surroundings} from '../dialect.ts'
import {interfaceOf, type Nic} from '../model.ts'
import {findLimits} from '../networkd/limits.ts'
import {canBeAbout, type Definition, isBroad, namedIds} from './definition.ts'
import {usableServers} from './for-manager.ts'
import {sortsBefore} from './ids.ts'
import {findLimitedMetric} from './metric.ts'
import {isOld, type OwnPlan} from './own-file.ts'
import {isStartedAtBoot, type Renderer} from './renderer.ts'

/** Finds them; `left` is what the files of others say in the end. */
export function findProblems(
  {network, withdraw}: Change,
  {ids, renderer}: OwnPlan,
  left: readonly Definition[],
  surroundings: Surroundings,
): Problem[] {
  const broad = left.filter(isBroad)
  const takers = new Map(
    left.filter(({section}) => section !== 'vlans').flatMap(each => namedIds(each).map(id => [id, each])),
  )
  return [
    ...(network.nics.length > 0 ? findIdleManager(renderer, surroundings) : []),
    ...network.nics.flatMap(nic => [
      ...findRivals(nic, ids.get(nic)!, broad, renderer),
      ...findTaker(nic, takers.get(ids.get(nic)!)),
      ...findLimitedMetric(nic),
      ...(renderer === 'networkd'
        ? findLimits(nic, surroundings.systemdVersion)
        : findLimitsOfManager(nic, surroundings)),
    ]),
    ...withdraw.flatMap(({device}) =>
      broad.filter(each => canBeAbout(each, device)).map(each => describeIdle(each, device)),
    ),
  ]
}

/** networkd is started by netplan itself. */
function findIdleManager(renderer: Renderer, surroundings: Surroundings): Problem[] {
  if (renderer === 'networkd' || isStartedAtBoot(renderer, surroundings)) return []
  const message = 'netplan hands the NICs to NetworkManager here, which nothing starts at boot'
  return [{code: 'network-unmanaged', message, cure: 'systemctl enable NetworkManager'}]
}

/** NetworkManager goes by priority, and ours is high; networkd takes the first file by name. */
function findRivals(nic: Nic, id: string, broad: readonly Definition[], renderer: string): Problem[] {
  if (renderer === 'NetworkManager') return []
  const own: [string, string][] = [
    [nic.device, id],
    ...(nic.vlan ? [[nic.vlan.name, nic.vlan.name] as [string, string]] : []),
  ]
  return own.flatMap(([name, id]) =>
    broad
      .filter(each => canBeAbout(each, name) && !sortsBefore(id, each.id))
      .map((each): Problem => {
        const message = `\`${each.id}\` fits ${name} too, and systemd-networkd takes it before ours`
        return {
          code: 'rival',
          file: each.path,
          message,
          cure: `write its \`match\` so that it does not fit ${name}`,
        }
      }),
  )
}

function findTaker({device}: Nic, taker: Definition | undefined): Problem[] {
  if (taker === undefined) return []
  const message = `\`${taker.id}\` takes ${device} as one of its ports, and with it the addresses`
  return [{code: 'rival', file: taker.path, message, cure: `take ${device} out of its interfaces`}]
}

function describeIdle({path, id}: Definition, device: string): Problem {
  const message = `\`${id}\` fits ${device} too, and stays because it is about others as well`
  return {
    code: 'rival-idle',
    file: path,
    message,
    cure: `write its \`match\` so that it does not fit ${device}`,
  }
}

/** Names what NetworkManager makes of a NIC otherwise than it is asked for. */
function findLimitsOfManager(nic: Nic, surroundings: Surroundings): Problem[] {
  const name = interfaceOf(nic)
  const ignored = (what: string): Problem => {
    return {code: 'value-ignored', message: `${name} ${what}`, cure: 'NETCFG_NETPLAN_RENDERER=networkd can'}
  }
  const servers = nic.dns.filter(server => !usableServers(nic, {renderer: 'NetworkManager'}).includes(server))
  return [
    ...(nic.ipv6?.method === 'auto'
      ? [ignored('asks a DHCPv6 server where the router says so: NetworkManager cannot be told otherwise')]
      : []),
    ...(servers.length > 0
      ? [
          ignored(
            `gets no name server ${servers.join(' ')}: NetworkManager takes none of a family without addresses`,
          ),
        ]
      : []),
    ...(isOld(surroundings) &&
    (nic.ipv6?.method === 'disable' || nic.vlan !== undefined || nic.ipv4 === undefined)
      ? [ignored('may get link-local addresses besides: this netplan cannot tell NetworkManager otherwise')]
      : []),
  ]
}
