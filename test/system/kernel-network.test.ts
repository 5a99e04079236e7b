import assert from 'node:assert/strict'
import {test} from 'node:test'
import {hasCarrier, hasTentativeAddress} from '../../src/system/kernel-network.ts'
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
