import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  hasCarrier,
  hasTentativeAddress,
  listNeighbours,
  readLinkState,
  readRankedRoutes,
  readRefusedAddresses,
} from '../../src/system/kernel-network.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

const address = '20010db8000000000000000000000005'
const tentative: [what: string, line: string, isTentative: boolean][] = [
  ['that is being checked', `${address} 02 40 00 c0     eth0\n`, true],
  ['that is in use', `${address} 02 40 00 80     eth0\n`, false],
  ['that somebody else has', `${address} 02 40 00 c8     eth0\n`, false],
  ['of another device', `${address} 02 40 00 c0     eth1\n`, false],
  ['that is link-local', `fe80${address.slice(4)} 02 40 20 c0     eth0\n`, false],
]

for (const [what, line, isTentative] of tentative) {
  test(`an address ${what}: ${isTentative}`, t => {
    const system = openSystem(makeDirectory(t, {'proc/net/if_inet6': line}))
    assert.equal(hasTentativeAddress(system, 'eth0'), isTentative)
  })
}

test('without IPv6 no address is being checked', t => {
  assert.equal(hasTentativeAddress(openSystem(makeDirectory(t)), 'eth0'), false)
})

for (const [carrier, expected] of [
  ['1\n', true],
  ['0\n', false],
] as const) {
  test(`carrier ${carrier.trim()}`, t => {
    const system = openSystem(makeDirectory(t, {'sys/class/net/eth0/carrier': carrier}))
    assert.equal(hasCarrier(system, 'eth0'), expected)
    assert.equal(hasCarrier(system, 'eth1'), false, 'a card that has gone')
  })
}

const route4 = 'Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n'
const none = '0'.repeat(32)

test('default routes have their metrics', t => {
  const system = openSystem(
    makeDirectory(t, {
      'proc/net/route': `${route4}eth0 00000000 0100A8C0 0003 0 0 100 00000000 0 0 0\neth0 0000A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n`,
      'proc/net/ipv6_route': `${none} 00 ${none} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n`,
    }),
  )
  assert.deepEqual(readRankedRoutes(system), [
    {device: 'eth0', gateway: '192.168.0.1', metric: 100},
    {device: 'eth0', gateway: 'fe80:0000:0000:0000:0000:0000:0000:0001', metric: 1024},
  ])
})

test('an address that somebody else has is told with its name', t => {
  const lines = `${address} 02 40 00 88     eth0\n${'f'.repeat(32)} 02 40 00 80     eth0\n`
  const system = openSystem(makeDirectory(t, {'proc/net/if_inet6': lines}))
  assert.deepEqual(readRefusedAddresses(system, 'eth0'), ['2001:0db8:0000:0000:0000:0000:0000:0005'])
  assert.deepEqual(readRefusedAddresses(system, 'eth1'), [])
})

test('the state of a link', t => {
  const system = openSystem(
    makeDirectory(t, {'sys/class/net/eth0/flags': '0x1003\n', 'sys/class/net/eth0/mtu': '1500\n'}),
  )
  assert.deepEqual(readLinkState(system, 'eth0'), {isUp: true, mtu: 1500})
  assert.equal(readLinkState(system, 'eth1'), undefined)
})

test('neighbours are those that have answered', t => {
  const head = 'IP address       HW type     Flags       HW address            Mask     Device\n'
  const row = (ip: string, flags: string, device: string) =>
    `${ip} 0x1 ${flags} 02:00:00:00:00:01 * ${device}\n`
  const rows = [
    row('10.0.0.1', '0x2', 'eth0'),
    row('10.0.0.2', '0x0', 'eth0'),
    row('10.0.0.3', '0x2', 'eth1'),
  ]
  const system = openSystem(makeDirectory(t, {'proc/net/arp': head + rows.join('')}))
  assert.deepEqual(listNeighbours(system, 'eth0'), ['10.0.0.1'])
})
