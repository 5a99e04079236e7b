// What a context says of each NIC, and what is not taken.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {type NicRequest, readNics} from '../../../src/context/network/nics.ts'
import type {Ipv4, Ipv6} from '../../../src/network/model.ts'
import {formatProblem, type Problem} from '../../../src/problem.ts'
import {makeDisc} from '../sample-disc.ts'

/** Reads variables in `NAME=value` form, set apart by `; `, behind `ETH0_`. */
function read(line: string): {nic: NicRequest | undefined; said: string[]} {
  const problems: Problem[] = []
  const text = line
    .split('; ')
    .map(each => each.replace(/^(\w+)=(.*)$/s, (_, name, value) => `ETH0_${name}='${value}'`))
  const [nic] = readNics(makeDisc(text.join('\n')), problems)
  return {nic, said: problems.map(problem => formatProblem(problem))}
}

/** A family as one line: `static 10.0.0.5/8 via 10.0.0.1 onlink metric 7, 1.2.3.0/24 via 10.0.0.9`. */
function show(family: Ipv4 | Ipv6 | undefined): string {
  if (family === undefined) return 'left alone'
  const {method, addresses, gateway, routes} = family
  const hop = (each: {address: string; onLink: boolean} | undefined) =>
    each === undefined ? [] : ['via', each.address, ...(each.onLink ? ['onlink'] : [])]
  const metric = gateway === undefined ? family.metric : gateway.metric
  const words = [method, ...addresses.map(({address, prefix}) => `${address}/${prefix}`), ...hop(gateway)]
  const head = [...words, ...(metric === undefined ? [] : [`metric ${metric}`])].join(' ')
  const tail = routes.map(route =>
    [
      `${route.destination.address}/${route.destination.prefix}`,
      ...hop(route.gateway),
      ...(route.metric === undefined ? [] : [`metric ${route.metric}`]),
    ].join(' '),
  )
  return [head, ...tail].join(', ')
}

const says = (family: 'ipv4' | 'ipv6') => (line: string, expected: string, problem?: RegExp) => {
  test(`${line} → ${expected}`, () => {
    const {nic, said} = read(line)
    assert.equal(show(nic?.[family]), expected)
    assert.equal(said.length, problem === undefined ? 0 : 1, said.join('\n'))
    if (problem !== undefined) assert.match(said[0]!, problem)
  })
}

describe('IPv4', () => {
  const is = says('ipv4')
  is('IP=10.0.0.5', 'static 10.0.0.5/24')
  is('IP=10.0.0.5\r; MASK=255.0.0.0\r', 'static 10.0.0.5/8')
  is('IP=10.0.0.5; MASK=255.255.0.0', 'static 10.0.0.5/16')
  is('IP=10.0.0.5; MASK=16', 'static 10.0.0.5/16')
  is('IP=10.0.0.5; MASK=/16', 'static 10.0.0.5/16')
  is('IP=10.0.0.5; MASK=31', 'static 10.0.0.5/31')
  is('IP=10.0.0.5; MASK=255.255.255.255', 'static 10.0.0.5/32')
  is('IP=10.0.0.5/8', 'static 10.0.0.5/8')
  is('IP=10.0.0.5/8; MASK=16', 'static 10.0.0.5/16')
  is('IP=10.0.0.5; MASK=', 'static 10.0.0.5/24')
  is(
    'IP=10.0.0.5; MASK=255.0.255.0',
    'left alone',
    /^context\.sh:2: ETH0_MASK: this is not a mask .* ETH0 gets no IPv4/,
  )
  is('IP=10.0.0.5; MASK=0', 'left alone', /ETH0_MASK/)
  is('IP=10.0.0.5; MASK=33', 'left alone', /ETH0_MASK/)
  is('IP=10.0.0.256', 'left alone', /ETH0_IP: this is not an IPv4 address/)
  is('IP=010.0.0.5', 'left alone', /ETH0_IP/)
  is('IP=127.0.0.5', 'left alone', /ETH0_IP/)
  is('IP=224.0.0.5', 'left alone', /ETH0_IP/)
  is('IP=$(touch x)', 'left alone', /ETH0_IP/)
  is('IP=10.0.0.5\nup touch /tmp/x', 'left alone', /ETH0_IP/)
  is('IP=10.0.0.5 8', 'left alone', /ETH0_IP/)
  is('IP=10.0.0.5; GATEWAY=10.0.0.1', 'static 10.0.0.5/24 via 10.0.0.1')
  is('IP=10.0.0.5; GATEWAY=10.0.1.1', 'static 10.0.0.5/24 via 10.0.1.1 onlink')
  is(
    'IP=10.0.0.5; GATEWAY=10.0.0.5',
    'static 10.0.0.5/24',
    /ETH0_GATEWAY: this is the address of the NIC itself/,
  )
  is('IP=10.0.0.5; GATEWAY=10.0.0.1.', 'static 10.0.0.5/24', /ETH0_GATEWAY/)
  is('IP=10.0.0.5; GATEWAY=fe80::1', 'static 10.0.0.5/24', /ETH0_GATEWAY/)
  is('IP=10.0.0.5; ALIAS0_IP=10.0.0.5; ALIAS0_MASK=32', 'static 10.0.0.5/24')
  is('IP=10.0.0.5; MASK= ; GATEWAY=\r', 'static 10.0.0.5/24')
  is('METHOD=skip; IP=nonsense; MTU=x; ROUTES=x; IP6=y; ALIAS0_IP=z', 'left alone')
  is('IP=10.0.0.5; GATEWAY=10.0.0.1; METRIC=0', 'static 10.0.0.5/24 via 10.0.0.1 metric 0')
  is('IP=10.0.0.5; GATEWAY=10.0.0.1; METRIC=-1', 'static 10.0.0.5/24 via 10.0.0.1', /ETH0_METRIC/)
  is('IP=10.0.0.5; GATEWAY=10.0.0.1; METRIC=4294967296', 'static 10.0.0.5/24 via 10.0.0.1', /ETH0_METRIC/)
  is('METHOD=dhcp; IP=10.0.0.5; GATEWAY=10.0.0.1; METRIC=7', 'dhcp metric 7')
  is('METHOD=DHCP; IP=nonsense', 'dhcp')
  is('METHOD=static; IP=10.0.0.5', 'static 10.0.0.5/24')
  is('METHOD=statc; IP=10.0.0.5', 'static 10.0.0.5/24', /ETH0_METHOD: this is not one of static, dhcp, skip/)
  is('METHOD=static', 'left alone')
  is('MTU=1400', 'left alone')
  is('ALIAS0_IP=10.0.0.6', 'static 10.0.0.6/24')
  is(
    'IP=10.0.0.5; ALIAS10_IP=10.0.0.7; ALIAS2_IP=10.0.0.6; ALIAS2_MASK=8',
    'static 10.0.0.5/24 10.0.0.6/8 10.0.0.7/24',
  )
  is('IP=10.0.0.5; ALIAS0_IP=10.0.0.5', 'static 10.0.0.5/24')
  is('IP=10.0.0.5; ALIAS0_IP=10.0.0.6; ALIAS0_EXTERNAL=yes', 'static 10.0.0.5/24')
  is('IP=10.0.0.5; ALIAS0_IP=10.0.0.6; ALIAS0_DETACH=1', 'static 10.0.0.5/24')
  is(
    'IP=10.0.0.5; ALIAS0_IP=10.0.0.x',
    'static 10.0.0.5/24',
    /ETH0_ALIAS0_IP: .*this alias of ETH0 is left out/,
  )
  is(
    'IP=10.0.0.5; ALIAS0_IP=172.16.0.6; ALIAS0_MASK=16; GATEWAY=172.16.0.1',
    'static 10.0.0.5/24 172.16.0.6/16 via 172.16.0.1',
  )
  is('METHOD=dhcp; ALIAS0_IP=10.0.0.6', 'dhcp 10.0.0.6/24')
  is(
    'IP=10.0.0.5; MASK=16; ALIAS0_IP=10.0.9.6; ALIAS0_MASK=; ALIAS1_IP=10.1.0.6',
    'static 10.0.0.5/16 10.0.9.6/16 10.1.0.6/24',
  )
  is('METHOD=virtio; IP=10.0.0.5', 'static 10.0.0.5/24', /ETH0_METHOD/)
})

describe('IPv6', () => {
  const is = says('ipv6')
  is('IP=10.0.0.5', 'left alone')
  is('IP6=2001:DB8:0:0::5', 'static 2001:db8::5/64')
  is('IPV6=2001:db8::5', 'static 2001:db8::5/64')
  is('IP6=; IPV6=2001:db8::5', 'static 2001:db8::5/64')
  is('IP6=2001:db8::5/48', 'static 2001:db8::5/48')
  is('IP6=2001:db8::5; IP6_PREFIX_LENGTH=128', 'static 2001:db8::5/128')
  is('IP6=2001:db8::5; IP6_PREFIX_LENGTH=129', 'left alone', /ETH0_IP6_PREFIX_LENGTH/)
  is('IP6=2001:db8::5%eth0', 'left alone', /ETH0_IP6/)
  is('IP6=::1', 'left alone', /ETH0_IP6/)
  is('IP6=ff02::1', 'left alone', /ETH0_IP6/)
  is('IP6=10.0.0.5', 'left alone', /ETH0_IP6/)
  is('IP6=2001:db8::5; IP6_ULA=fd00::5', 'static 2001:db8::5/64 fd00::5/64')
  is('IP6_ULA=fd00::5', 'static fd00::5/64')
  is('IP6=2001:db8::5; IP6_ULA=x', 'static 2001:db8::5/64', /ETH0_IP6_ULA/)
  is('IP6=2001:db8::5; IP6_GATEWAY=2001:db8::1', 'static 2001:db8::5/64 via 2001:db8::1')
  is('IP6=2001:db8::5; GATEWAY6=fe80::1', 'static 2001:db8::5/64 via fe80::1')
  is('IP6=2001:db8::5; IP6_GATEWAY=2001:db8:1::1', 'static 2001:db8::5/64 via 2001:db8:1::1 onlink')
  is('IP6=2001:db8::5; IP6_GATEWAY=2001:db8::1; METRIC=7', 'static 2001:db8::5/64 via 2001:db8::1 metric 7')
  is(
    'IP6=2001:db8::5; IP6_GATEWAY=2001:db8::1; METRIC=7; IP6_METRIC=8',
    'static 2001:db8::5/64 via 2001:db8::1 metric 8',
  )
  is(
    'IP6=2001:db8::5; IP6_GATEWAY=2001:db8::1; METRIC=7; IP6_METRIC=x',
    'static 2001:db8::5/64 via 2001:db8::1 metric 7',
    /ETH0_IP6_METRIC/,
  )
  is('METHOD=dhcp', 'dhcp')
  is('METHOD=dhcp; IP6_METHOD=static', 'left alone')
  is('METHOD=dhcp; IP6_METHOD=skip', 'left alone')
  is('IP=10.0.0.5; IP6_METHOD=auto; IP6=2001:db8::5', 'auto')
  is('IP=10.0.0.5; IP6_METHOD=dhcp; IP6_METRIC=5', 'dhcp metric 5')
  is('IP=10.0.0.5; IP6_METHOD=SLAAC', 'auto')
  is('IP=10.0.0.5; IP6_METHOD=dhcp6', 'dhcp')
  is('IP=10.0.0.5; IP6_METHOD=disable; IP6=2001:db8::5', 'disable')
  is('IP=10.0.0.5; IP6_METHOD=maybe; IP6=2001:db8::5', 'static 2001:db8::5/64', /ETH0_IP6_METHOD/)
  is(
    'IP6=2001:db8::5; ALIAS0_IP6=2001:db8::6; ALIAS0_IP6_PREFIX_LENGTH=128',
    'static 2001:db8::5/64 2001:db8::6/128',
  )
  is('IP6=2001:db8::5; ALIAS0_IP6_ULA=fd00::6', 'static 2001:db8::5/64 fd00::6/64')
})

describe('routes', () => {
  const is = says('ipv4')
  const own = 'IP=10.0.0.5; ROUTES='
  is(`${own}1.2.3.0/24 via 10.0.0.9`, 'static 10.0.0.5/24, 1.2.3.0/24 via 10.0.0.9')
  is(`${own}1.2.3.0/24 via 10.0.0.9,`, 'static 10.0.0.5/24, 1.2.3.0/24 via 10.0.0.9')
  is(`${own}1.2.3.0/255.255.255.0 VIA 10.0.0.9`, 'static 10.0.0.5/24, 1.2.3.0/24 via 10.0.0.9')
  is(`${own}1.2.3.4 via 10.0.0.9`, 'static 10.0.0.5/24, 1.2.3.4/32 via 10.0.0.9')
  is(`${own}1.2.3.4/24 via 10.0.0.9`, 'static 10.0.0.5/24, 1.2.3.0/24 via 10.0.0.9')
  is(`${own}1.2.3.0/24 via 10.9.9.9 metric 5`, 'static 10.0.0.5/24, 1.2.3.0/24 via 10.9.9.9 onlink metric 5')
  is(
    `${own}a via b, 1.2.3.0/24 via 10.0.0.9`,
    'static 10.0.0.5/24, 1.2.3.0/24 via 10.0.0.9',
    /"a via b" does not begin with/,
  )
  is(`${own}1.2.3.0/24`, 'static 10.0.0.5/24', /is not of the form/)
  is(`${own}1.2.3.0/24 via 10.0.0.9 dev eth1`, 'static 10.0.0.5/24', /is not of the form/)
  is(`${own}1.2.3.0/33 via 10.0.0.9`, 'static 10.0.0.5/24', /does not begin with/)
  is(`${own}1.2.3.0/24/8 via 10.0.0.9`, 'static 10.0.0.5/24', /does not begin with/)
  is(`${own}0.0.0.0/0 via 10.0.0.9`, 'static 10.0.0.5/24', /is a default route, which GATEWAY is for/)
  is(`${own}default via 10.0.0.9`, 'static 10.0.0.5/24', /is a default route/)
  is(`${own}1.2.3.0/24 via 2001:db8::1`, 'static 10.0.0.5/24', /names no gateway of IPv4/)
  is(`${own}1.2.3.0/24 via 10.0.0.9 metric x`, 'static 10.0.0.5/24', /has a metric that is no number/)
  is(`${own}2001:db8:1::/48 via 2001:db8::1`, 'static 10.0.0.5/24', /needs IPv6, which this NIC does not get/)
  is(`${own}1.2.3.0/24 via 10.0.0.9;touch /tmp/x`, 'static 10.0.0.5/24', /is not of the form/)
  is('METHOD=dhcp; IP6_METHOD=skip; ROUTES=1.2.3.0/24 via 10.0.0.9', 'dhcp, 1.2.3.0/24 via 10.0.0.9')
  says('ipv6')(
    'IP6=2001:db8::5; ROUTES=2001:db8:1::1/48 via fe80::1',
    'static 2001:db8::5/64, 2001:db8:1::/48 via fe80::1',
  )
})

describe('the rest', () => {
  test('METHOD=skip', () => assert.equal(read('METHOD=skip; IP=10.0.0.5').nic?.isSkipped, true))
  test('a MAC that is none', () => {
    const {nic, said} = read('MAC=02:00:0a; IP=10.0.0.5')
    assert.equal(nic?.isUnclear, true)
    assert.match(said[0]!, /ETH0_MAC: this is not a MAC that a NIC can have, so ETH0 is left as it is/)
  })
  test('a MAC of a group', () => assert.equal(read('MAC=03:00:0a:00:00:05').nic?.isUnclear, true))
  test('MTU', () => assert.equal(read('MTU=9000').nic?.mtu, 9000))
  test('an MTU in which no IPv6 address fits', () => {
    assert.equal(read('IP=10.0.0.5; IP6=2001:db8::5; MTU=1279').nic?.mtu, undefined)
    assert.equal(read('IP=10.0.0.5; IP6=2001:db8::5; MTU=1280').nic?.mtu, 1280)
    // Nobody asked for IPv6.
    assert.equal(read('METHOD=dhcp; MTU=576').nic?.mtu, 576)
  })
  test('an MTU that is none', () => assert.equal(read('IP=10.0.0.5; MTU=67').nic?.mtu, undefined))
  test('name servers in any order of words', () => {
    const {nic, said} = read('DNS=9.9.9.9,2001:DB8::53  x 1.1.1.1; SEARCH_DOMAIN=a.example. _b.example -c')
    assert.deepEqual(nic?.dns, ['9.9.9.9', '2001:db8::53', '1.1.1.1'])
    assert.deepEqual(nic?.searchDomains, ['a.example', '_b.example'])
    assert.equal(said.length, 2)
  })
  test('NICs in the order of their numbers, ETH before PCI', () => {
    const text = "PCI0_ADDRESS='01:00.0'\nETH10_IP='10.0.0.5'\nETH2_IP='10.0.0.6'"
    const labels = readNics(makeDisc(text), []).map(({label, pciAddress}) => `${label} ${pciAddress}`)
    assert.deepEqual(labels, ['ETH2 undefined', 'ETH10 undefined', 'PCI0 0000:01:00.0'])
  })
  test('a PCI address that is none, a VLAN that is none', () => {
    const problems: Problem[] = []
    const text = "PCI0_ADDRESS='1:0'\nPCI1_ADDRESS='01:00.0'\nPCI1_VLAN_ID='4095'\nPCI2_VLAN_ID=5"
    assert.deepEqual(
      readNics(makeDisc(text), problems).map(({isUnclear}) => isUnclear),
      [true, true, true],
    )
    assert.equal(problems.length, 2)
  })
  test('VLAN_ID of ETHx is for the host', () =>
    assert.equal(read('IP=10.0.0.5; VLAN_ID=7').nic?.vlanId, undefined))
  test('a value that could not be read is not the same as none', () => {
    const problems: Problem[] = []
    const [nic] = readNics(makeDisc('ETH0_IP=10.0.0.5\nETH0_MASK=$(cat x)'), problems)
    assert.equal(nic?.ipv4, undefined)
    assert.equal(nic?.isUnclear, false)
  })
})
