import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Link} from '../../src/facts/network/links.ts'
import {describeMacNetwork, type MacNetworkRequest} from '../../src/network/from-macs.ts'
import {describeNic} from '../../src/plan/network/network.ts'

const nic = (name: string, mac: string): Link => ({name, mac, isPhysical: true, hasPermanentMac: true})
const eth0 = nic('eth0', '02:00:c0:a8:00:05')
const eth1 = nic('eth1', '02:00:0a:00:00:05')

type Case = [
  what: string,
  nics: Link[],
  request: Partial<MacNetworkRequest>,
  expected: string[],
  problem?: RegExp,
]

const cases: Case[] = [
  [
    'each NIC gets the address in its MAC, the first the gateway',
    [eth0, eth1],
    {},
    ['eth0 192.168.0.5/24 via 192.168.0.1', 'eth1 10.0.0.5/24'],
  ],
  [
    'eth0 is the first, wherever it stands',
    [nic('ens3', '02:00:0a:00:00:05'), eth0],
    {},
    ['ens3 10.0.0.5/24', 'eth0 192.168.0.5/24 via 192.168.0.1'],
  ],
  [
    'without an eth0 the first by name',
    [nic('ens3', eth0.mac), nic('ens4', eth1.mac)],
    {},
    ['ens3 192.168.0.5/24 via 192.168.0.1', 'ens4 10.0.0.5/24'],
  ],
  [
    'a NIC under another prefix is left alone',
    [nic('eth0', '52:54:00:12:34:56'), eth1],
    {},
    ['eth1 10.0.0.5/24 via 10.0.0.1'],
  ],
  [
    'MAC_PREFIX=any decodes them all',
    [nic('eth0', '52:54:0a:01:02:03')],
    {macPrefix: 'any'},
    ['eth0 10.1.2.3/24 via 10.1.2.1'],
  ],
  ['.1 does not route through itself', [nic('eth0', '02:00:0a:00:00:01')], {}, ['eth0 10.0.0.1/24']],
  ['a derived gateway outside a small subnet is not guessed', [eth0], {prefix: 30}, ['eth0 192.168.0.5/30']],
  [
    'a wider mask of the settings is for all',
    [eth0, eth1],
    {prefix: 16},
    ['eth0 192.168.0.5/16 via 192.168.0.1', 'eth1 10.0.0.5/16'],
  ],
  [
    'NETMASK of the context is for the first',
    [eth0, eth1],
    {first: {prefix: 16}},
    ['eth0 192.168.0.5/16 via 192.168.0.1', 'eth1 10.0.0.5/24'],
  ],
  [
    'IP_PUBLIC replaces the address of the first',
    [eth0, eth1],
    {first: {address: '10.9.8.7'}},
    ['eth0 10.9.8.7/24 via 10.9.8.1', 'eth1 10.0.0.5/24'],
  ],
  [
    'IP_PUBLIC works under any MAC',
    [nic('eth0', '52:54:00:12:34:56')],
    {first: {address: '10.9.8.7'}},
    ['eth0 10.9.8.7/24 via 10.9.8.1'],
  ],
  [
    'GATEWAY of the context stands above that of the settings',
    [eth0],
    {gateway: '192.168.0.9', first: {gateway: '192.168.0.254'}},
    ['eth0 192.168.0.5/24 via 192.168.0.254'],
  ],
  [
    'a gateway off the subnet is taken',
    [eth0],
    {first: {gateway: '10.0.0.1'}},
    ['eth0 192.168.0.5/24 via 10.0.0.1'],
  ],
  [
    'a gateway that is the NIC itself is none',
    [eth0],
    {first: {gateway: '192.168.0.5'}},
    ['eth0 192.168.0.5/24'],
    /itself/,
  ],
  ['where the rule does not apply nothing is decoded', [eth0], {ruleAppliesTo: () => false}, []],
  [
    '02:00:00:00:00:00 is no host',
    [nic('eth0', '02:00:00:00:00:00'), eth1],
    {},
    ['eth1 10.0.0.5/24 via 10.0.0.1'],
    /0\.0\.0\.0.*this network/,
  ],
  ['02:00:7f:00:00:01 is loopback', [nic('eth0', '02:00:7f:00:00:01')], {}, [], /127\.0\.0\.1.*loopback/],
  ['02:00:ff:ff:ff:ff is broadcast', [nic('eth0', '02:00:ff:ff:ff:ff')], {}, [], /255\.255\.255\.255/],
  [
    'of two NICs with one MAC the first gets the address',
    [eth0, nic('eth1', eth0.mac)],
    {},
    ['eth0 192.168.0.5/24 via 192.168.0.1'],
    /eth1 gets no address.*eth0/,
  ],
]

for (const [what, nics, request, expected, problem] of cases) {
  test(what, () => {
    const defaults = {
      ruleAppliesTo: () => true,
      macPrefix: '02:00',
      prefix: 24,
      first: {},
      hasRouteElsewhere: false,
      dns: [],
      searchDomains: [],
    }
    const {network, problems} = describeMacNetwork({nics, ...defaults, ...request})
    assert.deepEqual(network.nics.map(describeNic), expected)
    assert.equal(problems.length, problem === undefined ? 0 : 1)
    if (problem !== undefined) assert.match(problems[0]!.message, problem)
  })
}

test('a gateway off the subnet is marked as on-link', () => {
  const request = {ruleAppliesTo: () => true, macPrefix: '02:00', prefix: 24, first: {gateway: '10.0.0.1'}}
  const {network} = describeMacNetwork({
    nics: [eth0],
    hasRouteElsewhere: false,
    dns: [],
    searchDomains: [],
    ...request,
  })
  assert.equal(network.nics[0]?.ipv4?.gateway?.onLink, true)
})
