// What the Red Hat dialect makes of /etc/sysconfig/network-scripts.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {redhat} from '../../src/network/redhat/redhat.ts'
import {apply, define, guest, nic} from './samples.ts'

const directory = '/etc/sysconfig/network-scripts'
const ifcfg = `${directory}/ifcfg-eth0`
const route = `${directory}/route-eth0`
const shared = '/etc/sysconfig/network'
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')
const offLink = nic('eth0 192.168.0.5/24 via 10.0.0.1 onlink')
const signature = '# vmcontext: address from MAC 02:00:c0:a8:00:05\n'

describe('ifcfg-DEV', () => {
  const says = (spelled: string, ...lines: string[]) =>
    test(spelled, () => {
      const text = apply(redhat, [nic(spelled)], {})[ifcfg]!
      const opening = `${signature}DEVICE=eth0\nHWADDR=02:00:c0:a8:00:05\nTYPE=Ethernet\nONBOOT=yes\nBOOTPROTO=none\n`
      const address = 'IPADDR=192.168.0.5\nPREFIX=24\nNETMASK=255.255.255.0\n'
      assert.equal(text, `${opening}${address}${lines.join('\n')}\nIPV6INIT=yes\n`)
    })

  says('eth0 192.168.0.5/24', 'DEFROUTE=no')
  says('eth0 192.168.0.5/24 via 192.168.0.1', 'GATEWAY=192.168.0.1')
  says(
    'eth0 192.168.0.5/24 via 192.168.0.1 metric 7',
    'GATEWAY=192.168.0.1',
    'GATEWAYDEV=eth0',
    'METRIC=7',
    'IPV4_ROUTE_METRIC=7',
  )
  says(
    'eth0 192.168.0.5/24 10.1.1.1/16',
    'IPADDR1=10.1.1.1',
    'PREFIX1=16',
    'NETMASK1=255.255.0.0',
    'ARPCHECK1=no',
    'ARPUPDATE1=no',
    'DEFROUTE=no',
  )
  // NetworkManager takes it from here, the scripts from route-DEV.
  says('eth0 192.168.0.5/24 via 10.0.0.1 onlink', 'GATEWAY=10.0.0.1')
  says('eth0 192.168.0.5/24 via 10.0.0.1 onlink metric 7', 'GATEWAY=10.0.0.1', 'IPV4_ROUTE_METRIC=7')
})

describe('IPv6 is left as it is', () => {
  const keeps = (before: string, network: string, ...lines: string[]) =>
    test(`${before}${network}`.replaceAll('\n', '; '), () => {
      const text = apply(redhat, [eth0], {[ifcfg]: before, [shared]: network})[ifcfg]!
      assert.equal(text.slice(text.indexOf('GATEWAY=')), ['GATEWAY=192.168.0.1', ...lines, ''].join('\n'))
    })

  keeps('', '', 'IPV6INIT=yes')
  keeps('', 'IPV6INIT=no\n', 'IPV6INIT=no')
  keeps('IPV6INIT="no"\nDNS1=1.1.1.1\n', '', 'IPV6INIT="no"')
  keeps(
    ' IPV6ADDR=2001:db8::5/64\nDHCPV6C=yes\n',
    '',
    'IPV6INIT=yes',
    'IPV6ADDR=2001:db8::5/64',
    'DHCPV6C=yes',
  )
  keeps(
    'IPV6INIT=yes\nIPV6ADDR_SECONDARIES="a \\\n b"\n',
    '',
    'IPV6INIT=yes',
    'IPV6ADDR_SECONDARIES="a \\\n b"',
  )
  keeps('DEVICE=eth7\nIPV6INIT=no\n', '', 'IPV6INIT=yes')
})

describe('other files for the same NIC go', () => {
  const other = (name: string, text: string, isRemoved: boolean) =>
    test(`${name}: ${text.replaceAll('\n', '; ')}`, () => {
      const path = `${directory}/${name}`
      assert.equal(path in apply(redhat, [eth0], {[path]: text}), !isRemoved)
    })

  other('ifcfg-Wired_1', 'DEVICE=eth0\n', true)
  other('ifcfg-Wired_1', ' DEVICE="eth0" # 2.2 began its lines with a space\n', true)
  other('ifcfg-Wired_1', "TYPE=Ethernet\nHWADDR='02:00:C0:A8:00:05'\n", true)
  other('ifcfg-eth7', 'DEVICE=eth7\nHWADDR=02:00:c0:a8:00:05\n', true)
  other('ifcfg-bond0-slave', 'DEVICE=eth0\nMASTER=bond0\nSLAVE=yes\n', true)
  other('ifcfg-eth1', 'DEVICE=eth1\n', false)
  other('ifcfg-eth1', '#DEVICE=eth0\nDEVICE=eth1\n', false)
  other('ifcfg-br0', 'DEVICE=br0\nTYPE=Bridge\nHWADDR=02:00:c0:a8:00:05\n', false)
  other('ifcfg-bond0', 'DEVICE=bond0\nBONDING_OPTS="mode=1 primary=eth0"\nHWADDR=02:00:c0:a8:00:05\n', false)
  other('ifcfg-eth0.5', 'DEVICE=eth0.5\nVLAN=yes\nHWADDR=02:00:c0:a8:00:05\n', false)
  other('ifcfg-vlan5', 'DEVICE=vlan5\nPHYSDEV=eth0\nHWADDR=02:00:c0:a8:00:05\n', false)
  other('ifcfg-eth0:1', 'DEVICE=eth0:1\n', false)
  other('ifcfg-eth0-range0', 'IPADDR_START=192.168.0.9\n', false)
  other('ifcfg-eth0.bak', 'DEVICE=eth0\n', false)
  other('ifcfg-eth0.rpmsave', 'DEVICE=eth0\n', false)
  other('ifcfg-lo', 'DEVICE=eth0\n', false)
})

describe('route-DEV', () => {
  const own = `${signature}10.0.0.1 dev eth0\ndefault via 10.0.0.1 dev eth0\n# vmcontext: end\n`
  const becomes = (name: string, nics: typeof eth0, before: string | undefined, after: string | undefined) =>
    test(`${name}: ${before?.replaceAll('\n', '; ')}`, () => {
      const result = apply(redhat, [nics], before === undefined ? {} : {[route]: before})
      assert.equal(result[route], after)
      assert.deepEqual(redhat.render(define(nics), guest(result)).files, [], 'not idempotent')
    })

  becomes('gateway on the subnet', eth0, undefined, undefined)
  becomes('gateway on the subnet', eth0, own, undefined)
  becomes(
    'gateway on the subnet',
    eth0,
    `${own}10.8.0.0/16 via 192.168.0.9\n`,
    '10.8.0.0/16 via 192.168.0.9\n',
  )
  becomes('gateway on the subnet', eth0, 'default via 192.168.0.9\n', undefined)
  becomes('gateway on the subnet', eth0, 'ADDRESS0=10.8.0.0\n', 'ADDRESS0=10.8.0.0\n')
  becomes('gateway on the subnet', eth0, 'ADDRESS0=0.0.0.0\n', undefined)
  becomes('no gateway', nic('eth0 192.168.0.5/24'), 'default via 192.168.0.9\n', 'default via 192.168.0.9\n')
  becomes('gateway off the subnet', offLink, undefined, own)
  becomes(
    'gateway off the subnet',
    offLink,
    '0.0.0.0/0 via 1.2.3.4\n# x\n1.1.1.1 via 2.2.2.2',
    `${own}# x\n1.1.1.1 via 2.2.2.2`,
  )
  becomes('gateway off the subnet', offLink, own.replaceAll('10.0.0.1', '10.0.0.2'), own)
  becomes('gateway off the subnet', offLink, 'ADDRESS0=10.8.0.0\n', own)
  becomes(
    'with a metric',
    nic('eth0 192.168.0.5/24 via 10.0.0.1 onlink metric 7'),
    undefined,
    own.replace('dev eth0\n#', 'dev eth0 metric 7\n#'),
  )
})

describe('/etc/sysconfig/network', () => {
  const becomes = (before: string, after: string) =>
    test(before.replaceAll('\n', '; '), () =>
      assert.equal(apply(redhat, [eth0], {[shared]: before})[shared], after),
    )

  becomes('', 'NETWORKING=yes\n')
  becomes('NETWORKING="yes"\nHOSTNAME=a\n', 'NETWORKING="yes"\nHOSTNAME=a\n')
  becomes('# \xe9\n NETWORKING=no # off\nGATEWAY=1.2.3.4', '# \xe9\n NETWORKING=yes # off\nGATEWAY=1.2.3.4')
  becomes('HOSTNAME=a', 'HOSTNAME=a\nNETWORKING=yes\n')

  test('GATEWAYDEV of this device: the scripts would make a default route without a gateway', () => {
    const text = apply(redhat, [offLink], {[shared]: 'GATEWAYDEV=eth0\n'})[ifcfg]!
    assert.match(text, /^GATEWAY=10\.0\.0\.1\nDEFROUTE=no$/m)
  })

  test('GATEWAYDEV of another device is named', () => {
    const problems = (text: string) => redhat.render(define(eth0), guest({[shared]: text})).problems
    assert.deepEqual(problems('GATEWAYDEV=eth0\n'), [])
    assert.deepEqual(
      problems('GATEWAYDEV=eth1\n').map(({code, key}) => [code, key]),
      [['rival', 'GATEWAYDEV']],
    )
  })
})

test('changed: only whose definition becomes another; a comment is none', () => {
  const eth1 = nic('eth1 10.0.0.5/8')
  const before = apply(redhat, [eth0, eth1], {})
  before[ifcfg] = before[ifcfg]!.replace(signature, '# vmcontext: address from IP_PUBLIC\n')
  const after = redhat.render(define(eth0, nic('eth1 10.0.0.6/8')), guest(before))
  assert.deepEqual([after.changed, after.files.length], [['eth1'], 2])
})

test('no NIC, not one byte', () => {
  assert.deepEqual(redhat.render(define(), guest({[shared]: 'NETWORKING=no\n'})), {
    files: [],
    problems: [],
    changed: [],
    restored: [],
  })
})
