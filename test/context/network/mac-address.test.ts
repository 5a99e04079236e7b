import assert from 'node:assert/strict'
import {test} from 'node:test'
import {decodeMac, parseMac, parseMacPrefix} from '../../../src/context/network/mac-address.ts'

const decoded: [mac: string, prefix: string, address: string | undefined][] = [
  ['02:00:c0:a8:00:05', '02:00', '192.168.0.5'],
  ['02:00:0a:00:00:05', '02:00', '10.0.0.5'],
  ['02:00:ff:ff:ff:ff', '02:00', '255.255.255.255'],
  ['52:54:00:12:34:56', '02:00', undefined],
  ['52:54:00:12:34:56', 'any', '0.18.52.86'],
  ['02:01:c0:a8:00:05', '02:00', undefined],
  ['02:01:c0:a8:00:05', '02:01', '192.168.0.5'],
]

for (const [mac, prefix, address] of decoded) {
  test(`${mac} under ${prefix} is ${address ?? 'no address'}`, () =>
    assert.equal(decodeMac(mac, prefix), address))
}

const macs: [text: string, mac: string | undefined][] = [
  ['02:00:C0:A8:00:05', '02:00:c0:a8:00:05'],
  ['02-00-c0-a8-00-05\n', '02:00:c0:a8:00:05'],
  ['02:00:c0:a8:00', undefined],
  ['02:00:c0:a8:00:05:06', undefined],
  ['02:00:c0:a8:00:0g', undefined],
  ['', undefined],
]

for (const [text, mac] of macs) {
  test(`${JSON.stringify(text)} is ${mac ?? 'no MAC'}`, () => assert.equal(parseMac(text), mac))
}

test('a prefix is two bytes', () => assert.equal(parseMacPrefix('02-01'), '02:01'))
test('a prefix may be any', () => assert.equal(parseMacPrefix('ANY'), 'any'))
test('one byte is no prefix', () => assert.equal(parseMacPrefix('02'), undefined))
