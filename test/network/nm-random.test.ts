// Random networks, written as profiles and read back by a reader that knows nothing of how they were written: it is
// the same network.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Ipv4, Ipv6, Nic, Route} from '../../src/network/model.ts'
import {nm} from '../../src/network/nm/nm.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed, Random} from '../random.ts'
import {apply} from './samples.ts'

const seed = chooseSeed()
const count = rounds(500, 20_000)
const directory = '/etc/NetworkManager/system-connections'

test(`random networks survive, VMCONTEXT_SEED=${seed}`, t => {
  const random = new Random(seed)
  for (let round = 0; round < count; round++) {
    const nics = ['eth0', 'ens3', 'enp1s0f0']
      .slice(random.below(3))
      .map((name, index) => makeNic(random, name, index))
    const texts = apply(nm, nics, {})
    for (const nic of nics)
      assert.deepEqual(readNic(texts, nic.device), describeNic(nic), JSON.stringify(nic))
  }
  tried(t, count, 'random networks in keyfiles of NetworkManager')
})

/** All that a profile tells of a NIC. */
type Told = {
  mac?: string | undefined
  name?: string | undefined
  newMac?: string | undefined
  mtu?: string | undefined
  vlan?: {id: string; name: string; mtu: string | undefined} | undefined
  ipv4: ToldFamily
  ipv6: ToldFamily
  searchDomains: string[]
}
type ToldFamily = {
  method: string
  addresses: string[]
  gateway?: string | undefined
  metric?: string | undefined
  routes: string[]
  dns: string[]
}

function describeNic({
  device,
  mac,
  hasPermanentMac,
  newMac,
  mtu,
  vlan,
  ipv4,
  ipv6,
  dns,
  searchDomains,
}: Nic): Told {
  const bytes = mtu === undefined ? undefined : String(mtu)
  const methods4 = {static: 'manual', dhcp: 'auto', none: 'disabled'} as const
  const methods6 = {static: 'manual', dhcp: 'auto', auto: 'auto', none: 'auto', disable: 'disabled'} as const
  return {
    mac: hasPermanentMac ? mac : undefined,
    name: hasPermanentMac ? undefined : device,
    newMac,
    mtu: bytes,
    vlan: vlan && {id: String(vlan.id), name: vlan.name, mtu: bytes},
    ipv4: describeFamily(
      ipv4,
      methods4[ipv4?.method ?? 'none'],
      dns.filter(server => !server.includes(':')),
    ),
    ipv6: describeFamily(
      ipv6,
      methods6[ipv6?.method ?? 'none'],
      dns.filter(server => server.includes(':')),
    ),
    searchDomains: [...searchDomains],
  }
}

function describeFamily(family: Ipv4 | Ipv6 | undefined, method: string, dns: string[]): ToldFamily {
  if (family === undefined || method === 'disabled')
    return {method, addresses: [], gateway: undefined, metric: undefined, routes: [], dns}
  const {addresses, gateway, routes} = family
  // A bare default route is made the first of all; a static NIC without one has no use for a metric.
  const metric =
    gateway === undefined ? (method === 'manual' ? undefined : family.metric) : (gateway.metric ?? 99)
  return {
    method,
    addresses: addresses.map(({address, prefix}) => `${address}/${prefix}`),
    gateway: gateway?.address,
    metric: metric === undefined ? undefined : String(metric),
    routes: routes.map(describeRoute),
    dns,
  }
}

function describeRoute({destination: {address, prefix}, gateway, metric}: Route): string {
  return `${address}/${prefix} via ${gateway?.address ?? 'nobody'} metric ${metric ?? 'any'}${gateway?.onLink ? ' onlink' : ''}`
}

type Keys = Map<string, string>

function readNic(texts: Record<string, string>, device: string): Told {
  const own = parse(texts[`${directory}/vmcontext-${device}.nmconnection`]!)
  const [, vlanText] =
    Object.entries(texts).find(
      ([path]) =>
        path.startsWith(`${directory}/vmcontext-${device}.`) && !path.endsWith(`${device}.nmconnection`),
    ) ?? []
  const upper = vlanText === undefined ? own : parse(vlanText)
  const get = (groups: Map<string, Keys>, group: string, key: string) => groups.get(group)?.get(key)
  const list = (group: string, key: string) =>
    (get(upper, group, key) ?? '').split(';').filter(item => item !== '')
  if (vlanText !== undefined) {
    assert.deepEqual([get(own, 'ipv4', 'method'), get(own, 'ipv6', 'method')], ['disabled', 'disabled'])
    assert.equal(get(upper, 'connection', 'type'), 'vlan')
    const parent = get(own, 'ethernet', 'mac-address') === undefined ? device : get(own, 'connection', 'uuid')
    assert.equal(get(upper, 'vlan', 'parent'), parent)
  }
  return {
    mac: get(own, 'ethernet', 'mac-address'),
    name: get(own, 'connection', 'interface-name'),
    newMac: get(own, 'ethernet', 'cloned-mac-address'),
    mtu: get(own, 'ethernet', 'mtu'),
    vlan:
      vlanText === undefined
        ? undefined
        : {
            id: get(upper, 'vlan', 'id')!,
            name: get(upper, 'connection', 'interface-name')!,
            mtu: get(upper, 'ethernet', 'mtu'),
          },
    ipv4: readFamily(upper.get('ipv4')!),
    ipv6: readFamily(upper.get('ipv6')!),
    searchDomains: [...list('ipv4', 'dns-search'), ...list('ipv6', 'dns-search')],
  }
}

function readFamily(keys: Keys): ToldFamily {
  const numbered = (name: string) => Array.from({length: 100}, (_, index) => keys.get(`${name}${index + 1}`))
  const routes = numbered('route').flatMap((value, index) => {
    if (value === undefined) return []
    const [to, via, metric] = value.split(',')
    const gateway = via === undefined || via === '0.0.0.0' || via === '::' ? 'nobody' : via
    const isOnLink = keys.get(`route${index + 1}_options`) === 'onlink=true'
    return [`${to} via ${gateway} metric ${metric ?? 'any'}${isOnLink ? ' onlink' : ''}`]
  })
  return {
    method: keys.get('method')!,
    addresses: numbered('address').filter(value => value !== undefined),
    gateway: keys.get('gateway'),
    metric: keys.get('route-metric'),
    routes,
    dns: (keys.get('dns') ?? '').split(';').filter(item => item !== ''),
  }
}

function parse(text: string): Map<string, Keys> {
  const groups = new Map<string, Keys>()
  for (const part of text.split(/^\[/m).slice(1)) {
    const [heading = '', ...lines] = part.split('\n')
    const pairs = lines
      .filter(line => line !== '')
      .map((line): [string, string] => {
        const at = line.indexOf('=')
        assert.ok(at > 0, line)
        return [line.slice(0, at), line.slice(at + 1)]
      })
    assert.equal(new Set(pairs.map(([key]) => key)).size, pairs.length, 'a key that stands there twice')
    groups.set(heading.replace(/\]$/, ''), new Map(pairs))
  }
  return groups
}

function makeNic(random: Random, device: string, index: number): Nic {
  const ipv4 = random.oneIn(4) ? undefined : makeIpv4(random)
  const ipv6 = random.oneIn(3) ? undefined : makeIpv6(random)
  const servers = [
    ...(ipv4 === undefined ? [] : ['9.9.9.9', '8.8.8.8']),
    ...(ipv6?.method === 'disable' ? [] : ['2001:db8::53']),
  ]
  const hasNames = ipv4 !== undefined || ipv6?.method !== 'disable'
  const id = 1 + random.below(4094)
  return {
    device,
    mac: `02:00:0a:00:${index}0:${random.below(90) + 10}`,
    hasPermanentMac: random.oneIn(2),
    origin: 'context',
    newMac: random.oneIn(4) ? '02:11:22:33:44:55' : undefined,
    vlan: random.oneIn(4) ? {id, name: `${device}.${id}`} : undefined,
    mtu: random.oneIn(3) ? 1280 + random.below(8000) : undefined,
    ipv4,
    ipv6,
    dns: servers.filter(() => random.oneIn(2)),
    searchDomains: ['a.example', 'b.example'].filter(() => hasNames && random.oneIn(3)),
  }
}

function makeIpv4(random: Random): Ipv4 {
  const octets = () =>
    [10 + random.below(90), random.below(256), random.below(256), 1 + random.below(254)].join('.')
  const method = random.pick(['static', 'dhcp'] as const)
  const network = () => ({address: `${100 + random.below(50)}.${random.below(256)}.0.0`, prefix: 16})
  return {method, ...makeFamily(random, method === 'static', octets, 33, network)}
}

function makeIpv6(random: Random): Ipv6 {
  const method = random.pick(['static', 'auto', 'dhcp', 'disable'] as const)
  if (method === 'disable') return {method, addresses: [], routes: []}
  const address = () => `2001:db8:${random.below(9999) + 1}::${(random.below(65000) + 1).toString(16)}`
  const network = () => ({address: `2001:db8:${random.below(9999) + 1}::`, prefix: 48})
  return {method, ...makeFamily(random, method === 'static', address, 129, network)}
}

function makeFamily(
  random: Random,
  isStatic: boolean,
  address: () => string,
  lengths: number,
  network: () => {address: string; prefix: number},
) {
  const some = <T>(least: number, most: number, make: () => T) =>
    Array.from({length: least + random.below(most - least + 1)}, make)
  const metric = () => (random.oneIn(2) ? random.below(5000) : undefined)
  const hop = () => ({address: address(), onLink: random.oneIn(2)})
  return {
    addresses: some(isStatic ? 1 : 0, 4, () => ({address: address(), prefix: 1 + random.below(lengths - 1)})),
    gateway: isStatic && random.oneIn(2) ? {...hop(), metric: metric()} : undefined,
    metric: metric(),
    routes: some(0, 4, () => ({
      destination: network(),
      gateway: random.oneIn(2) ? hop() : undefined,
      metric: metric(),
    })),
  }
}
