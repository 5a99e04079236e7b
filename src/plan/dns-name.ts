// The step that asks the name servers what the guest is called, once they can be reached (DNS_HOSTNAME, contract §3).

import type {TakeDnsNameAction} from '../action.ts'
import {interfaceOf, type Network} from '../network/model.ts'
import {firstStaticAddress} from './hostname.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

/** Plans to ask for the name of the guest's first address. Until there is an answer the guest keeps its last name. */
export function planDnsName({context, contextProblems, settings}: PlanInput, network: Network): StepPlan {
  const problems = [...contextProblems['dns-name']]
  if (context?.wantsDnsName !== true) return nothingAsked(problems)
  // What is not going to be done to the network is not there.
  const isOff = settings.stepsOff.has('network')
  const action: TakeDnsNameAction = {
    kind: 'take-dns-name',
    ...(isOff ? {} : {...chooseAddress(network), hostsAddress: firstStaticAddress(network)}),
    servers: network.dns,
  }
  const {address, device} = action
  const of = address ?? (device === undefined ? 'the first address' : `the address of ${device}`)
  return {summary: `the name of ${of}`, actions: [action], problems, request: action}
}

/** Of the first NIC that gets some: the first IPv4 address, known or to come, else the first IPv6 address. */
function chooseAddress({nics}: Network): Pick<TakeDnsNameAction, 'address' | 'device'> {
  for (const nic of nics) {
    const device = interfaceOf(nic)
    for (const family of [nic.ipv4, nic.ipv6]) {
      if (family === undefined || family.method === 'disable') continue
      return family.method === 'static' ? {address: family.addresses[0]?.address, device} : {device}
    }
  }
  return {}
}
