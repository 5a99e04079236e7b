// How the Red Hat dialect says what is not static IPv4: DHCP, IPv6, names, VLANs, other MACs.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Ipv4, Ipv6, Nic} from '../../src/network/model.ts'
import {redhat} from '../../src/network/redhat/redhat.ts'
import {apply, define, guest, nic} from './samples.ts'

const directory = '/etc/sysconfig/network-scripts'
const ifcfg = `${directory}/ifcfg-eth0`

const address = (text: string) => ({address: text.split('/')[0]!, prefix: Number(text.split('/')[1])})
const ipv4 = (method: Ipv4['method'], fields: Partial<Ipv4> = {}): Ipv4 => {
  return {method, addresses: [], routes: [], ...fields}
}
const ipv6 = (method: Ipv6['method'], fields: Partial<Ipv6> = {}): Ipv6 => {
  return {method, addresses: [], routes: [], ...fields}
}
const eth0 = (fields: Partial<Nic>) => nic('eth0 192.168.0.5/24', {origin: 'context', ...fields})
/** The values of some keys in a file, in the order of the file. */
const pick = (text: string, keys: RegExp) =>
  text
    .split('\n')
    .filter(line => keys.test(line))
    .join(' ')

describe('DHCP', () => {
  const dhcp = (fields: Partial<Ipv4> = {}) => eth0({ipv4: ipv4('dhcp', fields)})

  test('plain', () => {
    assert.equal(
      apply(redhat, [dhcp()], {})[ifcfg],
      '# vmcontext: address from the context\nDEVICE=eth0\nHWADDR=02:00:c0:a8:00:05\nTYPE=Ethernet\nONBOOT=yes\nBOOTPROTO=dhcp\nPERSISTENT_DHCLIENT=yes\nIPV6INIT=yes\n',
    )
  })
  test('with a metric', () => {
    const text = apply(redhat, [dhcp({metric: 300})], {})[ifcfg]!
    assert.equal(pick(text, /METRIC/), 'METRIC=300 IPV4_ROUTE_METRIC=300')
  })
  test('further addresses have files of their own, which go when they are no longer wanted', () => {
    const files = apply(redhat, [dhcp({addresses: [address('10.0.0.6/8'), address('10.0.0.7/32')]})], {})
    assert.equal(
      pick(files[`${ifcfg}:1`]!, /^(DEVICE|IPADDR|PREFIX)/),
      'DEVICE=eth0:1 IPADDR=10.0.0.6 PREFIX=8',
    )
    assert.equal(
      pick(files[`${ifcfg}:2`]!, /^(DEVICE|IPADDR|PREFIX)/),
      'DEVICE=eth0:2 IPADDR=10.0.0.7 PREFIX=32',
    )
    assert.doesNotMatch(files[ifcfg]!, /IPADDR/)
    const after = apply(redhat, [dhcp()], files)
    assert.deepEqual([after[`${ifcfg}:1`], after[`${ifcfg}:2`]], [undefined, undefined])
  })
  test('a name too long for an alias is said', () => {
    const long = {...dhcp({addresses: [address('10.0.0.6/8')]}), device: 'enx020000000005'}
    const {problems} = redhat.render(define(long), guest())
    assert.deepEqual(
      problems.map(({code}) => code),
      ['value-ignored'],
    )
  })
})

describe('IPv6', () => {
  const says = (name: string, fields: Ipv6, lines: string, files: Record<string, string | undefined> = {}) =>
    test(name, () => {
      const after = apply(redhat, [eth0({ipv6: fields})], {})
      assert.equal(pick(after[ifcfg]!, /IPV6|DHCPV6/), lines)
      for (const [path, text] of Object.entries(files)) {
        const body = after[path]?.replaceAll(/^#.*\n/gm, '')
        assert.equal(body, text, path)
      }
    })
  const route6 = `${directory}/route6-eth0`
  const sysctl = '/etc/sysctl.d/60-vmcontext-eth0.conf'
  const quiet =
    'net.ipv6.conf.eth0.disable_ipv6 = 0\nnet.ipv6.conf.eth0.accept_ra = 0\nnet.ipv6.conf.eth0.autoconf = 0\n'
  const fixed = 'IPV6INIT=yes IPV6_AUTOCONF=no DHCPV6C=no IPV6_FAILURE_FATAL=no'
  const own = [address('2001:db8::5/64'), address('fd00::5/64'), address('fd00::6/64')]
  const via = (gateway: string, onLink = false, metric?: number) => ({
    addresses: own.slice(0, 1),
    gateway: {address: gateway, onLink, metric},
  })

  says(
    'several addresses',
    ipv6('static', {addresses: own}),
    `${fixed} IPV6ADDR=2001:db8::5/64 IPV6ADDR_SECONDARIES="fd00::5/64 fd00::6/64"`,
    {[sysctl]: quiet, [route6]: undefined},
  )
  says(
    'a gateway',
    ipv6('static', via('2001:db8::1')),
    `${fixed} IPV6ADDR=2001:db8::5/64 IPV6_DEFAULTGW=2001:db8::1%eth0`,
    {[route6]: undefined},
  )
  says(
    'a gateway on the link alone',
    ipv6('static', via('fe80::1')),
    `${fixed} IPV6ADDR=2001:db8::5/64 IPV6_DEFAULTGW=fe80::1%eth0`,
  )
  says(
    'a gateway with a metric, which the scripts could not give it',
    ipv6('static', via('fe80::1', false, 60)),
    `${fixed} IPV6ADDR=2001:db8::5/64 IPV6_DEFAULTGW=fe80::1%route6 IPV6_ROUTE_METRIC=60`,
    {[route6]: 'default via fe80::1 dev eth0 metric 60\n'},
  )
  says(
    'a gateway outside the subnet',
    ipv6('static', via('2001:db8:f::1', true)),
    `${fixed} IPV6ADDR=2001:db8::5/64 IPV6_DEFAULTGW=2001:db8:f::1%route6`,
    {[route6]: '2001:db8:f::1 dev eth0\ndefault via 2001:db8:f::1 dev eth0\n'},
  )
  says('auto', ipv6('auto'), 'IPV6INIT=yes IPV6_AUTOCONF=yes DHCPV6C=no IPV6_FAILURE_FATAL=no', {
    [sysctl]: undefined,
  })
  says(
    'dhcp and a further address',
    ipv6('dhcp', {addresses: own.slice(1, 2)}),
    'IPV6INIT=yes IPV6_AUTOCONF=yes DHCPV6C=yes IPV6_FAILURE_FATAL=no IPV6ADDR=fd00::5/64',
  )
  says('disable', ipv6('disable'), 'IPV6INIT=no IPV6_DISABLED=yes', {
    [sysctl]: 'net.ipv6.conf.eth0.disable_ipv6 = 1\n',
  })

  const metric = eth0({ipv6: ipv6('auto', {metric: 50})})
  test('a metric for what a router brings: NetworkManager alone gives it', () => {
    assert.match(apply(redhat, [metric], {})[ifcfg]!, /^IPV6_ROUTE_METRIC=50$/m)
    const codes = (services: string[]) =>
      redhat.render(define(metric), guest({}, {services: new Set(services)})).problems.map(({code}) => code)
    assert.deepEqual(codes(['network']), ['value-ignored'])
    assert.deepEqual(codes(['network', 'NetworkManager']), [])
  })
})

describe('IPv4 is left as it is where only IPv6 is described', () => {
  const keeps = (before: string, ...lines: string[]) =>
    test(before.replaceAll('\n', '; '), () => {
      const only = eth0({ipv4: undefined, ipv6: ipv6('static', {addresses: [address('2001:db8::5/64')]})})
      const text = apply(redhat, [only], {[ifcfg]: before})[ifcfg]!
      assert.equal(text.slice(text.indexOf('yes\n') + 4, text.indexOf('IPV6INIT')), `${lines.join('\n')}\n`)
    })

  keeps('', 'BOOTPROTO=none')
  keeps(
    'BOOTPROTO="static"\nIPADDR=10.0.0.5\nNETMASK=255.0.0.0\nDNS1=1.1.1.1\n',
    'BOOTPROTO="static"',
    'IPADDR=10.0.0.5',
    'NETMASK=255.0.0.0',
  )
  // DHCP that fails would keep ifup-eth from IPv6.
  keeps('DEVICE=eth0\n BOOTPROTO=dhcp\n', 'BOOTPROTO=dhcp', 'PERSISTENT_DHCLIENT=yes')
  keeps('BOOTPROTO=dhcp\nPERSISTENT_DHCLIENT=0\n', 'BOOTPROTO=dhcp', 'PERSISTENT_DHCLIENT=0')
})

describe('names', () => {
  const said = (nics: Nic[], device: string) =>
    pick(apply(redhat, nics, {})[`${directory}/ifcfg-${device}`]!, /DNS|DOMAIN|RESOLV/)
  const named = eth0({dns: ['9.9.9.9', '2001:db8::53'], searchDomains: ['a.example', 'b.example']})
  const eth1 = nic('eth1 10.0.0.5/8', {origin: 'context', dns: ['10.0.0.53', '10.0.0.54']})
  const list = 'DNS1=9.9.9.9 DNS2=2001:db8::53'

  test('one NIC says those of all, the others refuse theirs', () => {
    assert.equal(said([named, eth1], 'eth0'), `${list} DNS3=10.0.0.53 DOMAIN="a.example b.example"`)
    // The scripts ignore what stands behind PEERDNS=no; NetworkManager keeps each server with its link.
    assert.equal(said([named, eth1], 'eth1'), 'PEERDNS=no DNS1=10.0.0.53 DNS2=10.0.0.54')
  })
  test('a NIC that is left as it is keeps its share of the list', () => {
    const before = apply(redhat, [named, eth1], {})
    assert.deepEqual(apply(redhat, [named], before), before)
    assert.deepEqual(apply(redhat, [eth1], before), before)
    const other = {...named, dns: ['8.8.8.8']}
    const text = apply(redhat, [other], before)[ifcfg]!
    assert.equal(pick(text, /DNS/), 'DNS1=8.8.8.8 DNS2=10.0.0.53 DNS3=10.0.0.54')
  })
  test('what is left out is said', () => {
    const messages = (version: number) => {
      const os = {family: 'redhat', id: 'centos', version, name: 'CentOS'} as const
      return redhat.render(define(named, eth1), guest({}, {os})).problems.map(({message}) => message)
    }
    assert.match(messages(7)[0]!, /first 3 .*: 10\.0\.0\.54$/)
    assert.match(messages(6.9)[0]!, /first 2 .*: 10\.0\.0\.53, 10\.0\.0\.54$/)
  })
  test('those of the context win over those of DHCP', () => {
    const leased = {...named, ipv4: ipv4('dhcp'), ipv6: ipv6('auto')}
    assert.equal(
      said([leased], 'eth0'),
      `PEERDNS=no RESOLV_MODS=yes IPV6_PEERDNS=no ${list} DOMAIN="a.example b.example"`,
    )
  })
  test('DHCP keeps its own where the context has none', () => {
    assert.equal(said([eth0({ipv4: ipv4('dhcp')})], 'eth0'), '')
  })
  test('NetworkManager reads DOMAIN with IPv4 alone', () => {
    const only = {...named, ipv4: undefined, ipv6: ipv6('static', {addresses: [address('2001:db8::5/64')]})}
    assert.equal(
      said([only], 'eth0'),
      `${list} DOMAIN="a.example b.example" IPV6_DOMAIN="a.example b.example"`,
    )
    assert.match(said([only, eth1], 'eth0'), /^PEERDNS=no /)
  })
})

describe('links', () => {
  test('another MAC: that of the card may no longer be known', () => {
    const text = apply(redhat, [eth0({newMac: '02:11:22:33:44:55'})], {})[ifcfg]!
    assert.equal(pick(text, /ADDR=0/), 'MACADDR=02:11:22:33:44:55')
  })
  test('a VLAN: its own file, and a NIC below it without addresses', () => {
    const files = apply(redhat, [eth0({vlan: {id: 7, name: 'eth0.7'}, mtu: 1400})], {})
    assert.equal(
      files[ifcfg],
      '# vmcontext: address from the context\nDEVICE=eth0\nHWADDR=02:00:c0:a8:00:05\nTYPE=Ethernet\nONBOOT=yes\nMTU=1400\nBOOTPROTO=none\nIPV6INIT=no\nIPV6_DISABLED=yes\n',
    )
    const lines =
      'DEVICE=eth0.7 TYPE=Vlan VLAN=yes PHYSDEV=eth0 VID=7 VLAN_ID=7 REORDER_HDR=yes ONBOOT=yes MTU=1400'
    assert.equal(files[`${ifcfg}.7`]!.split('\n').slice(1, 10).join(' '), lines)
    assert.equal(
      files['/etc/sysctl.d/60-vmcontext-eth0.conf']?.split('\n')[1],
      'net.ipv6.conf.eth0.disable_ipv6 = 1',
    )
  })
  test('a VLAN that the kernel would not take as NIC.ID', () => {
    const vlan = {id: 4094, name: '20000000005v.4094'.slice(-15)}
    const [device] = ['enx020000000005']
    const files = apply(redhat, [{...eth0({vlan}), device}], {})
    assert.match(
      files[`${directory}/ifcfg-${vlan.name}`]!,
      /^PHYSDEV=enx020000000005\nVID=4094\nVLAN_ID=4094$/m,
    )
  })
  test('with the NIC its VLAN changes', () => {
    const before = apply(redhat, [eth0({vlan: {id: 7, name: 'eth0.7'}})], {})
    const {changed} = redhat.render(
      define(eth0({vlan: {id: 7, name: 'eth0.7'}, newMac: '02:11:22:33:44:55'})),
      guest(before),
    )
    assert.deepEqual(changed, ['eth0', 'eth0.7'])
  })
})
