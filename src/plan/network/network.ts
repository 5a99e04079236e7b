// The network step: which NICs are ours, what they get, and the files of the dialect in charge.

import type {Network, Nic} from '../../network/model.ts'
import {interfaceOf, noNetwork} from '../../network/model.ts'
import type {Problem} from '../../problem.ts'
import type {NicRecord} from '../../report/owned-nics.ts'
import {nothingAsked, type PlanInput, type StepPlan} from '../input.ts'
import {decideNetwork} from './decide-network.ts'
import {findFormerNics} from './former-nics.ts'
import {planFiles, rendererOf} from './network-files.ts'

export type NetworkPlan = StepPlan & {
  network: Network
  /** The NICs that are ours from now on, by MAC, as the manifest has them. */
  owned: Readonly<Record<string, NicRecord>>
  /** The MACs of NICs that are no longer ours. */
  givenBack: readonly string[]
}

/** Plans the network files, and bringing the NICs up where the network service has already run. */
export function planNetwork(input: PlanInput): NetworkPlan {
  const problems = [...input.contextProblems.network]
  const none = (extra: Problem[] = []): NetworkPlan => {
    return {...nothingAsked([...problems, ...extra]), network: noNetwork, owned: {}, givenBack: []}
  }
  if (input.context?.freezesNetwork || input.facts.leavesNetwork) return none()
  const decision = decideNetwork(input)
  const {network, mtus} = decision
  problems.push(...decision.problems)
  const former = findFormerNics(input, decision)
  if (network.nics.length === 0 && former.length === 0 && mtus.length === 0) return none()
  const {dialect} = input.facts
  if (dialect === undefined) return none([noDialect(input)])
  const rendering = planFiles(input, dialect, network, former)
  const owned = network.nics.map(({mac, device, vlan, origin}): [string, NicRecord] => {
    const isShaped = (origin === 'mac-rule' && shapesMacNetwork(input)) || undefined
    return [mac, {device, vlan, origin, dialect: dialect.name, isShaped}]
  })
  return {
    summary: network.nics.map(describeNic).join(', '),
    actions: [
      ...rendering.actions,
      ...mtus.map(({device, mtu}) => ({kind: 'set-mtu', device, mtu}) as const),
    ],
    problems: [...problems, ...rendering.problems],
    request: {
      network,
      mtus,
      former,
      dialect: dialect.name,
      renderer: rendererOf(input),
      lost: [...input.facts.devicesLost],
    },
    network,
    owned: Object.fromEntries(owned),
    givenBack: former.map(({mac}) => mac).filter(mac => !network.nics.some(nic => nic.mac === mac)),
  }
}

/** A context of 2.2 says something of NICs that have their address from their MAC. */
function shapesMacNetwork({context}: PlanInput): boolean {
  if (context === undefined) return false
  const {firstNic, dns, searchDomains} = context
  return [firstNic.prefix, firstNic.gateway, ...dns, ...searchDomains].some(value => value !== undefined)
}

/** One NIC and its addresses for a person: `eth0 192.168.0.5/24 via 192.168.0.1`. */
export function describeNic(nic: Nic): string {
  const families = [nic.ipv4, nic.ipv6].flatMap(family => {
    if (family === undefined) return []
    const method = family.method === 'static' ? [] : [describeMethod(nic, family.method)]
    const addresses = family.addresses.map(({address, prefix}) => `${address}/${prefix}`)
    const via = family.gateway === undefined ? [] : [`via ${family.gateway.address}`]
    return [...method, ...addresses, ...via]
  })
  return [interfaceOf(nic), ...new Set(families)].join(' ')
}

function describeMethod({ipv4}: Nic, method: string): string {
  if (method === 'auto') return 'router advertisements'
  if (method === 'disable') return 'no IPv6'
  return ipv4?.method === 'dhcp' ? 'DHCP' : 'DHCPv6'
}

function noDialect({facts}: PlanInput): Problem {
  const {manager, os} = facts
  const reason =
    manager === undefined
      ? `nothing that configures the network of ${os.name} is known here`
      : `${manager} is in charge on ${os.name}, and its files are not known`
  const cure = 'NETCFG_TYPE in /etc/vmcontext.conf forces a dialect'
  return {code: 'network-unmanaged', message: `the network is left alone: ${reason}`, cure}
}
