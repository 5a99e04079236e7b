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

test('what may be DHCP gets the time for it: ours, and what somebody else says', () => {
  const dhcp: Partial<Nic> = {ipv4: {method: 'dhcp', addresses: [], routes: []}}
  const nics = [
    nic('eth0 192.168.0.5/24'),
    {...nic('eth1 10.0.0.5/8'), ...dhcp},
    {...nic('eth2 10.0.0.6/8'), ipv4: undefined, ...ipv6('disable')},
  ]
  const activation = {down: [], up: ['eth0', 'eth1', 'eth2', 'eth3'], network: define(...nics).network}
  const {after} = redhat.activate(activation, guest({}, {isStarted: true}))
  const times = after.filter(({argv}) => argv[0] === 'ifup').map(({timeoutMs}) => timeoutMs / 1000)
  assert.deepEqual(times, [30, 75, 75, 75])
})

describe('what the kernel was told of IPv6 is taken back once nothing says it any more', () => {
  const takesBack = (
    name: string,
    told: readonly string[],
    nics: readonly Nic[],
    expected: readonly string[],
  ) =>
    test(name, () => {
      const files = Object.fromEntries(told.map(each => [`/etc/sysctl.d/60-vmcontext-${each}.conf`, '']))
      const activation = {down: [...told], up: [], network: define(...nics).network}
      const {after} = redhat.activate(activation, guest(files, {isStarted: true}))
      assert.deepEqual(
        after.filter(({argv}) => argv[0] === 'sh').map(({argv}) => argv.at(-1)),
        expected,
      )
    })
  const eth0 = (fields: Partial<Nic>) => nic('eth0 192.168.0.5/24', fields)

  takesBack('given back', ['eth0'], [], ['eth0'])
  takesBack('a family that is left alone', ['eth0'], [eth0({})], ['eth0'])
  takesBack('another method', ['eth0'], [eth0(ipv6('static'))], [])
  takesBack('nothing was told', [], [], [])
  takesBack('below a VLAN', ['eth0', 'eth0.7'], [eth0({...ipv6('static'), ...vlan})], [])
  takesBack('a VLAN that goes', ['eth0', 'eth0.7'], [], ['eth0', 'eth0.7'])
})
