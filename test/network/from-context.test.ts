// From a context and the links of a guest to its network: which link is meant, metrics, names, OneGate.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {readContext} from '../../src/context/context.ts'
import {parseLinkList} from '../../src/facts/network/links.ts'
import {describeContextNetwork} from '../../src/network/from-context.ts'
import {describeNic} from '../../src/plan/network/network.ts'
import {formatProblem} from '../../src/problem.ts'
import {makeDisc} from '../context/sample-disc.ts'

const usualLinks = 'eth0 02:00:c0:a8:00:05 0000:00:03.0; eth1 02:00:0a:00:00:05 0000:00:04.0'

function decide(context: string, links = usualLinks) {
  const {context: read} = readContext(makeDisc(context.replaceAll('; ', '\n')))
  const list = parseLinkList(links.replaceAll('; ', '\n'))
  assert.ok(Array.isArray(list))
  const {problems, ...rest} = describeContextNetwork({...read, links: list})
  return {...rest, said: problems.map(problem => formatProblem(problem))}
}

/** The NICs as lines with the metrics of their default routes. */
function nicsOf({network}: ReturnType<typeof decide>): string[] {
  return network.nics.map(nic => {
    const metrics = [nic.ipv4, nic.ipv6].flatMap(family => family?.gateway?.metric ?? [])
    return [describeNic(nic), ...metrics.map(metric => `metric ${metric}`)].join(' ')
  })
}

describe('which link is meant', () => {
  const finds = (what: string, context: string, expected: string[], links = usualLinks, problem?: RegExp) =>
    test(what, () => {
      const result = decide(context, links)
      assert.deepEqual(nicsOf(result), expected)
      assert.equal(result.said.length, problem === undefined ? 0 : 1, result.said.join('\n'))
      if (problem !== undefined) assert.match(result.said[0]!, problem)
    })

  finds('the one with the MAC, in any case', "ETH0_MAC='02:00:0A:00:00:05'; ETH0_IP='10.0.0.5'", [
    'eth1 10.0.0.5/24',
  ])
  finds(
    'a MAC that no NIC has is told (addon-context-linux #26)',
    "ETH0_MAC='02:00:0a:00:00:09'; ETH0_IP='10.0.0.9'; ETH1_MAC='02:00:0a:00:00:05'; ETH1_IP='10.0.0.5'",
    ['eth1 10.0.0.5/24'],
    usualLinks,
    /context\.sh: ETH0: there is no NIC with the MAC 02:00:0a:00:00:09/,
  )
  finds('without a MAC the one whose MAC carries the address', "ETH0_IP='10.0.0.5'; ETH1_IP='192.168.0.5'", [
    'eth0 192.168.0.5/24',
    'eth1 10.0.0.5/24',
  ])
  finds('else the one of that name', "ETH1_IP='172.16.0.5'", ['eth1 172.16.0.5/24'])
  finds(
    'else by order, if there are as many',
    "ETH0_IP='172.16.0.5'; ETH1_IP='172.16.0.6'",
    ['ens9 172.16.0.5/24', 'ens10 172.16.0.6/24'],
    'ens10 52:54:00:00:00:01; ens9 52:54:00:00:00:02',
    /taken in the order of their names: ETH0 for ens9, ETH1 for ens10/,
  )
  finds(
    'and not if there are not',
    "ETH0_IP='172.16.0.5'",
    [],
    'ens10 52:54:00:00:00:01; ens9 52:54:00:00:00:02',
    /there is no NIC that it could mean/,
  )
  finds('by PCI address', "PCI0_ADDRESS='00:04.0'; PCI0_IP='10.7.0.5'; PCI1_ADDRESS='00:09.0'", [
    'eth1 10.7.0.5/24',
  ])
  finds(
    'a PCI address where nothing is, with an IP',
    "PCI0_ADDRESS='00:09.0'; PCI0_IP='10.7.0.5'",
    [],
    usualLinks,
    /no NIC at 0000:00:09\.0 on the PCI bus/,
  )
  finds(
    'two descriptions of one NIC',
    "ETH0_MAC='02:00:0a:00:00:05'; ETH0_IP='10.0.0.5'; ETH1_MAC='02:00:0a:00:00:05'; ETH1_IP='10.0.0.6'",
    ['eth1 10.0.0.5/24'],
    usualLinks,
    /ETH1: there is no NIC/,
  )
})

describe('what is left as it is', () => {
  const leaves = (context: string, devices: string[], mtus: object[] = []) =>
    test(context, () => {
      const {network, untouched, mtus: found} = decide(context)
      assert.deepEqual(network.nics, [])
      assert.deepEqual(
        untouched.map(({device}) => device),
        devices,
      )
      assert.deepEqual(found, mtus)
    })
  leaves("ETH0_MAC='02:00:c0:a8:00:05'; ETH0_IP='10.0.0.5'; ETH0_METHOD='skip'", ['eth0'])
  leaves("ETH0_MAC='02:00:c0:a8:00:05'; ETH0_MTU='1400'", ['eth0'], [{device: 'eth0', mtu: 1400}])
  leaves("ETH0_MAC='02:00:c0:a8:00:05'; ETH0_IP='10.0.0.x'", ['eth0'])
  leaves("ETH0_MAC='02:00:c0'; ETH0_IP='10.0.0.5'", [])
})

describe('metrics', () => {
  const gives = (context: string, expected: string[], notes: number) =>
    test(context, () => {
      const result = decide(context, `${usualLinks}; eth2 52:54:00:00:00:02 0000:00:05.0`)
      assert.deepEqual(nicsOf(result), expected)
      assert.equal(result.said.length, notes, result.said.join('\n'))
    })
  const [one, two] = [
    "ETH0_IP='192.168.0.5'; ETH0_GATEWAY='192.168.0.1'",
    "ETH1_IP='10.0.0.5'; ETH1_GATEWAY='10.0.0.1'",
  ]
  gives(
    `${one}; ${two}`,
    ['eth0 192.168.0.5/24 via 192.168.0.1', 'eth1 10.0.0.5/24 via 10.0.0.1 metric 101'],
    1,
  )
  gives(
    `${one}; ${two}; ETH0_METRIC='7'`,
    ['eth0 192.168.0.5/24 via 192.168.0.1 metric 7', 'eth1 10.0.0.5/24 via 10.0.0.1'],
    0,
  )
  const third = "PCI1_ADDRESS='00:05.0'; PCI1_IP='10.1.0.5'; PCI1_GATEWAY='10.1.0.1'"
  gives(
    `${one}; ${two}; ${third}`,
    [
      'eth0 192.168.0.5/24 via 192.168.0.1',
      'eth1 10.0.0.5/24 via 10.0.0.1 metric 101',
      'eth2 10.1.0.5/24 via 10.1.0.1 metric 102',
    ],
    1,
  )
  gives(
    `${one}; ${two}; ${third}; PCI1_METRIC='101'`,
    [
      'eth0 192.168.0.5/24 via 192.168.0.1',
      'eth1 10.0.0.5/24 via 10.0.0.1 metric 102',
      'eth2 10.1.0.5/24 via 10.1.0.1 metric 101',
    ],
    1,
  )
  gives(
    `ETH0_METHOD='dhcp'; ETH0_IP='192.168.0.5'; ${two}`,
    ['eth0 DHCP', 'eth1 10.0.0.5/24 via 10.0.0.1'],
    0,
  )
})

test('names: own ones first, ETH2 before ETH10, those for all with the first NIC, none twice', () => {
  const {network} = decide(
    "ETH10_MAC='02:00:0a:00:00:05'; ETH10_IP='10.0.0.5'; ETH10_DNS='1.1.1.1 9.9.9.9'; " +
      "ETH2_MAC='02:00:c0:a8:00:05'; ETH2_IP='192.168.0.5'; ETH2_DNS='2.2.2.2'; DNS='9.9.9.9 8.8.8.8'; SEARCH_DOMAIN='x.y'",
  )
  assert.deepEqual(network.dns, ['2.2.2.2', '1.1.1.1', '9.9.9.9', '8.8.8.8'])
  assert.deepEqual(
    network.nics.map(nic => nic.dns.join(' ')),
    ['2.2.2.2 9.9.9.9 8.8.8.8', '1.1.1.1 9.9.9.9'],
  )
  assert.deepEqual(
    network.nics.map(nic => nic.searchDomains),
    [['x.y'], []],
  )
})

test('OneGate on the link gets a host route, on the first NIC with IPv4', () => {
  const {network} = decide(
    "ETH0_MAC='02:00:c0:a8:00:05'; ETH0_IP6='2001:db8::5'; ETH1_MAC='02:00:0a:00:00:05'; ETH1_IP='10.0.0.5'; " +
      "ONEGATE_ENDPOINT='http://169.254.16.9:5030'",
  )
  const routes = network.nics.map(nic => nic.ipv4?.routes)
  assert.deepEqual(routes, [undefined, [{destination: {address: '169.254.16.9', prefix: 32}}]])
})

test('a VLAN on a PCI device, and its MAC', () => {
  const {network} = decide(
    "PCI0_ADDRESS='00:04.0'; PCI0_IP='10.7.0.5'; PCI0_VLAN_ID='7'; PCI0_MAC='02:11:22:33:44:55'",
  )
  const [nic] = network.nics
  assert.deepEqual([nic?.vlan, nic?.newMac], [{id: 7, name: 'eth1.7'}, '02:11:22:33:44:55'])
})

test('a VLAN of a NIC with a long name gets one that the kernel takes', () => {
  const {network} = decide(
    "PCI0_ADDRESS='00:04.0'; PCI0_IP='10.7.0.5'; PCI0_VLAN_ID='4000'",
    'enp129s0f1np1 52:54:00:00:00:01 0000:00:04.0',
  )
  assert.deepEqual(network.nics[0]?.vlan, {id: 4000, name: 'pci0-4000'})
})
