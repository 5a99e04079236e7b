// Random networks to files, and back by an independent reader: the same network.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Address, Ipv4, Ipv6, NextHop, Nic} from '../../src/network/model.ts'
import {networkd} from '../../src/network/networkd/networkd.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed, Random} from '../random.ts'
import {readNetworkdFiles} from './networkd-files.ts'
import {define, guest} from './samples.ts'

const runs = rounds(300, 20_000)

test('what networkd is told is what the network is', t => {
  const seed = chooseSeed()
  const random = new Random(seed)
  for (let run = 0; run < runs; run++) {
    const nics = Array.from({length: 1 + random.below(4)}, (_, index) => randomNic(random, index))
    const {files} = networkd.render(define(...nics), guest({}, {systemdVersion: 257}))
    const texts = new Map(files.map(file => [file.path, file.kind === 'write' ? file.content : '']))
    for (const nic of nics) {
      assert.deepEqual(
        readNetworkdFiles(texts, nic.device),
        expected(nic),
        `VMCONTEXT_SEED=${seed}, run ${run}`,
      )
    }
    const again = networkd.render(define(...nics), guest(Object.fromEntries(texts), {systemdVersion: 257}))
    assert.deepEqual(again.files, [])
  }
  tried(t, runs, 'random networks in units of networkd')
})

/** What files can say: of a NIC without IPv4 addresses and DHCP nothing is left of IPv4. */
function expected({device, newMac, mtu, vlan, dns, searchDomains, ipv4, ipv6}: Nic) {
  return {device, newMac, mtu, vlan, dns, searchDomains, ipv4, ipv6}
}

function randomNic(random: Random, index: number): Nic {
  const device = `${random.pick(['eth', 'ens', 'enp0s'])}${index}`
  const maybe = <T>(value: T) => (random.oneIn(2) ? value : undefined)
  const id = 1 + random.below(4094)
  return {
    device,
    mac: `02:00:0a:00:00:0${index}`,
    hasPermanentMac: random.oneIn(2),
    origin: 'context',
    newMac: random.oneIn(4) ? '02:11:22:33:44:55' : undefined,
    vlan: random.oneIn(4) ? {id, name: `${device}.${id}`} : undefined,
    mtu: maybe(1280 + random.below(8000)),
    dns: random.oneIn(2) ? ['9.9.9.9', '2001:db8::53'] : [],
    searchDomains: random.oneIn(2) ? ['one.example', 'all.example'] : [],
    ipv4: random.oneIn(4) ? undefined : randomIpv4(random),
    ipv6: random.oneIn(3) ? undefined : randomIpv6(random),
  }
}

function randomIpv4(random: Random): Ipv4 {
  const method = random.pick(['static', 'dhcp'] as const)
  const address = () => `10.${random.below(256)}.${random.below(256)}.${1 + random.below(250)}`
  const metric = method === 'dhcp' && random.oneIn(2) ? random.below(5000) : undefined
  return {method, metric, ...randomFamily(random, address, method === 'static' ? 1 : 0, 32)}
}

function randomIpv6(random: Random): Ipv6 {
  const method = random.pick(['static', 'auto', 'dhcp', 'disable'] as const)
  const address = () => `2001:db8::${(1 + random.below(65535)).toString(16)}`
  if (method === 'disable') return {method, addresses: [], gateway: undefined, metric: undefined, routes: []}
  const metric = method !== 'static' && random.oneIn(2) ? random.below(5000) : undefined
  return {method, metric, ...randomFamily(random, address, method === 'static' ? 1 : 0, 128)}
}

function randomFamily(random: Random, address: () => string, least: number, longest: number) {
  const several = <T>(make: () => T, from: number) => Array.from({length: from + random.below(4)}, make)
  const metric = () => (random.oneIn(2) ? random.below(5000) : undefined)
  const hop = (): NextHop => ({address: address(), onLink: random.oneIn(3)})
  const network = (): Address => ({address: address(), prefix: 1 + random.below(longest)})
  return {
    addresses: several(network, least),
    gateway: random.oneIn(2) ? {...hop(), metric: metric()} : undefined,
    routes: several(() => {
      return {destination: network(), gateway: random.oneIn(3) ? undefined : hop(), metric: metric()}
    }, 0),
  }
}
