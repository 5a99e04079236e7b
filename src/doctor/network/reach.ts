// Whether gateways answer, each asked once in a round; and what keeps a server from being reached, so that silence that
// has another cause is not told as one.

import {isWithin} from '../../context/network/ip-address.ts'
import {interfaceOf, type Nic} from '../../network/model.ts'
import type {Prepared} from '../../prepare.ts'
import {type DefaultRoute, findNeighbour} from '../../system/kernel-network.ts'
import type {System} from '../../system/system.ts'
import type {Exam} from '../exam.ts'
import {findLacking, hasDefaultRoute, isNeighbour, listRoutes} from './kernel-state.ts'
import {plannedNics} from './planned-nics.ts'

/** The kernel asks again by itself after 5 s, and gives up 3 s later (neigh(7)). */
const limitMs = 9000

const asked = new WeakMap<Prepared, Map<string, Promise<boolean | undefined>>>()

/** Tells whether a gateway answers; undefined where it cannot be told, as behind a tunnel, which has no neighbours. */
export async function asksGateway(
  route: DefaultRoute,
  {system, prepared}: Exam,
): Promise<boolean | undefined> {
  if (!hasNeighbours(system, route.device)) return undefined
  const known = asked.get(prepared) ?? new Map<string, Promise<boolean | undefined>>()
  asked.set(prepared, known)
  const key = `${route.gateway} ${route.device}`
  const answer = known.get(key) ?? findNeighbour(system, route, limitMs)
  known.set(key, answer)
  return answer
}

/** No IFF_NOARP (netdevice(7)): tun, WireGuard and PPP have it, and whoever is at their far end answers no such question. */
function hasNeighbours({files}: System, device: string): boolean {
  return (Number(files.readText(`/sys/class/net/${device}/flags`)) & 0x80) === 0
}

/** Why nothing can come back from an address, in words: "eth0 is down". Undefined: nothing is in the way. */
export async function findCut(address: string, exam: Exam): Promise<string | undefined> {
  if (/^127\.|^::1$/.test(address)) return undefined
  const home = plannedNics(exam).find(nic => isAtHome(address, nic))
  const lacking = home && findLacking(home, exam)
  if (lacking !== undefined) return lacking.words
  if (home !== undefined || isNeighbour(address)) return findSilentGateway(address, exam)
  const routes = listRoutes(exam).filter(({gateway}) => gateway.includes(':') === address.includes(':'))
  if (routes.length === 0) return describeNoRoute(exam)
  const answers = await Promise.all(routes.map(route => asksGateway(route, exam)))
  return answers.every(answer => answer === false) ? 'no gateway answers' : undefined
}

/** A server that is the gateway as well. */
async function findSilentGateway(address: string, exam: Exam): Promise<string | undefined> {
  const route = listGateways(exam).find(({gateway}) => gateway === address)
  const answers = route && (await asksGateway(route, exam))
  return answers === false ? 'it is a gateway, and does not answer' : undefined
}

function isAtHome(address: string, {ipv4, ipv6}: Nic): boolean {
  return [...(ipv4?.addresses ?? []), ...(ipv6?.addresses ?? [])].some(own => isWithin(address, own))
}

function describeNoRoute(exam: Exam): string | undefined {
  const lacking = plannedNics(exam).flatMap(nic => findLacking(nic, exam)?.words ?? [])
  return lacking[0] ?? (hasDefaultRoute(exam) ? undefined : 'there is no default route')
}

/** The gateways to ask: those that are planned, and those that the kernel has besides. */
export function listGateways(exam: Exam): (DefaultRoute & {nic?: Nic | undefined})[] {
  const planned = plannedNics(exam).flatMap(nic =>
    [nic.ipv4?.gateway, nic.ipv6?.gateway].flatMap(gateway =>
      gateway === undefined ? [] : {gateway: gateway.address, device: interfaceOf(nic), nic},
    ),
  )
  const others = listRoutes(exam).filter(
    ({gateway, device}) => !planned.some(each => each.gateway === gateway && each.device === device),
  )
  return [...planned, ...others]
}
