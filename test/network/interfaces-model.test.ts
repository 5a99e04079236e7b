// How the ifupdown dialect says everything that the model can say.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Surroundings} from '../../src/network/dialect.ts'
import {interfaces} from '../../src/network/interfaces/interfaces.ts'
import type {Ipv4, Ipv6, Nic} from '../../src/network/model.ts'
import {define, guest, nic} from './samples.ts'

const path = '/etc/network/interfaces'
const lo = 'auto lo\niface lo inet loopback\n'
const dhclient = {landmarks: new Set(['/sbin/dhclient'])}

const address6 = {address: '2001:db8::5', prefix: 64}
const ipv6 = (fields: Partial<Ipv6>): Ipv6 => ({method: 'static', addresses: [], routes: [], ...fields})
const ipv4 = (fields: Partial<Ipv4>): Ipv4 => ({method: 'dhcp', addresses: [], routes: [], ...fields})
const static6 = (fields: Partial<Ipv6> = {}) => ipv6({addresses: [address6], ...fields})
const eth0 = (fields: Partial<Nic>) => nic('eth0 192.168.0.5/24', fields)
const only6 = (fields: Partial<Ipv6>, more: Partial<Nic> = {}) =>
  eth0({ipv4: undefined, ipv6: ipv6(fields), ...more})

const off = 'echo 1 >disable_ipv6; echo 0 >accept_ra; echo 0 >autoconf; echo 0 >disable_ipv6'
const on = 'echo 0 >disable_ipv6; echo 2 >accept_ra; echo 1 >autoconf'
const kernel = (commands: string, device = 'eth0') =>
  `pre-up cd /proc/sys/net/ipv6/conf/${device} 2>/dev/null && { ${commands}; } || true`
const restored = (device = 'eth0') =>
  `post-down cd /proc/sys/net/ipv6/conf/${device} 2>/dev/null && { echo 1 >disable_ipv6; for name in accept_ra autoconf disable_ipv6; do cat ../default/$name >$name; done; } || true`
const inet = ['iface eth0 inet static', 'address 192.168.0.5', 'netmask 255.255.255.0']
const inet6 = ['iface eth0 inet6 static', 'address 2001:db8::5', 'netmask 64', 'dad-attempts 0']

/** The lines of ours, without signature and indentation. */
function linesOf(nics: readonly Nic[], fields: Partial<Surroundings> = dhclient): string[] {
  const [file] = interfaces.render(define(...nics), guest({[path]: lo}, fields)).files
  const text = file?.kind === 'write' ? file.content : ''
  return text
    .slice(lo.length)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
}

describe('one NIC', () => {
  const says = (name: string, one: Nic, ...expected: readonly (string | readonly string[])[]) =>
    test(name, () => assert.deepEqual(linesOf([one]), ['auto eth0', ...expected.flat()]))

  says('both families', eth0({ipv6: static6()}), inet, kernel(off), restored(), inet6)
  says(
    'gateway of IPv6',
    eth0({ipv6: static6({gateway: {address: '2001:db8::1', onLink: false}})}),
    ...[inet, kernel(off), restored(), inet6, 'gateway 2001:db8::1'],
  )
  says(
    'link-local gateway with a metric, and further addresses',
    only6({
      addresses: [address6, {address: 'fd00::5', prefix: 64}],
      gateway: {address: 'fe80::1', onLink: false, metric: 60},
    }),
    ...[inet6, kernel(off), restored(), 'up ip -6 address replace fd00::5/64 dev eth0'],
    'up ip -6 route replace default via fe80::1 dev eth0 metric 60',
  )
  says(
    'gateway off the subnet',
    only6({
      addresses: [{address: '2001:db8::5', prefix: 128}],
      gateway: {address: '2001:db8:f::1', onLink: true},
    }),
    ...['iface eth0 inet6 static', 'address 2001:db8::5', 'netmask 128', 'dad-attempts 0'],
    ...[kernel(off), restored(), 'up ip -6 route replace 2001:db8:f::1 dev eth0'],
    'up ip -6 route replace default via 2001:db8:f::1 dev eth0',
  )
  says('router advertisements', only6({method: 'auto'}), [
    ...['iface eth0 inet6 manual', kernel(on), restored(), 'up ip link set dev eth0 up'],
  ])
  says(
    'router advertisements with a metric',
    only6({method: 'auto', metric: 7}),
    'iface eth0 inet6 manual',
    kernel(`${on}; [ ! -e ra_defrtr_metric ] || echo 7 >ra_defrtr_metric`),
    ...[restored(), 'up ip link set dev eth0 up'],
  )
  says(
    'no IPv6',
    eth0({ipv6: ipv6({method: 'disable'})}),
    ...[inet, kernel('echo 1 >disable_ipv6'), restored(), 'iface eth0 inet6 manual'],
  )
  says('DHCP', eth0({ipv4: ipv4({})}), 'iface eth0 inet dhcp')
  says(
    'a gateway in the subnet of a further address',
    nic('eth0 192.168.0.5/24 10.0.0.5/8 via 10.0.0.1'),
    ...[inet, 'up ip address replace 10.0.0.5/8 dev eth0'],
    'up ip route replace default via 10.0.0.1 dev eth0',
  )
  says(
    'IPv6 beside DHCP stands in one stanza: ifupdown2 would ask for both',
    eth0({ipv4: ipv4({metric: 300}), ipv6: static6()}),
    ...['iface eth0 inet dhcp', 'metric 300', kernel(off), restored()],
    "up ip route show default dev eth0 | grep -v 'metric 300' | while read -r _ _ gateway _; do ip route del default via $gateway dev eth0; ip route replace default via $gateway dev eth0 metric 300; done",
    'up ip -6 address replace 2001:db8::5/64 dev eth0',
  )
  says(
    'routes',
    eth0({
      ipv4: ipv4({
        method: 'static',
        addresses: [{address: '192.168.0.5', prefix: 24}],
        routes: [
          {destination: {address: '10.0.0.0', prefix: 8}, gateway: {address: '1.1.1.1', onLink: true}},
          {
            destination: {address: '172.16.0.0', prefix: 12},
            gateway: {address: '1.1.1.1', onLink: true},
            metric: 4,
          },
          {destination: {address: '169.254.16.9', prefix: 32}},
        ],
      }),
    }),
    ...[inet, 'up ip route replace 1.1.1.1 dev eth0'],
    'up ip route replace 10.0.0.0/8 via 1.1.1.1 dev eth0',
    'up ip route replace 172.16.0.0/12 via 1.1.1.1 dev eth0 metric 4',
    'up ip route replace 169.254.16.9/32 dev eth0',
  )
  says('MTU', eth0({mtu: 1400}), inet, 'mtu 1400', 'pre-up ip link set dev eth0 mtu 1400')
  says(
    'another MAC',
    eth0({newMac: '02:00:00:00:00:09'}),
    ...[inet, 'pre-up ip link set dev eth0 down && ip link set dev eth0 address 02:00:00:00:00:09'],
  )
  says(
    'names, once',
    eth0({ipv6: static6(), dns: ['9.9.9.9', '2001:db8::53'], searchDomains: ['a.b', 'c']}),
    ...[inet, 'dns-nameservers 9.9.9.9 2001:db8::53', 'dns-search a.b c', kernel(off), restored(), inet6],
  )
})

test('a VLAN, whatever its name, and the NIC below it', () => {
  const one = eth0({vlan: {id: 7, name: 'v7'}, mtu: 1450, ipv6: static6()})
  assert.deepEqual(linesOf([one]), [
    ...['iface eth0 inet manual', 'mtu 1450', 'auto v7', 'iface v7 inet static', ...inet.slice(1)],
    ...['mtu 1450', 'vlan-raw-device eth0', 'vlan-id 7', 'pre-up ip link set dev eth0 mtu 1450'],
    kernel('echo 1 >disable_ipv6'),
    'pre-up ip link set dev eth0 up',
    'pre-up [ -e /sys/class/net/v7 ] || ip link add link eth0 name v7 type vlan id 7',
    ...[
      'pre-up ip link set dev v7 mtu 1450',
      'post-down [ ! -e /sys/class/net/v7 ] || ip link delete dev v7',
    ],
    ...[restored(), kernel(off, 'v7'), 'iface v7 inet6 static', ...inet6.slice(1)],
  ])
})

test('beside a default route from DHCP `gateway` would fail', () => {
  const routed = nic('eth1 10.0.0.5/8 via 10.0.0.1')
  const lines = linesOf([eth0({ipv4: ipv4({})}), routed])
  assert.equal(lines.at(-1), 'up ip route replace default via 10.0.0.1 dev eth1')
})

describe('DHCPv6, by the client that is here', () => {
  const runs = (name: string, landmarks: readonly string[], expected: RegExp | undefined) =>
    test(name, () => {
      const one = only6({method: 'dhcp'})
      const fields = {landmarks: new Set(landmarks)}
      const {problems} = interfaces.render(define(one), guest({[path]: lo}, fields))
      const command = linesOf([one], fields).find(line => /dhc/.test(line))
      if (expected === undefined) assert.equal(command, undefined)
      else assert.match(command ?? '', expected)
      assert.equal(problems.length, expected === undefined ? 1 : 0)
    })

  runs('dhclient', ['/sbin/dhclient', '/sbin/dhcpcd'], /; exec dhclient -6 -nw .* &$/)
  runs('dhcpcd', ['/usr/sbin/dhcpcd', '/sbin/udhcpc'], /^up dhcpcd -6 -b -q eth0$/)
  runs('udhcpc speaks IPv4 alone', ['/sbin/udhcpc'], undefined)
})

describe('DHCP needs a client', () => {
  const needs = (landmarks: readonly string[], codes: readonly string[]) =>
    test(landmarks.join() || 'none', () => {
      const fields = {landmarks: new Set(landmarks)}
      const {problems} = interfaces.render(define(eth0({ipv4: ipv4({})})), guest({[path]: lo}, fields))
      assert.deepEqual(
        problems.map(problem => problem.code),
        codes,
      )
    })

  needs(['/usr/sbin/dhclient'], [])
  needs(['/sbin/udhcpc'], [])
  needs([], ['nic-skipped'])
})

describe('stanzas of others', () => {
  const becomes = (name: string, one: Nic, before: string, after: RegExp, fields = {}) =>
    test(name, () => {
      const rendering = interfaces.render(define(one), guest({[path]: lo + before}, fields))
      const [file] = rendering.files
      assert.match(file?.kind === 'write' ? file.content.slice(lo.length) : '', after)
    })
  const dhcp = 'iface eth0 inet dhcp\n'
  const auto6 = 'iface eth0 inet6 auto\n'

  becomes(
    'IPv4 is left alone',
    only6(static6()),
    dhcp + auto6,
    /^iface eth0 inet dhcp\nauto eth0\niface eth0 inet6 static(\n {4}.+)+\n$/,
  )
  becomes(
    'IPv6 is left alone',
    eth0({}),
    auto6 + dhcp,
    /^iface eth0 inet6 auto\nauto eth0\niface eth0 inet static/,
  )
  becomes(
    'both are ours',
    eth0({ipv6: static6()}),
    auto6 + dhcp,
    /^auto eth0\niface eth0 inet static(\n.+)+\niface eth0 inet6 static(\n {4}.+)+\n$/,
  )
  becomes(
    'IPv6 does not wait for a DHCP of somebody else',
    only6(static6()),
    dhcp,
    /^auto eth0\niface eth0 inet6 static(\n {4}.+)+\niface eth0 inet dhcp\n$/,
  )
  const ng = {landmarks: new Set(['/usr/libexec/ifupdown-ng'])}
  becomes(
    'ifupdown-ng reads one name a line',
    eth0({}),
    'auto eth1 eth0\n',
    /^auto eth1\n\nauto eth0\niface/,
    ng,
  )
  becomes('and it may be ours', eth0({}), 'auto eth0 eth1\n', /^auto eth0 eth1\n\niface/, ng)
})

describe('who makes resolv.conf of `dns-nameservers`', () => {
  const resolves = (expected: boolean, landmarks: readonly string[], services: readonly string[] = []) =>
    test([...landmarks, ...services].join(', ') || 'nobody', () => {
      const fields = {landmarks: new Set(landmarks), services: new Set(services)}
      assert.equal(interfaces.resolvesNames(guest({}, fields)), expected)
    })

  resolves(false, [])
  // On systemd systems this may be resolvectl, and no script of ifup runs it.
  resolves(false, ['/sbin/resolvconf'])
  resolves(true, ['/sbin/resolvconf', '/etc/network/if-up.d/000resolvconf'])
  resolves(false, ['/etc/network/if-up.d/resolved'])
  resolves(true, ['/etc/network/if-up.d/resolved'], ['systemd-resolved'])
})
