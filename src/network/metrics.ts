// Several default routes: without metrics the last NIC to come up would win, or fail to come up.

import type {NicRequest} from '../context/network/nics.ts'
import type {Problem} from '../problem.ts'
import type {Gateway, Nic} from './model.ts'

type Described = {nic: Nic; request: NicRequest}

/** What a route without a metric has in the kernel: in IPv6 1024 (IP6_RT_PRIO_USER), which 101 would come before. */
const kernelMetrics = {ipv4: 0, ipv6: 1024} as const

/**
 * Among the default routes of a family that have no metric the first keeps none, and the others get 100 and the
 * number of their NIC more than that (contract §4). Those that DHCP or a router brings are not counted.
 */
export function withMetrics(described: readonly Described[], problems: Problem[]): Nic[] {
  let nics = described.map(({nic}) => nic)
  for (const family of ['ipv4', 'ipv6'] as const) {
    const bare = described.filter((_, position) => isBare(nics[position]?.[family]?.gateway))
    const taken = new Set(nics.map(nic => nic[family]?.gateway?.metric))
    const given = new Map(
      bare.slice(1).map(({nic, request}) => {
        return [nic.device, takeFree(kernelMetrics[family] + 100 + request.index, taken)]
      }),
    )
    nics = nics.map(nic => withMetric(nic, family, given.get(nic.device)))
    if (given.size === 0) continue
    const list = [...given].map(([device, metric]) => `${device} ${metric}`).join(', ')
    const version = family === 'ipv4' ? 'IPv4' : 'IPv6'
    const message = `of several ${version} default routes that of ${bare[0]!.nic.device} comes first; metrics are given to the others: ${list}`
    problems.push({code: 'choice-made', message, cure: 'METRIC in the context decides otherwise'})
  }
  return nics
}

/** Two default routes of one metric do not go together; ETH1 and PCI1 have the same number. */
function takeFree(wanted: number, taken: Set<number | undefined>): number {
  let metric = wanted
  while (taken.has(metric)) metric += 1
  taken.add(metric)
  return metric
}

function isBare(gateway: Gateway | undefined): boolean {
  return gateway !== undefined && gateway.metric === undefined
}

function withMetric(nic: Nic, family: 'ipv4' | 'ipv6', metric: number | undefined): Nic {
  const its = nic[family]
  if (metric === undefined || its?.gateway === undefined) return nic
  return {...nic, [family]: {...its, gateway: {...its.gateway, metric}}}
}
