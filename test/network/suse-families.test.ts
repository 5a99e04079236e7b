// What the SUSE dialect makes of everything that a NIC can be given besides static IPv4.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Surroundings} from '../../src/network/dialect.ts'
import type {Ipv4, Ipv6, Network, Nic} from '../../src/network/model.ts'
import {suse} from '../../src/network/suse/suse.ts'
import {guest, nic} from './samples.ts'

const directory = '/etc/sysconfig/network'
const withWicked = {landmarks: new Set(['/usr/sbin/wicked', '/usr/sbin/netconfig'])}
const dhcp4: Ipv4 = {method: 'dhcp', addresses: [], routes: []}
const ipv6 = (method: Ipv6['method'], ...addresses: string[]): Ipv6 => {
  const list = addresses.map(text => ({address: text.split('/')[0]!, prefix: Number(text.split('/')[1])}))
  return {method, addresses: list, routes: []}
}
const eth0 = (fields: Partial<Nic> = {}) => nic('eth0 192.168.0.5/24', {origin: 'context', ...fields})

function networkOf(...nics: Nic[]): Network {
  return {
    nics,
    dns: nics.flatMap(each => each.dns),
    searchDomains: nics.flatMap(each => each.searchDomains),
  }
}

function render(
  nics: readonly Nic[],
  before: Record<string, string> = {},
  fields: Partial<Surroundings> = {},
) {
  const change = {network: networkOf(...nics), withdraw: [], giveBack: []}
  const rendering = suse.render(change, guest(before, {...withWicked, ...fields}))
  const after = new Map(Object.entries(before))
  for (const action of rendering.files) {
    if (action.kind === 'write') after.set(action.path, action.content)
    else after.delete(action.path)
  }
  const again = suse.render(change, guest(Object.fromEntries(after), {...withWicked, ...fields}))
  assert.deepEqual([again.files, again.changed], [[], []], 'not idempotent')
  return {...rendering, after}
}

/** The lines of a file that are not comments. */
function linesOf(after: ReadonlyMap<string, string>, name: string): string[] {
  return (after.get(`${directory}/${name}`) ?? '').split('\n').filter(line => !/^(#|$)/.test(line))
}

describe('BOOTPROTO, one word for both families', () => {
  const says = (ipv4: Ipv4 | undefined, v6: Ipv6 | undefined, before: string, ...lines: string[]) =>
    test(`${ipv4?.method} ${v6?.method} ${before.trim().replaceAll('\n', '; ')}: ${lines[0]}`, () => {
      const {after} = render([eth0({ipv4, ipv6: v6})], {[`${directory}/ifcfg-eth0`]: before})
      const [protocol, , ...others] = linesOf(after, 'ifcfg-eth0')
      assert.deepEqual([protocol, ...others], lines)
    })
  const static4 = eth0().ipv4
  const [own4, own6] = ["IPADDR='192.168.0.5/24'", "IPADDR_6_0='2001:db8::5/64'"]
  const managed = "DHCLIENT6_MODE='managed'"

  says(static4, ipv6('static', '2001:db8::5/64'), '', "BOOTPROTO='static'", own4, own6)
  says(static4, ipv6('auto'), '', "BOOTPROTO='static'", own4)
  says(static4, ipv6('disable'), '', "BOOTPROTO='static'", own4)
  says(static4, ipv6('dhcp'), '', "BOOTPROTO='dhcp6'", own4, managed)
  says(dhcp4, ipv6('static', '2001:db8::5/64'), '', "BOOTPROTO='dhcp4'", own6)
  says(dhcp4, ipv6('auto'), '', "BOOTPROTO='dhcp4'")
  says(dhcp4, ipv6('dhcp'), '', "BOOTPROTO='dhcp'", managed)
  says(dhcp4, undefined, '', "BOOTPROTO='dhcp4'")
  says(undefined, ipv6('dhcp'), '', "BOOTPROTO='dhcp6'", managed)
  // A family of which nothing is said keeps what the file said.
  says(dhcp4, undefined, 'BOOTPROTO=dhcp\n', "BOOTPROTO='dhcp'")
  says(dhcp4, undefined, 'BOOTPROTO=dhcp4+dhcp6\n', "BOOTPROTO='dhcp'")
  says(static4, undefined, 'BOOTPROTO=dhcp\n', "BOOTPROTO='static'", own4)
  says(static4, undefined, 'BOOTPROTO=dhcp4+dhcp6\n', "BOOTPROTO='dhcp6'", own4)
  says(undefined, ipv6('auto'), 'BOOTPROTO=DHCP\n', "BOOTPROTO='dhcp4'")
  says(undefined, ipv6('auto'), 'BOOTPROTO=dhcp6\n', "BOOTPROTO='static'")
  says(
    undefined,
    ipv6('static', '2001:db8::5/64'),
    "IPADDR=10.0.0.7\nNETMASK=255.255.0.0\nBROADCAST=10.0.255.255\nIPADDR_a='10.0.0.8/16'\nLABEL_a='a'\n",
    "BOOTPROTO='static'",
    "IPADDR='10.0.0.7/16'",
    "BROADCAST='10.0.255.255'",
    "IPADDR_1='10.0.0.8/16'",
    "LABEL_1='a'",
    own6,
  )
  says(
    static4,
    undefined,
    "BOOTPROTO=dhcp6\nDHCLIENT6_MODE='info'\nIPADDR_z=2001:db8::7/64\n",
    "BOOTPROTO='dhcp6'",
    own4,
    "IPADDR_6_0='2001:db8::7/64'",
    "DHCLIENT6_MODE='info'",
  )
})

describe('what the kernel is told of IPv6', () => {
  const says = (method: Ipv6['method'], before: string, ...lines: string[]) =>
    test(`${method}; ${before.replaceAll('\n', '; ')}`, () => {
      const path = `${directory}/ifsysctl-eth0`
      const {after} = render(
        [eth0({ipv6: ipv6(method, ...(method === 'static' ? ['fd00::5/64'] : []))})],
        before === '' ? {} : {[path]: before},
      )
      assert.deepEqual(linesOf(after, 'ifsysctl-eth0'), lines)
    })
  const [off, on] = ['net/ipv6/conf/eth0/disable_ipv6 = 1', 'net/ipv6/conf/eth0/disable_ipv6 = 0']
  const still = [on, 'net/ipv6/conf/eth0/accept_ra = 0', 'net/ipv6/conf/eth0/autoconf = 0']
  const open = [on, 'net/ipv6/conf/eth0/accept_ra = 2', 'net/ipv6/conf/eth0/autoconf = 1']

  says('disable', '', off)
  says('static', '', ...still)
  says('auto', '', ...open)
  says('dhcp', '', ...open)
  says('static', 'net.ipv6.conf.eth0.accept_ra = 1\n', ...still)
  says('static', 'net.ipv6.conf.$INTERFACE.accept_ra=1\nnet/ipv6/conf/$SYSCTL_IF/autoconf = 1\n', ...still)
  says('disable', 'net.ipv6.conf.eth0.use_tempaddr = 2\n', off, 'net.ipv6.conf.eth0.use_tempaddr = 2')
  says('disable', 'net.ipv4.conf.eth0.disable_ipv6 = 0\n', off, 'net.ipv4.conf.eth0.disable_ipv6 = 0')
})

test('a VLAN has files of its own, and the NIC below it has no address', () => {
  const vlan = {id: 7, name: 'eth0.7'}
  const fields = {vlan, mtu: 1400, newMac: '02:11:22:33:44:55', ipv6: ipv6('static', 'fd00::5/64')}
  const {after, changed} = render([eth0(fields)])
  assert.deepEqual(linesOf(after, 'ifcfg-eth0'), [
    "BOOTPROTO='static'",
    "STARTMODE='auto'",
    "LLADDR='02:11:22:33:44:55'",
    "MTU='1400'",
  ])
  assert.deepEqual(linesOf(after, 'ifcfg-eth0.7'), [
    "BOOTPROTO='static'",
    "STARTMODE='auto'",
    "ETHERDEVICE='eth0'",
    "VLAN_ID='7'",
    "MTU='1400'",
    "IPADDR='192.168.0.5/24'",
    "IPADDR_6_0='fd00::5/64'",
  ])
  assert.deepEqual(linesOf(after, 'ifsysctl-eth0'), ['net/ipv6/conf/eth0/disable_ipv6 = 1'])
  assert.equal(linesOf(after, 'ifsysctl-eth0.7')[1], 'net/ipv6/conf/eth0.7/accept_ra = 0')
  assert.deepEqual(changed, ['eth0', 'eth0.7'])
})

test('of a VLAN the scripts read ifsysctl-DEV too early, and once more afterwards', () => {
  const vlan = {id: 7, name: 'eth0.7'}
  const nics = [eth0({vlan, ipv6: ipv6('static', 'fd00::5/64')})]
  const {after} = render(nics, {}, {landmarks: new Set()})
  assert.ok(linesOf(after, 'ifcfg-eth0.7').includes("POST_UP_SCRIPT='ifup-sysctl'"))
  assert.ok(!linesOf(after, 'ifcfg-eth0').includes("POST_UP_SCRIPT='ifup-sysctl'"))
})

test('a lower NIC that changes takes its VLAN along, and comes up before it', () => {
  const vlan = {id: 7, name: 'eth0.7'}
  const {after} = render([eth0({vlan, mtu: 1400})])
  const path = `${directory}/ifcfg-eth0`
  const before = {...Object.fromEntries(after), [path]: after.get(path)!.replace('1400', '1300')}
  const {changed} = render([eth0({vlan, mtu: 1400})], before)
  assert.deepEqual(changed, ['eth0', 'eth0.7'])
  const activation = {down: changed, up: ['eth0.7'], network: networkOf(eth0({vlan}))}
  const commands = suse.activate(activation, guest({}, {isStarted: true}))
  assert.deepEqual(
    commands.after.map(({argv}) => argv.join(' ')),
    ['ifup eth0', 'ifup eth0.7'],
  )
})

describe('metrics that another gives', () => {
  const says = (fields: Partial<Nic>, landmarks: string[], ...messages: RegExp[]) =>
    test(`${JSON.stringify(fields)} ${landmarks}`, () => {
      const {problems} = render([eth0(fields)], {}, {landmarks: new Set(landmarks)})
      assert.equal(problems.length, messages.length)
      for (const [index, message] of messages.entries()) assert.match(problems[index]!.message, message)
    })
  const wicked = ['/usr/sbin/wicked']

  says({ipv4: {...dhcp4, metric: 300}}, wicked)
  says({ipv4: {...dhcp4, metric: 300}}, [], /default route of DHCP on eth0/)
  says({ipv6: {...ipv6('auto'), metric: 300}}, wicked, /router announces on eth0/)
  says({ipv6: {...ipv6('static', 'fd00::5/64'), metric: 300}}, wicked)

  test('wicked has a word for that of DHCP', () => {
    const {after} = render([eth0({ipv4: {...dhcp4, metric: 300}})])
    assert.ok(linesOf(after, 'ifcfg-eth0').includes("DHCLIENT_ROUTE_PRIORITY='300'"))
  })
})

describe('routes of both families in one file', () => {
  const says = (name: string, fields: Partial<Nic>, before: string, ...lines: string[]) =>
    test(name, () => {
      const path = `${directory}/ifroute-eth0`
      const {after} = render([eth0(fields)], before === '' ? {} : {[path]: before})
      assert.deepEqual(linesOf(after, 'ifroute-eth0'), lines)
    })
  const to = (address: string, prefix: number, via?: string, onLink = false) => {
    return {destination: {address, prefix}, gateway: via === undefined ? undefined : {address: via, onLink}}
  }
  const with4 = (...routes: Ipv4['routes'][number][]) => ({ipv4: {...eth0().ipv4!, routes}})

  says('host', with4(to('169.254.16.9', 32)), '', '169.254.16.9/32 - - eth0')
  says(
    'one neighbour for several',
    with4(to('10.0.0.0', 8, '203.0.113.1', true), to('172.16.0.0', 12, '203.0.113.1', true)),
    '',
    '203.0.113.1/32 - - eth0',
    '10.0.0.0/8 203.0.113.1 - eth0',
    '172.16.0.0/12 203.0.113.1 - eth0',
  )
  says(
    'IPv6',
    {
      ipv6: {
        ...ipv6('static', 'fd00::5/64'),
        gateway: {address: 'fd01::1', onLink: true, metric: 5},
        routes: [to('fd02::', 48, 'fe80::1')],
      },
    },
    '',
    'fd01::1/128 - - eth0',
    'default fd01::1 - eth0 metric 5',
    'fd02::/48 fe80::1 - eth0',
  )
  const rivals =
    '10.0.0.0/8 192.168.0.8\n10.0.0.0 192.168.0.8 255.0.0.0 -\n10/8 192.168.0.8\n10.0.0.0/16 - - -\n'
  says(
    'a line of others to the same destination makes room, any other stays',
    with4(to('10.0.0.0', 8, '192.168.0.9')),
    rivals,
    '10.0.0.0/8 192.168.0.9 - eth0',
    '10.0.0.0/16 - - -',
  )
})
