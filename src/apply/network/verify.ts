// After the network of a running guest was changed: does it have what it should, and does anybody still answer?

import {setTimeout as sleep} from 'node:timers/promises'
import type {ExpectedInterface, ProbeGatewaysAction, VerifyNetworkAction} from '../../action/network.ts'
import {answers, type DefaultRoute, readAddresses, readDefaultRoutes} from '../../system/kernel-network.ts'
import type {System} from '../../system/system.ts'
import {type Handler, leftOut, type Workshop} from '../workshop.ts'

const probeMs = 1500
const pollMs = 250

export const probeGatewaysHandler: Handler<ProbeGatewaysAction> = {
  async perform(_, workshop) {
    if (!workshop.mayExecute) return leftOut('gateways', 'the kernel of another root is not there')
    workshop.hadAnswer = await doesAnyAnswer(workshop.system, readDefaultRoutes(workshop.system), probeMs)
    return {status: 'unchanged', detail: 'gateways'}
  },
}

export const verifyNetworkHandler: Handler<VerifyNetworkAction> = {
  async perform(action, workshop) {
    const detail = 'checked the network'
    if (!workshop.mayExecute) return leftOut(detail, 'the kernel of another root is not there')
    const wrong = await findWrong(action, workshop)
    if (wrong === undefined) return {status: 'unchanged', detail}
    const isUndone = action.undo.length > 0
    const message = `${wrong} after ${Math.round(action.timeoutMs / 1000)} s${isUndone ? ', so the network is as it was before' : ''}`
    const cure = isUndone ? 'mend the context, or run vmcontext boot --no-verify' : undefined
    return {
      status: 'failed',
      detail,
      problems: [{code: 'deed-failed', message, cure}],
      followUps: action.undo,
    }
  },
}

/** What is still wrong when the time is over; undefined as soon as nothing is. */
async function findWrong(
  action: VerifyNetworkAction,
  {system, hadAnswer}: Workshop,
): Promise<string | undefined> {
  const deadline = performance.now() + action.timeoutMs
  for (;;) {
    const wrong = findMissing(action.expected) ?? (await findSilence(system, action.expected, hadAnswer))
    if (wrong === undefined || performance.now() > deadline) return wrong
    await sleep(pollMs)
  }
}

/** What an interface does not have of what it should, in words. */
export function findMissing(expected: readonly ExpectedInterface[]): string | undefined {
  const addresses = readAddresses()
  for (const {name, addresses: wanted, needsLease, needsIpv6 = false} of expected) {
    const present = addresses.get(name) ?? []
    const missing = wanted.find(address => !present.includes(address))
    if (missing !== undefined) return `${name} does not have ${missing}`
    const others = present.filter(address => !address.includes(':') && !wanted.includes(address))
    // A client that got no answer takes one of 169.254.0.0/16 for itself (RFC 3927).
    if (needsLease && others.every(address => address.startsWith('169.254.'))) return `${name} has no lease`
    const isGlobal = (address: string) => address.includes(':') && !/^fe[89ab]/.test(address)
    if (needsIpv6 && !present.some(isGlobal)) return `${name} has no IPv6 address`
  }
  return undefined
}

/** Where nobody answered before, silence is nothing that we have caused. */
async function findSilence(
  system: System,
  expected: readonly ExpectedInterface[],
  hadAnswer: boolean | undefined,
): Promise<string | undefined> {
  if (hadAnswer !== true) return undefined
  const routes = expected.flatMap(({name, gateways}) => gateways.map(gateway => ({gateway, device: name})))
  const all = [...routes, ...readDefaultRoutes(system)]
  if (all.length === 0) return 'there is no default route any more'
  return (await doesAnyAnswer(system, all, probeMs)) === false ? 'no gateway answers any more' : undefined
}

/** Undefined where it cannot be told. */
async function doesAnyAnswer(system: System, routes: readonly DefaultRoute[], limitMs: number) {
  const found = await Promise.all(routes.map(route => answers(system, route, limitMs)))
  return found.includes(true) ? true : found.every(answer => answer === undefined) ? undefined : false
}
