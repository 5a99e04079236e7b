// Leases of virtual networks, as OpenNebula gives them (src/vnm of release-2.2-rc1 and release-7.0.2).

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Generation} from '../../../src/image/template/generation.ts'
import {completeNics} from '../../../src/image/template/nics.ts'
import {parseTemplate} from '../../../src/image/template/parse-template.ts'
import {valueIn} from '../../../src/image/template/template.ts'
import {readVirtualNetwork} from '../../../src/image/template/virtual-network.ts'
import type {Problem} from '../../../src/problem.ts'

function lease(nics: string, network: string, generation: Generation) {
  const problems: Problem[] = []
  const read = (text: string, file: string) =>
    parseTemplate(Buffer.from(`${text}\n`), file, generation).template
  const networks =
    network === '' ? [] : [readVirtualNetwork(read(`NAME = N\nID = 3\n${network}`, 'n.net'), problems)]
  const completed = completeNics(read(`${nics}`, 'vm.one'), networks, generation, problems)
  return {
    given: completed.map(nic => `${valueIn(nic, 'IP')} ${valueIn(nic, 'MAC')}`),
    said: problems.map(({message}) => message).join('\n'),
  }
}

const gives = (
  name: string,
  generation: Generation,
  nics: string,
  network: string,
  expected: string[],
  ...said: RegExp[]
) =>
  test(`${generation}: ${name}`, () => {
    const found = lease(nics, network, generation)
    assert.deepEqual(found.given, expected)
    for (const pattern of said) assert.match(found.said, pattern)
  })

const inN = 'NIC = [ NETWORK = N ]'
const ranged = 'TYPE = RANGED\nNETWORK_ADDRESS = 10.0.0.0'

describe('networks of 2.2', () => {
  gives('a class C', '2.2', `${inN} ${inN}`, `${ranged}\nNETWORK_SIZE = C`, [
    '10.0.0.1 02:00:0a:00:00:01',
    '10.0.0.2 02:00:0a:00:00:02',
  ])
  gives(
    'from the first host on, wherever the address lies',
    '2.2',
    inN,
    ranged.replace('10.0.0.0', '10.0.0.77'),
    ['10.0.0.1 02:00:0a:00:00:01'],
  )
  gives('a size of one’s own', '2.2', inN, `${ranged.replace('10.0.0.0', '10.0.0.77')}\nNETWORK_SIZE = 14`, [
    '10.0.0.65 02:00:0a:00:00:41',
  ])
  gives(
    'the one asked for',
    '2.2',
    'NIC = [ NETWORK = N, IP = 10.0.0.9 ]',
    ranged,
    ['10.0.0.9 02:00:0a:00:00:09'],
    /asked for by IP, from n\.net/,
  )
  gives(
    'one of another network',
    '2.2',
    'NIC = [ NETWORK = N, IP = 10.0.1.9 ]',
    ranged,
    ['10.0.1.9 02:00:0a:00:01:09'],
    /n\.net does not have 10\.0\.1\.9 to give; the front end refuses that/,
  )
  gives(
    'a list, in the order of its addresses, until it is used up',
    '2.2',
    `${inN} ${inN} ${inN}`,
    'TYPE = FIXED\nLEASES = [ IP = 10.0.0.9 ]\nLEASES = [ IP = 10.0.0.8, MAC = 50:20:20:20:20:20 ]\nLEASES = [ IP = x ]',
    ['10.0.0.8 50:20:20:20:20:20', '10.0.0.9 02:00:0a:00:00:09', ' '],
    /its IP is none; the lease is left out/,
    /n\.net has no address left/,
  )
  gives('by its name, whatever the number', '2.2', 'NIC = [ NETWORK = N, NETWORK_ID = 9 ]', ranged, [
    '10.0.0.1 02:00:0a:00:00:01',
  ])
})

describe('networks of today', () => {
  const range = 'AR = [ TYPE = IP4, IP = 10.0.0.4, SIZE = 2 ]'
  gives(
    'ranges one after another',
    'today',
    `${inN} ${inN} ${inN}`,
    `${range}\nAR = [ TYPE = IP4, IP = 10.0.9.0, SIZE = 9 ]`,
    ['10.0.0.4 02:00:0a:00:00:04', '10.0.0.5 02:00:0a:00:00:05', '10.0.9.0 02:00:0a:00:09:00'],
  )
  gives('by its number', 'today', 'NIC = [ NETWORK_ID = 3 ]', range, ['10.0.0.4 02:00:0a:00:00:04'])
  gives('of another number', 'today', 'NIC = [ NETWORK = N, NETWORK_ID = 4 ]', range, [' '])
  gives('asked for by MAC', 'today', 'NIC = [ NETWORK = N, MAC = "02:00:0a:00:00:05" ]', range, [
    '10.0.0.5 02:00:0a:00:00:05',
  ])
  gives(
    'no range for that',
    'today',
    'NIC = [ NETWORK = N, IP = 10.0.0.6 ]',
    range,
    ['10.0.0.6 02:00:0a:00:00:06'],
    /does not have 10\.0\.0\.6/,
  )
  gives(
    'asked for twice',
    'today',
    'NIC = [ NETWORK = N, IP = 10.0.0.4, MAC = a ]',
    range,
    ['10.0.0.4 a'],
    /asks for IP and MAC at once/,
  )
  gives('Ethernet alone', 'today', inN, 'AR = [ TYPE = ETHER, SIZE = 2 ]', [' 02:00:00:00:00:01'])
  gives(
    'a range that is none',
    'today',
    inN,
    'AR = [ TYPE = IP5, SIZE = 2 ]\nAR = [ TYPE = IP4, SIZE = 2 ]',
    [' '],
    /its TYPE is none of ETHER, IP4/,
    /its IP is none/,
  )
  gives('a file of 2.2', 'today', inN, ranged, ['10.0.0.1 02:00:0a:00:00:01'])
})

describe('without a network', () => {
  gives(
    'a MAC of an address',
    'today',
    'NIC = [ IP = 10.0.0.6 ]',
    '',
    ['10.0.0.6 02:00:0a:00:00:06'],
    /the MAC made of the address/,
  )
  gives('an address of a MAC', '2.2', 'NIC = [ MAC = "02:00:c0:a8:00:05" ]', '', [
    '192.168.0.5 02:00:c0:a8:00:05',
  ])
  gives(
    'a MAC that has none',
    'today',
    'NIC = [ MAC = "02:00:00:00:00:05" ] NIC = [ MAC = "52:54:00:00:00:05" ]',
    '',
    [' 02:00:00:00:00:05', ' 52:54:00:00:00:05'],
  )
  gives(
    'an alias of nobody',
    'today',
    'NIC_ALIAS = [ PARENT = x, IP = 10.0.0.1 ]',
    '',
    [],
    /no NIC is called as its PARENT says/,
  )
})
