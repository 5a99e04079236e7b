// What networkd, or networkd of an older systemd, cannot be told. Its manual names the version of each key; a key that
// it does not know it only warns about.

import type {Problem} from '../../problem.ts'
import type {Nic} from '../model.ts'
import {interfaceOf} from '../model.ts'
import {isSince, type Version} from './network-file.ts'

type Limit = {
  /** The version that can. */
  since: number
  isAsked(nic: Nic): boolean
  /** What becomes of it. */
  instead: string
}

const limits: readonly Limit[] = [
  {
    since: 231,
    isAsked: ({ipv6}) => ipv6?.method === 'static' || ipv6?.method === 'disable',
    instead: 'takes addresses of routers as well',
  },
  {
    since: 235,
    isAsked: ({ipv4, ipv6}) =>
      [ipv4, ipv6].some(family =>
        [family?.gateway, ...(family?.routes ?? []).map(({gateway}) => gateway)].some(hop => hop?.onLink),
      ),
    instead: 'has no route through a gateway outside its subnets',
  },
  {
    since: 246,
    isAsked: ({ipv6}) => ipv6?.method === 'auto',
    instead: 'asks a DHCPv6 server where the router says so',
  },
  {
    since: 246,
    isAsked: ({ipv6}) => ipv6?.metric !== undefined && (ipv6.method === 'auto' || ipv6.method === 'dhcp'),
    instead: 'has its IPv6 default route with the metric that systemd gives it',
  },
]

/** IPv6 requires it of every link, RFC 8200; networkd raises a smaller MTU unless IPv6 is off. */
const smallestMtu = 1280

/** Names what of a NIC is not as it is asked for. */
export function findLimits(nic: Nic, version: Version): Problem[] {
  const name = interfaceOf(nic)
  const problems = limits
    .filter(({since, isAsked}) => !isSince(version, since) && isAsked(nic))
    .map(({since, instead}): Problem => {
      return {
        code: 'value-ignored',
        message: `${name} ${instead}: systemd ${version} cannot be told otherwise`,
        cure: `systemd ${since} can`,
      }
    })
  if (nic.mtu === undefined || nic.mtu >= smallestMtu || nic.ipv6?.method === 'disable') return problems
  const message = `systemd-networkd raises the MTU of ${name} from ${nic.mtu} to ${smallestMtu}, as it has IPv6`
  return [...problems, {code: 'value-adjusted', message, cure: 'IP6_METHOD=disable leaves the MTU alone'}]
}
