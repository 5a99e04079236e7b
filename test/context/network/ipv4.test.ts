import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  defaultGateway,
  parseAddress,
  parseMask,
  refuseHostAddress,
  sameNetwork,
} from '../../../src/context/network/ipv4.ts'

const masks: [text: string, prefix: number | undefined][] = [
  ['255.255.255.0', 24],
  ['255.255.0.0', 16],
  ['16', 16],
  ['/16', 16],
  ['32', 32],
  ['255.255.255.254', 31],
  ['0', undefined],
  ['33', undefined],
  ['255.0.255.0', undefined],
  ['0.0.0.0', undefined],
  ['/', undefined],
  ['24x', undefined],
]

for (const [text, prefix] of masks) {
  test(`the mask ${text} is ${prefix === undefined ? 'none' : `/${prefix}`}`, () =>
    assert.equal(parseMask(text), prefix))
}

const addresses: [text: string, isAddress: boolean][] = [
  ['192.168.0.5', true],
  ['0.0.0.0', true],
  ['192.168.0.256', false],
  ['192.168.0', false],
  ['192.168.000.5', false],
  ['010.0.0.1', false],
  ['0x7f.1', false],
  ['3232235525', false],
  ['1.2.3.4;reboot', false],
  ['::1', false],
  ['', false],
]

for (const [text, isAddress] of addresses) {
  test(`${JSON.stringify(text)} is ${isAddress ? 'an' : 'no'} address`, () => {
    assert.equal(parseAddress(text), isAddress ? text : undefined)
  })
}

const hosts: [address: string, prefix: number, refusal: RegExp | undefined][] = [
  ['192.168.0.5', 24, undefined],
  ['192.168.0.0', 24, /network's own/],
  ['192.168.0.255', 24, /broadcast/],
  ['192.168.1.0', 16, undefined],
  ['10.0.0.0', 31, undefined],
  ['10.0.0.1', 32, undefined],
  ['0.1.2.3', 24, /this network/],
  ['127.0.0.1', 24, /loopback/],
  ['224.0.0.1', 24, /multicast/],
  ['255.255.255.255', 24, /multicast or reserved/],
]

for (const [address, prefix, refusal] of hosts) {
  test(`${address}/${prefix} ${refusal === undefined ? 'can' : 'cannot'} be a host's`, () => {
    const reason = refuseHostAddress(address, prefix)
    if (refusal === undefined) assert.equal(reason, undefined)
    else assert.match(reason ?? '', refusal)
  })
}

test('the gateway of 2.2 is .1 of the address', () =>
  assert.equal(defaultGateway('10.20.30.40'), '10.20.30.1'))
test('neighbours share the prefix', () => assert.ok(sameNetwork('10.0.0.1', '10.0.0.254', 24)))
test('strangers do not', () => assert.ok(!sameNetwork('10.0.0.1', '10.0.1.1', 24)))
