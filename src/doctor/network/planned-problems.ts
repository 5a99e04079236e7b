// The problems of the network step, each told by the one check that it belongs to.

import type {Problem} from '../../problem.ts'
import type {Exam} from '../exam.ts'

export type NetworkPart = 'manager' | 'nics' | 'gateways' | 'names'

/** Those that planning the network has found about one part of it. */
export function plannedOf(part: NetworkPart, {prepared}: Exam): Problem[] {
  const step = prepared.plan.steps.find(({name}) => name === 'network')
  return (step?.problems ?? []).filter(problem => partOf(problem) === part)
}

function partOf({code, file, key = ''}: Problem): NetworkPart {
  if (code === 'network-unmanaged' || code === 'rival-idle' || key.startsWith('NETCFG_')) return 'manager'
  if (/GATEWAY6?$/.test(key)) return 'gateways'
  return file === '/etc/resolv.conf' || /DNS$|SEARCH_DOMAIN$/.test(key) ? 'names' : 'nics'
}
