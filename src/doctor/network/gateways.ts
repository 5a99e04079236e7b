// Checks gateways: that they are neighbours, that they can be hosts, that one default route comes before the other.

import {isIpv6, isWithin, networkAddress} from '../../context/network/ip-address.ts'
import {refuseHostAddress} from '../../context/network/ipv4.ts'
import {type Gateway, type Ipv4, type Ipv6, interfaceOf, type Nic} from '../../network/model.ts'
import type {Place, Problem} from '../../problem.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {isAnyAbsent} from './absent-nics.ts'
import {findLacking, hasDefaultRoute} from './kernel-state.ts'
import {placeInContext, plannedNics} from './planned-nics.ts'
import {plannedOf} from './planned-problems.ts'
import {asksGateway} from './reach.ts'

export const gatewaysCheck: Check = {
  id: 'gateways',
  title: 'gateways and their subnets',
  async examine(exam) {
    const ways = listWays(exam)
    const strange = await Promise.all(ways.map(async way => (await findStrange(way, exam)) ?? []))
    return {
      facts: ways.map(({nic, gateway}) => `${interfaceOf(nic)} ${describe(gateway)}`),
      problems: [
        ...strange.flat(),
        ...findEqualMetrics(ways),
        ...plannedOf('gateways', exam),
        ...findNoWay(ways, exam),
        ...findSharedSubnets(exam),
      ],
    }
  },
}

/** A default route that is to be, and where the context says so. */
type Way = {nic: Nic; gateway: Gateway; family: Ipv4 | Ipv6; place: Place}

function listWays(exam: Exam): Way[] {
  return plannedNics(exam).flatMap(nic =>
    [nic.ipv4, nic.ipv6].flatMap(family => {
      const gateway = family?.gateway
      if (family === undefined || gateway === undefined) return []
      return {nic, gateway, family, place: placeOfGateway(nic, gateway, exam)}
    }),
  )
}

/** By what it says: which ETHx a NIC is, its name need not tell. */
function placeOfGateway({origin}: Nic, {address}: Gateway, {prepared}: Exam): Place {
  const variables = [...(prepared.context?.variables.values() ?? [])]
  const pattern = origin === 'context' ? /^(ETH|PCI)\d+_(IP6_)?GATEWAY6?$/ : /^GATEWAY$/
  const found = variables.find(
    ({name, value}) => pattern.test(name) && value.trim().toLowerCase() === address,
  )
  return found === undefined ? {} : placeInContext(prepared, found.name)
}

function describe({address, onLink, metric}: Gateway): string {
  return `${address}${onLink ? ', on the link' : ''}${metric === undefined ? '' : `, metric ${metric}`}`
}

async function findStrange(way: Way, exam: Exam): Promise<Problem | undefined> {
  const {nic, gateway, place} = way
  const {address} = gateway
  const owner = plannedNics(exam).find(other => addressesOf(other).some(own => own.address === address))
  if (owner !== undefined) {
    const message = `${address}, the gateway of ${nic.device}, is the address of ${owner.device} itself`
    return wrong({...place, message, cure: 'name the router of that network'})
  }
  const home = addressesOf(nic).find(own => isWithin(address, own))
  const refusal = home && !isIpv6(address) ? refuseHostAddress(address, home.prefix) : undefined
  if (refusal !== undefined) {
    const message = `${address}, the gateway of ${nic.device}, is ${refusal}: nobody answers there`
    return wrong({...place, message, cure: 'name the router of that network'})
  }
  return gateway.onLink ? judgeOffSubnet(way, exam) : undefined
}

/**
 * Some clouds mean it so, with /32: then it is no fault. Elsewhere it is a mistyped address or mask, unless somebody
 * answers there.
 */
async function judgeOffSubnet({nic, gateway, family, place}: Way, exam: Exam): Promise<Problem | undefined> {
  const own = family.addresses
  const alone = isIpv6(gateway.address) ? 128 : 32
  if (own.length > 0 && own.every(({prefix}) => prefix === alone)) return undefined
  const subnets = own.map(each => `${networkAddress(each)}/${each.prefix}`).join(', ')
  const message = `${gateway.address} lies outside of ${subnets}, the subnet of ${interfaceOf(nic)}`
  const isLive = exam.system.live && findLacking(nic, exam) === undefined
  const answers = isLive
    ? await asksGateway({gateway: gateway.address, device: interfaceOf(nic)}, exam)
    : undefined
  if (answers === true) return note({...place, message: `${message}; it answers there all the same`})
  const cure = 'make address, mask and gateway go together: one of the three is not that of this network'
  const effect = answers === false ? ', and does not answer there' : ', so most routers do not answer'
  return wrong({...place, message: `${message}${effect}`, cure})
}

function addressesOf({ipv4, ipv6}: Nic) {
  return [...(ipv4?.addresses ?? []), ...(ipv6?.addresses ?? [])]
}

/** The kernel takes the first one that is added, and refuses the other or keeps it in reserve. */
function findEqualMetrics(ways: readonly Way[]): Problem[] {
  return ways.flatMap(({nic, gateway, place}, index) => {
    const twin = ways.slice(0, index).find(other => isEqualRoute(other.gateway, gateway))
    if (twin === undefined) return []
    const metric = gateway.metric === undefined ? 'no metric' : `the metric ${gateway.metric}`
    const message = `the default routes of ${twin.nic.device} and ${nic.device} both have ${metric}: only one of them holds`
    const cure = 'give one of them a higher METRIC, or no gateway'
    return [wrong({...place, message, cure})]
  })
}

function isEqualRoute(one: Gateway, other: Gateway): boolean {
  return isIpv6(one.address) === isIpv6(other.address) && one.metric === other.metric
}

function findNoWay(ways: readonly Way[], exam: Exam): Problem[] {
  const nics = plannedNics(exam)
  const isTold = plannedOf('gateways', exam).length > 0
  const isElsewhere = nics.some(
    ({ipv4, ipv6}) => ipv4?.method === 'dhcp' || ['auto', 'dhcp'].includes(ipv6?.method ?? ''),
  )
  if (nics.length === 0 || ways.length > 0 || isTold || isElsewhere || isAnyAbsent(exam)) return []
  if (exam.system.live && hasDefaultRoute(exam)) return []
  const message = 'no card has a gateway: nothing outside of its own subnets can be reached'
  return [
    doubtful({message, cure: 'GATEWAY in the virtual network of OpenNebula gives one; else it is meant so'}),
  ]
}

function findSharedSubnets(exam: Exam): Problem[] {
  const homes = plannedNics(exam).flatMap(nic =>
    (nic.ipv4?.addresses ?? []).map(own => ({nic, subnet: `${networkAddress(own)}/${own.prefix}`})),
  )
  return homes.flatMap(({nic, subnet}, index) => {
    const other = homes.slice(0, index).find(each => each.subnet === subnet && each.nic !== nic)
    if (other === undefined) return []
    const message = `${other.nic.device} and ${nic.device} are both in ${subnet}: answers may leave by the other card`
    return [note({message})]
  })
}
