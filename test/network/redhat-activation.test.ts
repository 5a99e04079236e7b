// The commands that make ifcfg files count.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Surroundings} from '../../src/network/dialect.ts'
import type {Ipv6, Nic} from '../../src/network/model.ts'
import {redhat} from '../../src/network/redhat/redhat.ts'
import {define, guest, nic} from './samples.ts'

const ipv6 = (method: Ipv6['method']): Partial<Nic> => ({ipv6: {method, addresses: [], routes: []}})
const vlan = {vlan: {id: 7, name: 'eth0.7'}}

const runs = (
  name: string,
  fields: Partial<Nic>,
  {down, up}: {down: string[]; up: string[]},
  expected: string[],
  surroundings: Partial<Surroundings> = {isStarted: true},
) =>
  test(name, () => {
    const {network} = define(nic('eth0 192.168.0.5/24', fields))
    const {before, after} = redhat.activate({down, up, network}, guest({}, surroundings))
    assert.deepEqual(
      [...before, ...after].map(action => action.argv.join(' ')),
      expected,
    )
  })

describe('activation', () => {
  const both = {down: ['eth0'], up: ['eth0']}
  const isStarted = true

  runs('in the boot the network is still to come', {}, both, [], {isStarted: false})
  runs('afterwards', {}, both, ['ifdown eth0', 'ifup eth0'])
  runs(
    'NetworkManager is told of files that went',
    {},
    {down: ['eth0'], up: []},
    ['ifdown eth0', 'nmcli connection reload'],
    {isStarted, services: new Set(['NetworkManager'])},
  )
  runs('the kernel is told of IPv6 first', ipv6('static'), both, [
    'ifdown eth0',
    'sysctl -q -e -p /etc/sysctl.d/60-vmcontext-eth0.conf',
    'ifup eth0',
  ])
  runs('what an earlier file turned off comes back', ipv6('auto'), both, [
    'ifdown eth0',
    'sysctl -q -e -w net.ipv6.conf.eth0.disable_ipv6=0',
    'ifup eth0',
  ])
  runs('the NIC below a VLAN goes along', vlan, {down: ['eth0.7'], up: ['eth0.7']}, [
    'ifdown eth0.7',
    'ifdown eth0',
    'sysctl -q -e -p /etc/sysctl.d/60-vmcontext-eth0.conf',
    'ifup eth0',
    'ifup eth0.7',
  ])
})
