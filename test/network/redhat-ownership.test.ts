// Whose an ifcfg file is: what of others goes, what stays, and what comes back when a NIC is no longer ours.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {FileFact} from '../../src/facts/files.ts'
import type {Change} from '../../src/network/dialect.ts'
import type {Nic} from '../../src/network/model.ts'
import {redhat} from '../../src/network/redhat/redhat.ts'
import {define, guest, nic, tree} from './samples.ts'

type Texts = Record<string, string>
type Originals = Map<string, FileFact | undefined>

const directory = '/etc/sysconfig/network-scripts'
const at = (name: string) => `${directory}/${name}`
const eth0 = nic('eth0 192.168.0.5/24 via 10.9.9.9 onlink', {origin: 'context'})
const none: Change = define()
const dhcp = 'DEVICE=eth0\nBOOTPROTO=dhcp\n'
const files6 = {method: 'static', addresses: [{address: '2001:db8::5', prefix: 64}], routes: []} as const

/** What apply makes of a change: the files, and what the manifest then knows. */
function carryOut(change: Change, texts: Texts, originals: Originals = new Map()) {
  const {files, ...rest} = redhat.render(change, guest(texts, {originals}))
  const [after, known] = [{...texts}, new Map(originals)]
  for (const action of files) {
    if (!known.has(action.path)) known.set(action.path, tree(texts).get(action.path))
    if (action.kind === 'write') after[action.path] = action.content
    else delete after[action.path]
  }
  return {...rest, files: after, originals: known}
}

const withoutShared = ({'/etc/sysconfig/network': _, ...texts}: Texts) => texts

describe('what stood there comes back', () => {
  const returns = (name: string, before: Texts, nics: Nic = eth0) =>
    test(name, () => {
      const ours = carryOut(define(nics), before)
      const again = carryOut(define(nics), ours.files, ours.originals)
      assert.deepEqual(again.files, ours.files, 'not idempotent')
      const back = carryOut({...none, giveBack: [nics]}, ours.files, ours.originals)
      assert.deepEqual(withoutShared(back.files), before)
      assert.ok(back.changed.includes('eth0'))
      const isDefined = Object.keys(before).some(path => /ifcfg-(?!eth1)/.test(path))
      assert.deepEqual(back.restored, isDefined ? ['eth0'] : [])
      const later = carryOut({...none, giveBack: [nics]}, back.files, back.originals)
      assert.deepEqual([later.files, later.changed, later.restored], [back.files, [], []])
    })

  returns('nothing', {})
  returns('a file of the same name', {[at('ifcfg-eth0')]: dhcp})
  returns('one of another name', {[at('ifcfg-Wired_1')]: 'NAME="Wired 1"\nHWADDR=02:00:C0:A8:00:05\n'})
  returns('routes, of which our default took the place', {
    [at('ifcfg-eth0')]: dhcp,
    [at('route-eth0')]: '10.0.0.0/8 via 192.168.0.7\ndefault via 192.168.0.8\n# mine\n',
  })
  returns(
    'a default route that went for our GATEWAY',
    {[at('ifcfg-eth0')]: dhcp, [at('route-eth0')]: 'default via 192.168.0.8\n10.0.0.0/8 via 192.168.0.7\n'},
    nic('eth0 192.168.0.5/24 via 192.168.0.1', {origin: 'context'}),
  )
  returns('routes of the other form', {
    [at('ifcfg-eth0')]: dhcp,
    [at('route-eth0')]: 'ADDRESS0=0.0.0.0\nNETMASK0=0.0.0.0\n',
  })
  returns('an alias and a range', {
    [at('ifcfg-eth0')]: dhcp,
    [at('ifcfg-eth0:1')]: 'DEVICE=eth0:1\nIPADDR=10.0.0.9\n',
    [at('ifcfg-eth0-range0')]: 'IPADDR_START=10.0.0.20\nIPADDR_END=10.0.0.30\nCLONENUM_START=0\n',
  })
  returns(
    'a part of a bridge',
    {[at('ifcfg-eth0')]: `${dhcp}BRIDGE=br0\n`, [at('ifcfg-eth1')]: 'DEVICE=eth1\n'},
    {...eth0, ipv6: files6},
  )
  returns('below a VLAN', {[at('ifcfg-eth0')]: dhcp}, {...eth0, vlan: {id: 7, name: 'eth0.7'}, ipv6: files6})
})

describe('given back, it comes up as it does at boot', () => {
  const comesUp = (line: string, restored: readonly string[]) =>
    test(line, () => {
      const ours = carryOut(define(eth0), {[at('ifcfg-eth0')]: `DEVICE=eth0\n${line}\n`})
      const back = carryOut({...none, giveBack: [eth0]}, ours.files, ours.originals)
      assert.deepEqual([back.changed, back.restored], [['eth0'], restored])
    })

  comesUp('ONBOOT="yes"', ['eth0'])
  comesUp('BOOTPROTO=dhcp', ['eth0'])
  comesUp('ONBOOT=no', [])
  comesUp('ONBOOT="No"', [])
})

test('a file that somebody has written anew is theirs', () => {
  const ours = carryOut(define(eth0), {[at('ifcfg-eth0')]: dhcp})
  const files = {...ours.files, [at('ifcfg-eth0')]: 'DEVICE=eth0\nBOOTPROTO=none\n'}
  const back = carryOut({...none, giveBack: [eth0]}, files, ours.originals)
  assert.equal(back.files[at('ifcfg-eth0')], 'DEVICE=eth0\nBOOTPROTO=none\n')
})

test('a kept copy of what we wrote does not come back', () => {
  const {files} = carryOut(define(eth0), {})
  const {files: after} = carryOut({...none, giveBack: [eth0]}, files, new Map([...tree(files)]))
  assert.equal(after[at('ifcfg-eth0')], undefined)
})

test('routes that somebody has added meanwhile stay', () => {
  const ours = carryOut(define(eth0), {[at('route-eth0')]: 'default via 192.168.0.8\n'})
  const files = {
    ...ours.files,
    [at('route-eth0')]: `${ours.files[at('route-eth0')]}10.0.0.0/8 via 192.168.0.7\n`,
  }
  const back = carryOut({...none, giveBack: [eth0]}, files, ours.originals)
  assert.equal(back.files[at('route-eth0')], '10.0.0.0/8 via 192.168.0.7\n')
})

describe('a family that is no longer described', () => {
  const before = {[at('ifcfg-eth0')]: `${dhcp}IPV6INIT=no\n`}
  const both = carryOut(define({...eth0, ipv6: files6}), before)

  test('IPv6 is again as the file had it', () => {
    const after = carryOut(define(eth0), both.files, both.originals)
    assert.match(after.files[at('ifcfg-eth0')]!, /IPV6INIT=no\n$/)
    assert.equal(after.files['/etc/sysctl.d/60-vmcontext-eth0.conf'], undefined)
  })
  test('IPv4 keeps its name servers, unless the context names some', () => {
    const names = 'DNS1=10.0.0.53\nDOMAIN="a.example"\nPEERDNS=no\n'
    const only6 = {...eth0, ipv4: undefined, ipv6: files6}
    const after = (dns: string[]) =>
      carryOut(define({...only6, dns}), {[at('ifcfg-eth0')]: `${dhcp}${names}`}).files[at('ifcfg-eth0')]!
    assert.ok(after([]).endsWith(names))
    assert.doesNotMatch(after(['2001:db8::53']), /10\.0\.0\.53/)
  })
  test('IPv4 too', () => {
    const after = carryOut(define({...eth0, ipv4: undefined, ipv6: files6}), both.files, both.originals)
    assert.match(after.files[at('ifcfg-eth0')]!, /^BOOTPROTO=dhcp\nPERSISTENT_DHCLIENT=yes\nIPV6INIT=yes$/m)
    assert.equal(after.files[at('route-eth0')], undefined)
  })
})

test('a default route that ours took the place of is back with IPv4', () => {
  const before = {[at('ifcfg-eth0')]: dhcp, [at('route-eth0')]: 'default via 192.168.0.8\n'}
  const ours = carryOut(define(eth0), before)
  const after = carryOut(define({...eth0, ipv4: undefined, ipv6: files6}), ours.files, ours.originals)
  assert.equal(after.files[at('route-eth0')], before[at('route-eth0')])
})

test('a NIC that has come to carry a VLAN has no routes of its own any more', () => {
  const before = {[at('route-eth0')]: '10.0.0.0/8 via 192.168.0.7\ndefault via 192.168.0.8\n'}
  const ours = carryOut(
    define({...eth0, ipv6: {...files6, gateway: {address: 'fe80::1', onLink: false, metric: 9}}}),
    before,
  )
  const tagged = {...eth0, vlan: {id: 7, name: 'eth0.7'}, ipv6: files6}
  const {files, originals} = carryOut({...define(tagged), giveBack: [eth0]}, ours.files, ours.originals)
  assert.equal(files[at('route-eth0')], '10.0.0.0/8 via 192.168.0.7\n')
  assert.equal(files[at('route6-eth0')], undefined)
  const back = carryOut({...none, giveBack: [tagged]}, files, originals)
  assert.deepEqual(withoutShared(back.files), before)
})

describe('aliases', () => {
  const alias = {[at('ifcfg-eth0:1')]: 'DEVICE=eth0:1\nIPADDR=10.0.0.9\n'}

  test('the context knows every address of its NIC', () => {
    assert.equal(carryOut(define(eth0), alias).files[at('ifcfg-eth0:1')], undefined)
  })
  test('the MAC rule knows one', () => {
    const {files} = carryOut(define({...eth0, origin: 'mac-rule'}), alias)
    assert.equal(files[at('ifcfg-eth0:1')], alias[at('ifcfg-eth0:1')])
  })
  test('they speak of IPv4', () => {
    const {files} = carryOut(define({...eth0, ipv4: undefined, ipv6: files6}), alias)
    assert.equal(files[at('ifcfg-eth0:1')], alias[at('ifcfg-eth0:1')])
  })
})

describe('another dialect has the NIC', () => {
  const withdraw: Change = {...none, withdraw: [eth0]}

  test('every definition goes, and no other', () => {
    const eth1 = {[at('ifcfg-eth1')]: 'DEVICE=eth1\n', [at('route-eth0')]: '10.0.0.0/8 via 10.0.0.1\n'}
    const before = {
      [at('ifcfg-eth0')]: dhcp,
      [at('ifcfg-Wired_1')]: 'DEVICE=eth0\n',
      [at('ifcfg-eth0:1')]: 'DEVICE=eth0:1\n',
    }
    assert.deepEqual(carryOut(withdraw, {...before, ...eth1}).files, eth1)
  })
  test('ours too, and nothing comes back', () => {
    const ours = carryOut(define({...eth0, ipv6: files6}), {[at('ifcfg-eth0')]: dhcp})
    assert.deepEqual(withoutShared(carryOut(withdraw, ours.files, ours.originals).files), {})
  })
})

test('a card that has another name now leaves nothing behind under the old one', () => {
  const ours = carryOut(define(eth0), {[at('ifcfg-eth0')]: 'DEVICE=eth0\nHWADDR=02:00:c0:a8:00:05\n'})
  const ens3 = {...eth0, device: 'ens3'}
  const change = {...define(ens3), giveBack: [{device: 'eth0', mac: eth0.mac}]}
  const renamed = carryOut(change, ours.files, ours.originals)
  assert.deepEqual(Object.keys(withoutShared(renamed.files)), [at('ifcfg-ens3'), at('route-ens3')])
  assert.deepEqual(renamed.restored, [])
  assert.deepEqual(carryOut(define(ens3), renamed.files, renamed.originals).files, renamed.files)
})

test('a part of a bridge becomes a NIC of its own, which is said once', () => {
  const before = {[at('ifcfg-eth0')]: 'DEVICE=eth0\nBRIDGE=br0\n'}
  const first = carryOut(define(eth0), before)
  assert.deepEqual(
    first.problems.map(({code, file}) => [code, file]),
    [['rival', at('ifcfg-eth0')]],
  )
  assert.doesNotMatch(first.files[at('ifcfg-eth0')]!, /BRIDGE/)
  assert.deepEqual(carryOut(define(eth0), first.files, first.originals).problems, [])
})
