// What the SUSE dialect makes of /etc/sysconfig/network.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {suse} from '../../src/network/suse/suse.ts'
import {apply, define, guest, nic} from './samples.ts'

const directory = '/etc/sysconfig/network'
const ifcfg = `${directory}/ifcfg-eth0`
const ifroute = `${directory}/ifroute-eth0`
const routes = `${directory}/routes`
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')
const withoutGateway = nic('eth0 192.168.0.5/24')
const signature = '# vmcontext: address from MAC 02:00:c0:a8:00:05\n'
const end = '# vmcontext: end\n'

describe('ifcfg-DEV', () => {
  const says = (spelled: string, before: string, ...lines: string[]) =>
    test(`${spelled}; ${before.replaceAll('\n', '; ')}`, () => {
      const result = apply(suse, [nic(spelled)], {[ifcfg]: before})
      assert.equal(result[ifcfg], `${signature}${lines.join('\n')}\n`)
      assert.deepEqual(suse.render(define(nic(spelled)), guest(result)).files, [], 'not idempotent')
    })
  const [boot, start, address] = ["BOOTPROTO='static'", "STARTMODE='auto'", "IPADDR='192.168.0.5/24'"]

  says('eth0 192.168.0.5/24', '', boot, start, address)
  says('eth0 192.168.0.5/24', "STARTMODE='ifplugd'\nBOOTPROTO='dhcp'\n", boot, start, address)
  says('eth0 192.168.0.5/24 10.1.1.1/16', '', boot, start, address, "IPADDR_1='10.1.1.1/16'")
  says(
    'eth0 192.168.0.5/24',
    "IPADDR='2001:db8::5/64'\n",
    boot,
    start,
    address,
    "IPADDR_6_0='2001:db8::5/64'",
  )
  says(
    'eth0 192.168.0.5/24',
    'IPADDR_x=fe80::1\nPREFIXLEN_x=10\n',
    boot,
    start,
    address,
    "IPADDR_6_0='fe80::1/10'",
  )
  says('eth0 192.168.0.5/24', 'BOOTPROTO=dhcp6\n', "BOOTPROTO='dhcp6'", start, address)
})

describe('ifroute-DEV', () => {
  const becomes = (spelled: string, before: string | undefined, after: string | undefined) =>
    test(`${spelled}; ${before?.replaceAll('\n', '; ')}`, () => {
      const result = apply(suse, [nic(spelled)], before === undefined ? {} : {[ifroute]: before})
      assert.equal(result[ifroute], after)
      assert.deepEqual(suse.render(define(nic(spelled)), guest(result)).files, [], 'not idempotent')
    })
  const own = `${signature}default 192.168.0.1 - eth0\n${end}`
  const host = '10.0.0.1/32 - - eth0\n'

  becomes('eth0 192.168.0.5/24', undefined, undefined)
  becomes('eth0 192.168.0.5/24', own, undefined)
  becomes('eth0 192.168.0.5/24', 'default 192.168.0.9\n', 'default 192.168.0.9\n')
  becomes('eth0 192.168.0.5/24 via 192.168.0.1', undefined, own)
  becomes('eth0 192.168.0.5/24 via 192.168.0.1', own.replace('0.1 -', '0.2 -'), own)
  becomes('eth0 192.168.0.5/24 via 192.168.0.1', 'default 192.168.0.9 - -\n', own)
  becomes('eth0 192.168.0.5/24 via 192.168.0.1', '0.0.0.0/0 192.168.0.9\n', own)
  becomes(
    'eth0 192.168.0.5/24 via 192.168.0.1',
    '# x\n10.8.0.0/16 192.168.0.9',
    `${own}# x\n10.8.0.0/16 192.168.0.9`,
  )
  becomes('eth0 192.168.0.5/24 via 192.168.0.1', 'default fe80::1 - eth0\n', `${own}default fe80::1 - eth0\n`)
  becomes('eth0 192.168.0.5/24 via 192.168.0.1', `${own}10.9.0.0/16 -\n`, `${own}10.9.0.0/16 -\n`)
  becomes(
    'eth0 192.168.0.5/24 via 10.0.0.1 onlink',
    undefined,
    `${signature}${host}default 10.0.0.1 - eth0\n${end}`,
  )
  becomes(
    'eth0 192.168.0.5/24 via 10.0.0.1 onlink metric 7',
    undefined,
    `${signature}${host}default 10.0.0.1 - eth0 metric 7\n${end}`,
  )
})

describe('routes, for all interfaces', () => {
  const becomes = (before: string, after: string | undefined, model = eth0) =>
    test(before.replaceAll('\n', '; '), () =>
      assert.equal(apply(suse, [model], {[routes]: before})[routes], after),
    )

  becomes('default 10.7.7.1\n', undefined)
  becomes('default 10.7.7.1\n', undefined, withoutGateway)
  becomes('default 192.168.0.254 - -\n10.8.0.0/16 192.168.0.9 - -\n', '10.8.0.0/16 192.168.0.9 - -\n')
  becomes('default 192.168.0.254 - -\n', 'default 192.168.0.254 - -\n', withoutGateway)
  becomes('default 10.7.7.254 - eth0\n', undefined)
  becomes('default 10.7.7.254 - eth1\n', 'default 10.7.7.254 - eth1\n')
  becomes('default 10.7.7.254 - -\n', 'default 10.7.7.254 - -\n')
  becomes('default fe80::1 - eth0\n', 'default fe80::1 - eth0\n')
  becomes('#default 192.168.0.1\n', '#default 192.168.0.1\n')
  becomes('10.8.0.0/16 192.168.0.1 \xe9', '10.8.0.0/16 192.168.0.1 \xe9')
})

test('changed: only whose definition becomes another; a comment is none', () => {
  const before = apply(suse, [eth0, nic('eth1 10.0.0.5/8')], {})
  before[ifcfg] = before[ifcfg]!.replace(signature, '# vmcontext: address from IP_PUBLIC\n')
  const after = suse.render(define(eth0, nic('eth1 10.0.0.6/8')), guest(before))
  assert.deepEqual([after.changed, after.files.length], [['eth1'], 2])
})

test('no NIC, not one byte', () => {
  assert.deepEqual(suse.render(define(), guest({[routes]: 'default 10.7.7.1\n'})), {
    files: [],
    problems: [],
    changed: [],
    restored: [],
  })
})
