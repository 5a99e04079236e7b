// The network step: which NICs are ours, what they get, and the files of the dialect in charge.

import type {Action} from '../action.ts'
import {type Link, selectNics} from '../facts/links.ts'
import type {Dialect, Rendering} from '../network/dialect.ts'
import {describeMacNetwork} from '../network/from-macs.ts'
import type {Network, Nic} from '../network/model.ts'
import type {Problem} from '../problem.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

export type NetworkPlan = StepPlan & {network: Network}

/** Plans the network files, and bringing the NICs up where the network service has already run. */
export function planNetwork(input: PlanInput): NetworkPlan {
  const problems = [...input.contextProblems.network]
  const none = (extra: Problem[] = []) => ({...nothingAsked([...problems, ...extra]), network: {nics: []}})
  if (input.context?.freezesNetwork || input.facts.leavesNetwork) return none()
  if (input.context?.describesNics) return none([describedNotSupported(input)])
  const {network, problems: found} = describeMacNetwork({
    nics: selectNics(input.facts.links),
    ruleAppliesTo: nic => appliesMacRule(input, nic),
    macPrefix: input.settings.macPrefix,
    prefix: input.settings.macNetmask,
    gateway: input.settings.gateway,
    first: input.context?.firstNic ?? {},
    hasRouteElsewhere: input.context === undefined && hasDescribedNic(input),
  })
  problems.push(...found)
  if (input.isContextUnreadable && network.nics.length === 0 && input.facts.links.length > 0) {
    const message = 'no address is taken from a MAC: there is a context, and it cannot be read'
    problems.push({code: 'context-note', message})
  }
  if (network.nics.length === 0) return none()
  const {dialect} = input.facts
  if (dialect === undefined) return none([noDialect(input)])
  const rendering = dialect.render(network, input.facts.files)
  return {
    summary: describeNetwork(network),
    actions: arrange(input, dialect, network, rendering),
    problems: [...problems, ...rendering.problems],
    request: network,
    network,
  }
}

/** One NIC and its address for a person: `eth0 192.168.0.5/24 via 192.168.0.1`. */
export function describeNic(nic: Nic): string {
  const addresses = nic.ipv4?.addresses.map(({address, prefix}) => `${address}/${prefix}`) ?? []
  const via = nic.ipv4?.gateway === undefined ? '' : ` via ${nic.ipv4.gateway.address}`
  return `${nic.device} ${addresses.join(' ')}${via}`
}

function describeNetwork(network: Network): string {
  return network.nics.map(describeNic).join(', ')
}

/** A context that is gone described a NIC that is still there: then it decided about the default route as well. */
function hasDescribedNic({facts, manifest}: PlanInput): boolean {
  return facts.links.some(({mac}) => (manifest.nics[mac]?.origin ?? 'mac-rule') !== 'mac-rule')
}

/**
 * Contract §4: the rule is for guests without a context and for contexts of 2.2's kind; MAC_RULE may say otherwise. A
 * NIC that a context once described is never overwritten by it, and where a context is there that cannot be read only
 * those NICs count that had their address from it before.
 */
function appliesMacRule(input: PlanInput, nic: Link): boolean {
  const {context, isContextUnreadable, settings, manifest} = input
  if (settings.macRule === 'never') return false
  if (settings.macRule === 'always') return true
  if (context !== undefined) return context.isOldKind
  const origin = manifest.nics[nic.mac]?.origin
  return origin === 'mac-rule' || (origin === undefined && !isContextUnreadable)
}

/** Orders the deeds: NICs that change go down by their old definition, the files come, the NICs come up again. */
function arrange(
  {facts}: PlanInput,
  dialect: Dialect,
  network: Network,
  {files, changed}: Rendering,
): Action[] {
  if (!facts.networkStarted) return files
  const isDown = (device: string) => facts.devicesUp !== undefined && !facts.devicesUp.has(device)
  const devices = network.nics.map(nic => nic.device)
  const toTakeDown = changed.filter(device => !isDown(device))
  const toBringUp = devices.filter(device => changed.includes(device) || isDown(device))
  return [
    ...(toTakeDown.length > 0 ? dialect.takeDown(toTakeDown) : []),
    ...files,
    ...(toBringUp.length > 0 ? dialect.bringUp(toBringUp) : []),
  ]
}

function noDialect({facts}: PlanInput): Problem {
  const {manager, os} = facts
  const reason =
    manager === undefined
      ? `nothing that configures the network of ${os.name} is known here`
      : `${manager} is in charge on ${os.name}, and its files are not written yet`
  const cure = 'NETCFG_TYPE in /etc/vmcontext.conf forces a dialect'
  return {code: 'network-unmanaged', message: `the network is left alone: ${reason}`, cure}
}

function describedNotSupported({context}: PlanInput): Problem {
  const message =
    'the context describes NICs by ETHx_ or PCIx_ variables, which are not understood yet; the network is left alone'
  return {code: 'network-unmanaged', file: context?.file, key: 'NETWORK', message}
}
