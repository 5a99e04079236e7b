// Metrics that netplan can hand on. From 2^31 on its generator writes them as negative numbers, which networkd passes
// over, and the greatest of all is no metric to it (NETPLAN_METRIC_UNSPEC): seen with 0.106 and 1.1.

import type {Problem} from '../../problem.ts'
import {interfaceOf, type Nic} from '../model.ts'

const greatest = 0x7fff_ffff

/** The metric, or the greatest that there is. */
export function limitMetric(metric: number): number {
  return Math.min(metric, greatest)
}

/** Says so where a NIC asks for a greater one. */
export function findLimitedMetric(nic: Nic): Problem[] {
  const families = [nic.ipv4, nic.ipv6].filter(family => family !== undefined)
  const metrics = families.flatMap(({gateway, metric, routes}) => {
    return [gateway?.metric, metric, ...routes.map(route => route.metric)]
  })
  if (metrics.every(metric => metric === undefined || metric <= greatest)) return []
  const message = `${interfaceOf(nic)} gets the metric ${greatest} where it shall have a greater one: netplan knows none`
  return [{code: 'value-adjusted', message}]
}
