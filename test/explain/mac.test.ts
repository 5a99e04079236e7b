// MACs and addresses, explained without a guest.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {findNearest} from '../../src/explain/nearest.ts'
import {runVmcontext} from '../run-vmcontext.ts'

const answers: readonly (readonly [args: string[], first: string])[] = [
  [['mac', '02:00:c0:a8:00:05'], '02:00:c0:a8:00:05 carries 192.168.0.5.'],
  [['mac', '02-00-C0-A8-00-05'], '02:00:c0:a8:00:05 carries 192.168.0.5.'],
  [['mac', '0a:0b:0a:00:00:05', '--set', 'MAC_PREFIX=0a:0b'], '0a:0b:0a:00:00:05 carries 10.0.0.5.'],
  [
    ['mac', '52:54:00:12:34:56'],
    '52:54:00:12:34:56 carries no address: it begins with 52:54, and addresses stand',
  ],
  [['mac', 'ff:ff:ff:ff:ff:ff'], 'This is the MAC of no card: it means every card (broadcast).'],
  [['mac', '00:00:00:00:00:00'], 'This is the MAC of no card: all of it is zero.'],
  [
    ['mac', '01:00:5e:00:00:01'],
    'This is the MAC of no card: the lowest bit of its first byte, 01, makes it one',
  ],
  [
    ['mac', '02:00:7f:00:00:01'],
    '02:00:7f:00:00:01 stands for 127.0.0.1, which is a loopback address: a card with',
  ],
  [['ip', '192.168.0.5'], '192.168.0.5 is carried by the MAC 02:00:c0:a8:00:05.'],
  [['ip', '10.0.0.5', '--set', 'MAC_PREFIX=0a:0b'], '10.0.0.5 is carried by the MAC 0a:0b:0a:00:00:05.'],
  [['ip', '192.168.0.255'], '192.168.0.255 would be carried by the MAC 02:00:c0:a8:00:ff, but it is the'],
  [
    ['ip', '192.168.0.255', '--set', 'NETMASK=255.255.0.0'],
    '192.168.0.255 is carried by the MAC 02:00:c0:a8:00:ff.',
  ],
  [
    ['ip', 'fe80::c0ff:fea8:5'],
    'fe80::c0ff:fea8:5 is an IPv6 address: no MAC of OpenNebula carries it, only IPv4',
  ],
]

for (const [args, first] of answers) {
  test(`explain ${args.join(' ')}`, async () => {
    const {exitCode, output} = await runVmcontext('explain', ...args)
    assert.deepEqual([exitCode, output.split('\n')[0]], [0, first])
  })
}

test('the bytes are shown one by one', async () => {
  const {output} = await runVmcontext('explain', 'mac', '02:00:c0:a8:00:05')
  const bytes = ['02:00  prefix (MAC_PREFIX is 02:00)', 'c0     192', 'a8     168', '00     0', '05     5']
  assert.ok(output.endsWith(`\n\n${bytes.map(line => `  ${line}\n`).join('')}`), output)
})

test('an address and its MAC explain each other', async () => {
  for (const address of ['1.2.3.4', '10.0.255.1', '192.168.0.5', '223.255.255.254']) {
    const {output} = await runVmcontext('explain', 'ip', address)
    const mac = /MAC (\S+)\.$/m.exec(output)?.[1]
    assert.match((await runVmcontext('explain', 'mac', mac!)).output, new RegExp(`carries ${address}\\.`))
  }
})

for (const args of [['mac'], ['mac', '02:00'], ['ip', '1.2.3'], ['ip', '1.2.3.4', '5.6.7.8'], ['ip', '']]) {
  test(`explain ${args.join(' ')} is wrong usage`, async () => {
    assert.equal((await runVmcontext('explain', ...args)).exitCode, 2)
  })
}

const names = ['ETH0_GATEWAY', 'HOSTNAME', 'hostname', 'keys', 'eth0']
const near: readonly (readonly [word: string, found: string[]])[] = [
  ['ETH0_GATEWAI', ['ETH0_GATEWAY']],
  ['hotsname', ['HOSTNAME', 'hostname']],
  ['kesy', ['keys']],
  ['eth', ['eth0']],
  ['something else', []],
  ['', []],
]

for (const [word, found] of near) {
  test(`near ${JSON.stringify(word)}`, () => assert.deepEqual(findNearest(word, names), found))
}
