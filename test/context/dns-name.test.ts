import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {
  formatReverseDomain,
  parseDnsName,
  parseNameServers,
  readDnsHostname,
} from '../../src/context/dns-name.ts'
import {makeDisc} from './sample-disc.ts'

const contexts: [context: string, isWanted: boolean][] = [
  ["DNS_HOSTNAME='YES'", true],
  ["DNS_HOSTNAME='1'", true],
  ["DNS_HOSTNAME='NO'", false],
  ["DNS_HOSTNAME=''", false],
  ["DNS_HOSTNAME='YES'\nHOSTNAME='web'", false],
  ["DNS_HOSTNAME='YES'\nSET_HOSTNAME='web'", false],
  ["DNS_HOSTNAME='YES'\nSET_HOSTNAME=''", true],
  ["DNS_HOSTNAME='YES'\nSET_HOSTNAME='...'", false],
  ["DNS_HOSTNAME='YES'\nHOSTNAME=$(hostname)", false],
  ["DNS_HOSTNAME='YES'\nOTHER='never ends", false],
]

describe('the name servers are asked', () => {
  for (const [context, isWanted] of contexts) {
    test(`${isWanted}: ${JSON.stringify(context)}`, () => {
      assert.equal(readDnsHostname(makeDisc(`${context}\n`)), isWanted)
    })
  }
})

const domains: [address: string, domain: string][] = [
  ['192.168.0.5', '5.0.168.192.in-addr.arpa'],
  ['2001:db8::5', '5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
]

for (const [address, domain] of domains) {
  test(`the domain of ${address}`, () => assert.equal(formatReverseDomain(address), domain))
}

const answers: [answer: string, full: string | undefined][] = [
  ['web.example.org', 'web.example.org'],
  ['web.example.org.', 'web.example.org'],
  ['under_score.example.org', 'under-score.example.org'],
  ['localhost', undefined],
  ['LOCALHOST.localdomain', undefined],
  ['localhost6.localdomain6', undefined],
  ['ip6-localhost', undefined],
  ['localhosts.example.org', 'localhosts.example.org'],
  ['192.168.0.5', undefined],
  ['5.0.168.192.in-addr.arpa', undefined],
  ['Web.Example.ORG', 'web.example.org'],
  ['web\nroot::0:0:/root:/bin/sh', undefined],
  ['\\027[2J', undefined],
  ['\x1b[2J', undefined],
  ['$(reboot)', undefined],
  ['...', undefined],
  ['', undefined],
]

for (const [answer, full] of answers) {
  test(`the answer ${JSON.stringify(answer)} is ${full ?? 'no name'}`, () => {
    assert.equal(parseDnsName(answer)?.full, full)
  })
}

test('name servers stand at the beginning of a line, and only those that can be asked count', () => {
  const text = [
    '# nameserver 192.168.0.9',
    'nameserver 192.168.0.1 # the first',
    'nameserver\t2001:db8::1',
    'nameserver fe80::1%eth0',
    'nameserver none',
    'options timeout:1',
    'nameserver 192.168.0.2',
  ].join('\n')
  assert.deepEqual(parseNameServers(text), ['192.168.0.1', '2001:db8::1', '192.168.0.2'])
})
