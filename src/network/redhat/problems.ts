// What these files cannot say, and what stands in their way.

import type {ByteText} from '../../action.ts'
import type {Problem} from '../../problem.ts'
import type {Surroundings} from '../dialect.ts'
import {interfaceOf, type Network, type Nic} from '../model.ts'
import {isOurs} from '../signature.ts'
import {readSysconfigVariable} from '../sysconfig-file.ts'
import {type Definition, findMaster} from './definitions.ts'
import {findSuperfluousServers} from './names.ts'

/** Names everything that a network will not get here. `definitions` are those of each NIC as they are now. */
export function findProblems(
  network: Network,
  {os, services}: Surroundings,
  shared: {path: string; text: ByteText},
  definitions: (nic: Nic) => readonly Definition[],
): Problem[] {
  const hasNetworkManager = services.has('NetworkManager')
  return [
    ...findDefaultDevice(network, shared),
    ...findSuperfluousServers(network, os),
    ...network.nics.flatMap(nic => [
      ...findMasters(definitions(nic)),
      ...findLongAliases(nic),
      ...(hasNetworkManager ? [] : findRouterMetric(nic)),
    ]),
  ]
}

/** GATEWAYDEV and IPV6_DEFAULTDEV in the shared file keep the default route off every other device. */
function findDefaultDevice({nics}: Network, {path, text}: {path: string; text: ByteText}): Problem[] {
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const key = family === 'ipv4' ? 'GATEWAYDEV' : 'IPV6_DEFAULTDEV'
    const device = readSysconfigVariable(text, key)
    if (!device) return []
    const others = nics.filter(nic => nic[family]?.gateway !== undefined && interfaceOf(nic) !== device)
    return others.map(nic => {
      const message = `no default route through ${interfaceOf(nic)}: only ${device} may have one here`
      return {code: 'rival', file: path, key, message, cure: 'take the line out'}
    })
  })
}

/** Told when it happens: afterwards the file is ours. */
function findMasters(definitions: readonly Definition[]): Problem[] {
  return definitions.flatMap(({path, content, device}) => {
    const master = isOurs(content) ? undefined : findMaster(content)
    if (master === undefined) return []
    const message = `${device} was a part of ${master} and gets addresses of its own now, as the context says`
    return [
      {code: 'rival', file: path, message, cure: 'METHOD=skip in the context leaves the NIC to the guest'},
    ]
  })
}

/** An alias is the label of an address, which the kernel cuts at 15 characters (IFNAMSIZ): `ip` refuses it. */
function findLongAliases(nic: Nic): Problem[] {
  const device = interfaceOf(nic)
  const count = nic.ipv4?.method === 'dhcp' ? nic.ipv4.addresses.length : 0
  if (`${device}:${count}`.length <= 15 || count === 0) return []
  const message = `further addresses beside DHCP cannot be set on ${device}: its name is too long for an alias`
  return [{code: 'value-ignored', message, cure: 'give the NIC a shorter name, or static addresses'}]
}

/** The kernel makes that route by itself; only NetworkManager gives it a metric. */
function findRouterMetric(nic: Nic): Problem[] {
  const {ipv6} = nic
  const isMade = ipv6?.method === 'auto' || ipv6?.method === 'dhcp'
  if (!isMade || ipv6.metric === undefined) return []
  const message = `the IPv6 default route that a router brings on ${interfaceOf(nic)} gets the kernel's metric, not ${ipv6.metric}`
  return [{code: 'value-ignored', message, cure: 'IP6_METHOD=static with a gateway can have a metric'}]
}
