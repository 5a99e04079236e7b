// Which NICs are let go, as long as it is known that a context no longer speaks of them.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readContext} from '../../../src/context/context.ts'
import {parseLinkList} from '../../../src/facts/network/links.ts'
import type {PlanInput} from '../../../src/plan/input.ts'
import {decideNetwork} from '../../../src/plan/network/decide-network.ts'
import {findFormerNics} from '../../../src/plan/network/former-nics.ts'
import type {OwnedNics} from '../../../src/report/owned-nics.ts'
import {makeDisc} from '../../context/sample-disc.ts'

const [first, second, third] = ['02:00:c0:a8:00:05', '02:00:0a:00:00:05', '52:54:00:00:00:02'] as const
const eth0 = `ETH0_MAC='${first}'; ETH0_IP='192.168.0.5'`
const gpu = "PCI7_ADDRESS='09:00.0'"

/** The interfaces to give back where eth0, eth1 and eth2 were ours. */
function findFormer(context: string, links: string, nics: OwnedNics): string[] {
  const {context: read} = readContext(makeDisc(context.replaceAll('; ', '\n')))
  const list = parseLinkList(links.replaceAll('; ', '\n'))
  const facts = {links: list, networkStarted: false}
  const settings = {macRule: 'auto', macPrefix: '02:00', macNetmask: 24}
  const input = {context: read, isContextUnreadable: false, facts, settings, manifest: {nics}}
  const planInput = input as unknown as PlanInput
  return findFormerNics(planInput, decideNetwork(planInput)).map(({device, vlan}) => vlan?.name ?? device)
}

const owned = (device: string) => ({device, origin: 'context'}) as const
const all: OwnedNics = {[first]: owned('eth0'), [second]: owned('eth1'), [third]: owned('eth2')}
const present = `eth0 ${first}; eth1 ${second}; eth2 ${third} 0000:00:05.0`

const cases: [what: string, context: string, links: string, nics: OwnedNics, expected: string[]][] = [
  ['not described any more', eth0, present, all, ['eth1', 'eth2']],
  ['a GPU is no NIC', `${eth0}; ${gpu}`, present, all, ['eth1', 'eth2']],
  ['a device that is not there may be any', `${eth0}; ${gpu}; PCI7_IP='10.1.0.5'`, present, all, []],
  ['a NIC without a MAC may be any', `${eth0}; ETH7_IP='172.16.0.5'`, present, all, []],
  ['a name that it had', eth0, `ens3 ${first}`, {[first]: owned('eth0')}, ['eth0']],
  [
    'a name that it had when a run was killed',
    eth0,
    `ens3 ${first}`,
    {[first]: {...owned('ens3'), before: [owned('eth0')]}},
    ['eth0'],
  ],
  [
    'a VLAN that it had',
    "PCI2_ADDRESS='00:05.0'; PCI2_IP='10.1.0.5'; PCI2_VLAN_ID='20'",
    present,
    {[third]: {...owned('eth2'), vlan: {id: 10, name: 'eth2.10'}}},
    ['eth2.10'],
  ],
]

for (const [what, context, links, nics, expected] of cases) {
  test(`${what}: ${expected.join(', ') || 'none'}`, () => {
    assert.deepEqual(findFormer(context, links, nics), expected)
  })
}
