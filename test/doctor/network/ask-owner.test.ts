// The answers of three programs called arping, as they were seen: iputils 20221126, busybox 1.35, arping 2.23.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {askForOwner} from '../../../src/doctor/network/ask-owner.ts'
import {openSystem, type System} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const answers: [program: string, output: string, answer: string][] = [
  [
    'iputils',
    'ARPING 192.168.0.5 from 0.0.0.0 eth0\nUnicast reply from 192.168.0.5 [F6:3A:C0:9B:0C:10]  0.562ms\nSent 1 probes (1 broadcast(s))\n',
    'f6:3a:c0:9b:0c:10',
  ],
  [
    'busybox',
    'ARPING 192.168.0.5 from 0.0.0.0 eth0\nUnicast reply from 192.168.0.5 [f6:3a:c0:9b:0c:10] 0.009ms\n',
    'f6:3a:c0:9b:0c:10',
  ],
  [
    'Habets',
    'ARPING 192.168.0.5\n42 bytes from f6:3a:c0:9b:0c:10 (192.168.0.5): index=0 time=10.896 usec\n',
    'f6:3a:c0:9b:0c:10',
  ],
  [
    'iputils, nobody',
    'ARPING 192.168.0.5 from 0.0.0.0 eth0\nSent 2 probes (2 broadcast(s))\n',
    'nobody else',
  ],
  [
    'Habets, nobody',
    'ARPING 192.168.0.5\nTimeout\n\n--- 192.168.0.5 statistics ---\n2 packets transmitted, 0 packets received, 100% unanswered (0 extra)\n',
    'nobody else',
  ],
  [
    'another card of this guest on the same wire',
    'Unicast reply from 192.168.0.5 [02:00:C0:A8:00:06]  0.562ms\nSent 1 probes (1 broadcast(s))\n',
    'nobody else',
  ],
  ['iputils that may not', 'arping: socket: Operation not permitted\n', 'untold'],
  ['busybox without it', 'arping: applet not found\n', 'untold'],
  ['a link without ARP', 'Interface "wg0" is not ARPable\n', 'untold'],
]

for (const [program, output, answer] of answers) {
  test(`${program}: ${answer}`, async t => {
    const root = makeDirectory(t, {
      'sys/class/net/eth0/address': '02:00:c0:a8:00:05\n',
      'sys/class/net/eth1/address': '02:00:c0:a8:00:06\n',
    })
    const run = async () => ({ended: 'exited', exitCode: 0, output}) as const
    const system: System = {...openSystem(root), run}
    const question = {address: '192.168.0.5', device: 'eth0'}
    const told = await askForOwner(question, {argv: ['/usr/bin/arping']}, system)
    assert.equal(typeof told === 'string' ? told : told.owner, answer)
  })
}
