// Random networks in SUSE's files, read back as each of the two readers does: they see the network that was meant.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {isIpv6} from '../../src/context/network/ip-address.ts'
import type {Surroundings} from '../../src/network/dialect.ts'
import {type Ipv4, type Ipv6, interfaceOf, type Network, type Nic} from '../../src/network/model.ts'
import {suse} from '../../src/network/suse/suse.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed} from '../random.ts'
import {randomNetwork} from './random-network.ts'
import {guest, tree} from './samples.ts'
import {type Reader, readList, readSuse, type Seen, type Texts} from './suse-readers.ts'

const firstSeed = chooseSeed()
const seeds = Array.from({length: rounds(500, 20_000)}, (_, index) => firstSeed + index)
const netconfig = '/sbin/netconfig'

const eachSeed = (name: string, reader: Reader, check: (network: Network, texts: Texts) => void) =>
  test(`${name}, VMCONTEXT_SEED=${firstSeed}`, t => {
    for (const seed of seeds) {
      const network = randomNetwork(seed)
      const texts = render(network, {}, reader)
      try {
        check(network, texts)
      } catch (error) {
        const files = Object.entries(texts).map(([path, text]) => `== ${path}\n${text}`)
        throw new Error(`VMCONTEXT_SEED=${seed}\n${files.join('\n')}`, {cause: error})
      }
    }
    tried(t, seeds.length, `random networks in suse: ${name}`)
  })

for (const reader of ['scripts', 'wicked'] as const) {
  eachSeed(`as the ${reader} see it`, reader, (network, texts) => {
    const expected = network.nics.flatMap(nic => expectInterfaces(nic, reader))
    assert.deepEqual(
      readSuse(texts, reader).map(sortRoutes),
      expected.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map(sortRoutes),
    )
    assert.deepEqual(readList(texts, 'NETCONFIG_DNS_STATIC_SERVERS'), network.dns)
    assert.deepEqual(readList(texts, 'NETCONFIG_DNS_STATIC_SEARCHLIST'), network.searchDomains)
  })

  eachSeed(`a gateway off the subnet is a neighbour first, ${reader}`, reader, (network, texts) => {
    for (const {routes} of readSuse(texts, reader)) {
      for (const [index, route] of routes.entries()) {
        const hop = / via (\S+)/.exec(route)?.[1]
        const neighbour = `${hop}/${isIpv6(hop ?? '') ? 128 : 32}`
        const isOffLink = network.nics.some(nic => hopsOffLink(nic).includes(hop ?? ''))
        if (isOffLink && routes.includes(neighbour)) assert.ok(routes.indexOf(neighbour) < index, route)
      }
    }
  })

  eachSeed(`a second run changes nothing, ${reader}`, reader, (network, texts) => {
    assert.deepEqual(render(network, texts, reader), texts)
  })

  eachSeed(`given back, nothing is left, ${reader}`, reader, (network, texts) => {
    const nothing = {nics: [], dns: [], searchDomains: []}
    const originals = new Map(Object.keys(texts).map(path => [path, undefined]))
    const change = {network: nothing, withdraw: [], giveBack: network.nics}
    const surroundings = {...surroundingsOf(texts, reader), originals}
    const {files, restored} = suse.render(change, surroundings)
    const left = Object.keys(texts).filter(path => !files.some(file => file.path === path))
    assert.deepEqual([left, restored], [[], []])
  })
}

function render(network: Network, texts: Texts, reader: Reader): Texts {
  const after = {...texts}
  const change = {network, withdraw: [], giveBack: []}
  for (const action of suse.render(change, surroundingsOf(texts, reader)).files) {
    if (action.kind === 'write') after[action.path] = action.content
    else delete after[action.path]
  }
  return after
}

function surroundingsOf(texts: Texts, reader: Reader): Surroundings {
  const landmarks = new Set([netconfig, ...(reader === 'wicked' ? ['/usr/sbin/wicked'] : [])])
  return guest({}, {files: tree(texts), landmarks})
}

function expectInterfaces(nic: Nic, reader: Reader): Seen[] {
  const {device, newMac, vlan, mtu, ipv4, ipv6} = nic
  const addresses = [...(ipv4?.addresses ?? []), ...(ipv6?.addresses ?? [])]
  const link = {mtu: mtu?.toString(), mac: newMac, vlan: undefined}
  const own: Seen = {
    name: interfaceOf(nic),
    dhcp4: ipv4?.method === 'dhcp',
    dhcp6: ipv6?.method === 'dhcp',
    addresses: addresses.map(({address, prefix}) => `${address}/${prefix}`),
    routes: [...expectRoutes(ipv4, 32, reader), ...expectRoutes(ipv6, 128, reader)],
    ...(vlan === undefined ? link : {...link, mac: undefined, vlan: `${device} ${vlan.id}`}),
    dhcpMetric:
      reader === 'wicked' && ipv4?.method === 'dhcp' && ipv4.metric !== undefined
        ? `${ipv4.metric}`
        : undefined,
    sysctls: ipv6 === undefined ? {} : expectSysctls(ipv6),
  }
  if (vlan === undefined) return [own]
  const nothing = {dhcp4: false, dhcp6: false, addresses: [], routes: [], dhcpMetric: undefined}
  return [{...nothing, name: device, ...link, sysctls: {disable_ipv6: '1'}}, own]
}

function expectSysctls({method}: Ipv6): Record<string, string> {
  if (method === 'disable') return {disable_ipv6: '1'}
  const isStatic = method === 'static'
  return {disable_ipv6: '0', accept_ra: isStatic ? '0' : '2', autoconf: isStatic ? '0' : '1'}
}

/** Of routes to one destination with one metric a kernel has one. */
function expectRoutes(family: Ipv4 | Ipv6 | undefined, longest: number, reader: Reader): string[] {
  if (family === undefined) return []
  const {gateway, routes} = family
  const hops = [gateway, ...routes.map(route => route.gateway)].filter(hop => hop?.onLink)
  const all = [
    ...hops.map(hop => ({to: `${hop!.address}/${longest}`, via: undefined, metric: undefined})),
    ...(gateway === undefined
      ? []
      : [{to: longest === 32 ? '0.0.0.0/0' : '::/0', via: gateway.address, metric: gateway.metric}]),
    ...routes.map(({destination: {address, prefix}, gateway, metric}) => {
      return {to: `${address}/${prefix}`, via: gateway?.address, metric}
    }),
  ]
  const order = reader === 'wicked' ? all.toReversed() : all
  const byKey = new Map(order.map(route => [`${route.to} ${route.metric}`, route]))
  return [...byKey.values()].map(({to, via, metric}) => {
    return `${to}${via === undefined ? '' : ` via ${via}`}${metric === undefined ? '' : ` metric ${metric}`}`
  })
}

function hopsOffLink({ipv4, ipv6}: Nic): string[] {
  const families = [ipv4, ipv6].filter(family => family !== undefined)
  return families
    .flatMap(({gateway, routes}) => [gateway, ...routes.map(route => route.gateway)])
    .flatMap(hop => (hop?.onLink ? [hop.address] : []))
}

function sortRoutes(seen: Seen): Seen {
  return {...seen, addresses: seen.addresses.toSorted(), routes: seen.routes.toSorted()}
}
