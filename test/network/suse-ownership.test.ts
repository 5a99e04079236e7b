// Whose lines are whose in SUSE's files: what goes, what comes back, what stays.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {FileFact} from '../../src/facts/files.ts'
import type {Change, Surroundings} from '../../src/network/dialect.ts'
import {type Network, type Nic, noNetwork} from '../../src/network/model.ts'
import {suse} from '../../src/network/suse/suse.ts'
import {define, guest, nic} from './samples.ts'

const directory = '/etc/sysconfig/network'
const landmarks = new Set(['/usr/sbin/wicked', '/usr/sbin/netconfig'])
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')
const static6 = {
  method: 'static',
  addresses: [{address: 'fd00::5', prefix: 64}],
  routes: [],
} as const

type Texts = Readonly<Record<string, string>>

function surroundingsOf(now: Texts, originals: Record<string, string | undefined>): Surroundings {
  const facts = (text: string | undefined): FileFact | undefined =>
    text === undefined ? undefined : {content: text, mode: 0o644}
  const entries = Object.entries(originals).map(([name, text]) => [path(name), facts(text)] as const)
  return guest(Object.fromEntries(Object.entries(now).map(([name, text]) => [path(name), text])), {
    landmarks,
    originals: new Map(entries),
  })
}

function path(name: string): string {
  return `${directory}/${name}`
}

/** The files by name after a change, and what it tells of the interfaces. */
function apply(change: Change, now: Texts, originals: Record<string, string | undefined> = {}) {
  const after = new Map(Object.entries(now))
  const rendering = suse.render(change, surroundingsOf(now, originals))
  for (const action of rendering.files) {
    const name = action.path.slice(directory.length + 1)
    if (action.kind === 'write') after.set(name, action.content)
    else after.delete(name)
  }
  return {...rendering, after: Object.fromEntries(after)}
}

/** The originals as the records have them after a first run: of every file that it touched. */
function originalsOf(before: Texts, after: Texts): Record<string, string | undefined> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(
    names.filter(name => before[name] !== after[name]).map(name => [name, before[name]]),
  )
}

const giveBack = (...nics: Nic[]): Change => ({network: noNetwork, withdraw: [], giveBack: nics})
const withdraw = (...nics: Nic[]): Change => ({network: noNetwork, withdraw: nics, giveBack: []})

describe('given back, everything is as it was', () => {
  const returns = (name: string, one: Nic, before: Texts, restored: string[]) =>
    test(name, () => {
      const first = apply(define(one), before)
      const originals = originalsOf(before, first.after)
      const last = apply(giveBack(one), first.after, originals)
      assert.deepEqual(last.after, before)
      assert.deepEqual(last.restored, restored)
      assert.deepEqual(apply(giveBack(one), last.after, originals).files, [], 'not idempotent')
    })

  returns('there was nothing', eth0, {}, [])
  returns('a definition', eth0, {'ifcfg-eth0': "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n# \xe4\n"}, ['eth0'])
  returns('one that waits for its link', eth0, {'ifcfg-eth0': 'STARTMODE=hotplug\n'}, ['eth0'])
  returns('one that nothing brings up', eth0, {'ifcfg-eth0': "STARTMODE='off'\nBOOTPROTO='dhcp'\n"}, [])
  returns('one that does not say', eth0, {'ifcfg-eth0': "BOOTPROTO='dhcp'\n"}, [])
  returns('a default route of its own', eth0, {'ifroute-eth0': '# x\ndefault 10.9.9.9\n10.8.0.0/16 -\n'}, [])
  returns(
    'a default route for all',
    eth0,
    {routes: '# x\ndefault 192.168.0.9 - -\n10.8.0.0/16 10.9.9.9\n'},
    [],
  )
  returns('the line of 2.2', eth0, {routes: 'default 10.7.7.1\n'}, [])
  returns('a name of SLES 10', eth0, {'ifcfg-eth-id-02:00:c0:a8:00:05': 'STARTMODE=onboot\n'}, ['eth0'])
  returns(
    'what the kernel was told',
    nic('eth0 192.168.0.5/24', {ipv6: static6}),
    {
      'ifsysctl-eth0': 'net.ipv6.conf.eth0.accept_ra = 1\nnet.ipv6.conf.eth0.use_tempaddr = 2\n',
    },
    [],
  )
  returns(
    'names',
    {...eth0, dns: ['9.9.9.9'], searchDomains: ['a.example', 'b.example']},
    {
      config: '# one\nNETCONFIG_DNS_STATIC_SERVERS="1.1.1.1" # mine\n\nNETCONFIG_DNS_POLICY="auto"\n',
    },
    [],
  )
  const vlan = {id: 7, name: 'eth0.7'}
  returns(
    'a VLAN under another name',
    {...eth0, vlan},
    {
      'ifcfg-eth0': 'BOOTPROTO=none\nSTARTMODE=auto\n',
      'ifcfg-vlan7': 'ETHERDEVICE=eth0\nSTARTMODE=auto\n',
      'ifcfg-vlan8': 'ETHERDEVICE=eth0\nBOOTPROTO=dhcp\n',
      'ifcfg-vlan7.bak': 'ETHERDEVICE=eth0\nVLAN_ID=7\nSTARTMODE=auto\n',
    },
    ['eth0', 'vlan7'],
  )
})

describe('what somebody has rewritten stays', () => {
  const keeps = (name: string, now: Texts, originals: Record<string, string | undefined>, after: Texts) =>
    test(name, () => assert.deepEqual(apply(giveBack(eth0), now, originals).after, after))
  const theirs = {'ifcfg-eth0': 'BOOTPROTO=static\n'}
  const own = '# vmcontext: address from the context\ndefault 192.168.0.1 - eth0\n# vmcontext: end\n'

  keeps('a definition without our signature', theirs, {'ifcfg-eth0': 'BOOTPROTO=dhcp\n'}, theirs)
  keeps(
    'a line beside ours',
    {'ifroute-eth0': `${own}10.1.0.0/16 -\n`},
    {'ifroute-eth0': 'default 10.9.9.9\n10.8.0.0/16 -\n'},
    {'ifroute-eth0': '10.1.0.0/16 -\n'},
  )
  keeps(
    'another default route for all',
    {routes: 'default 10.7.7.9\n'},
    {routes: 'default 10.7.7.1\n'},
    {routes: 'default 10.7.7.9\n'},
  )
  keeps(
    'other routes for all',
    {routes: '10.1.0.0/16 -\n'},
    {routes: 'default 10.7.7.1\n'},
    {
      routes: '10.1.0.0/16 -\n',
    },
  )
  const config = {config: '# vmcontext: from the context\nX=1\nNETCONFIG_DNS_STATIC_SERVERS="8.8.8.8"\n'}
  keeps('names', config, {config: undefined}, config)
})

describe('what the kernel was told of IPv6 is taken back once nothing says it any more', () => {
  const takesBack = (name: string, before: Nic, change: Change, expected: readonly string[]) =>
    test(name, () => {
      const {after: now} = apply(define(before), {})
      const {changed} = apply(change, now, originalsOf({}, now))
      const activation = {down: changed, up: [], network: change.network}
      const {after} = suse.activate(activation, {...surroundingsOf(now, {}), isStarted: true})
      assert.deepEqual(
        after.filter(({argv}) => argv[0] === 'sh').map(({argv}) => argv.at(-1)),
        expected,
      )
    })
  const off: Nic = {...eth0, ipv6: {method: 'disable', addresses: [], routes: []}}
  const vlan = {id: 7, name: 'eth0.7'}

  takesBack('given back', off, giveBack(off), ['eth0'])
  takesBack('a family that is left alone', off, define(eth0), ['eth0'])
  takesBack('another method', off, define({...eth0, ipv6: static6}), [])
  takesBack('nothing was told', eth0, giveBack(eth0), [])
  takesBack('below a VLAN', {...eth0, vlan}, {...define(eth0), giveBack: [{...eth0, vlan}]}, ['eth0'])
})

test('a card that has another name now is not defined by its MAC again', () => {
  const before = {'ifcfg-eth-id-02:00:c0:a8:00:05': 'STARTMODE=onboot\n'}
  const first = apply(define(eth0), before).after
  const change = {...define({...eth0, device: 'ens3'}), giveBack: [{device: 'eth0', mac: eth0.mac}]}
  const {after, restored} = apply(change, first, originalsOf(before, first))
  assert.deepEqual(Object.keys(after), ['ifcfg-ens3', 'ifroute-ens3'])
  assert.deepEqual(restored, [])
})

test('nor does anything come up by its old name', () => {
  const before = {'ifcfg-eth0': 'STARTMODE=auto\n'}
  const first = apply(define(eth0), before).after
  const change = {...define({...eth0, device: 'ens3'}), giveBack: [{device: 'eth0', mac: eth0.mac}]}
  assert.deepEqual(apply(change, first, originalsOf(before, first)).restored, [])
})

test('a file for all interfaces that says nothing stays', () => {
  const {after} = apply(define(eth0), {routes: '\n\n'})
  assert.equal(after.routes, '\n\n')
})

test('names that are given back leave not even a newline', () => {
  const before = {config: 'A=1'}
  const named = {...eth0, dns: ['9.9.9.9']}
  const {after} = apply(define(named), before)
  const back = apply({...define(), giveBack: [named]}, after, {...before, 'ifcfg-eth0': undefined})
  assert.equal(back.after.config, 'A=1')
})

test('withdrawn, no definition of the NIC is left, of nobody', () => {
  const before = {
    'ifcfg-eth0': 'BOOTPROTO=dhcp\n',
    'ifcfg-eth-id-02:00:C0:A8:00:05': '',
    'ifroute-eth0': 'default 10.9.9.9\n',
    'ifsysctl-eth0': 'net.ipv6.conf.eth0.use_tempaddr = 2\n',
    'ifcfg-eth1': 'BOOTPROTO=dhcp\n',
    'ifcfg-lo': 'IPADDR=127.0.0.1/8\n',
    routes: 'default 10.7.7.1\n',
    config: 'NETCONFIG_DNS_STATIC_SERVERS="1.1.1.1"\n',
  }
  const {after, changed} = apply(withdraw(eth0), before)
  const {'ifcfg-eth0': _, 'ifcfg-eth-id-02:00:C0:A8:00:05': __, 'ifroute-eth0': ___, ...others} = before
  assert.deepEqual(after, others)
  assert.deepEqual(changed, ['eth0'])
})

test('a NIC that gets a VLAN is not taken back by its old name', () => {
  const vlan = {id: 8, name: 'eth0.8'}
  const before = apply(define({...eth0, vlan: {id: 7, name: 'eth0.7'}}), {}).after
  const change = {...define({...eth0, vlan}), giveBack: [{...eth0, vlan: {id: 7, name: 'eth0.7'}}]}
  const {after, changed} = apply(change, before, originalsOf({}, before))
  assert.deepEqual(Object.keys(after).toSorted(), [
    'ifcfg-eth0',
    'ifcfg-eth0.8',
    'ifroute-eth0.8',
    'ifsysctl-eth0',
  ])
  assert.deepEqual(changed.toSorted(), ['eth0.7', 'eth0.8'])
})

test('a family that the context no longer gives is again what it was before us', () => {
  const before = {'ifcfg-eth0': 'IPADDR=10.0.0.7/8\n'}
  const first = apply(define(nic('eth0 192.168.0.5/24', {ipv6: static6})), before).after
  const later = {...eth0, ipv4: undefined, ipv6: static6}
  const {after} = apply(define(later), first, originalsOf(before, first))
  assert.match(after['ifcfg-eth0']!, /^IPADDR='10\.0\.0\.7\/8'\nIPADDR_6_0='fd00::5\/64'$/m)
  assert.doesNotMatch(after['ifcfg-eth0']!, /192/)
})

test('the default route for all is back once IPv4 is left alone', () => {
  const before = {routes: 'default 192.168.0.9 - -\n10.8.0.0/16 10.9.9.9\n'}
  const first = apply(define(eth0), before).after
  assert.equal(first.routes, '10.8.0.0/16 10.9.9.9\n')
  const later = {...eth0, ipv4: undefined, ipv6: static6}
  assert.equal(apply(define(later), first, originalsOf(before, first)).after.routes, before.routes)
})

describe('names in the file config', () => {
  const network = (dns: string[], searchDomains: string[] = []): Network => {
    return {nics: [eth0], dns, searchDomains}
  }
  const becomes = (name: string, before: string, wanted: Network, config: string) =>
    test(name, () => {
      const change = {network: wanted, withdraw: [], giveBack: []}
      const {after} = apply(
        change,
        {config: before},
        {config: 'A=1\nNETCONFIG_DNS_STATIC_SERVERS="1.1.1.1 # 2"\n'},
      )
      assert.equal(after.config, config)
      assert.equal(apply(change, after).after.config, config, 'not idempotent')
    })
  const ours = (value: string, name = 'SERVERS') =>
    `# vmcontext: from the context\nNETCONFIG_DNS_STATIC_${name}="${value}"\n`

  becomes(
    'in place of others',
    'A=1\nNETCONFIG_DNS_STATIC_SERVERS=\nB=2',
    network(['9.9.9.9', '::1']),
    `A=1\n${ours('9.9.9.9 ::1')}B=2`,
  )
  becomes(
    'at the end',
    'A=1',
    network(['9.9.9.9'], ['a.example']),
    `A=1\n${ours('9.9.9.9')}${ours('a.example', 'SEARCHLIST')}`,
  )
  becomes(
    'in place of the last',
    'NETCONFIG_DNS_STATIC_SERVERS=a\nNETCONFIG_DNS_STATIC_SERVERS="b\nc"\n',
    network(['9.9.9.9']),
    `NETCONFIG_DNS_STATIC_SERVERS=a\n${ours('9.9.9.9')}`,
  )
  becomes(
    'in place of ours',
    `A=1\n${ours('8.8.8.8')}B=2\n`,
    network(['9.9.9.9']),
    `A=1\n${ours('9.9.9.9')}B=2\n`,
  )
  becomes(
    'no more: what was there',
    `A=1\n${ours('8.8.8.8')}B=2\n`,
    network([]),
    'A=1\nNETCONFIG_DNS_STATIC_SERVERS="1.1.1.1 # 2"\nB=2\n',
  )
  becomes(
    'at the end, though a quote above never closes: once',
    'A="1\n',
    network(['9.9.9.9']),
    `A="1\n${ours('9.9.9.9')}`,
  )
  becomes(
    'at the end, not as part of a line that goes on',
    'A=1\\',
    network(['9.9.9.9']),
    `A=1\\\n\n${ours('9.9.9.9')}`,
  )
  becomes(
    'none: not a byte',
    'NETCONFIG_DNS_STATIC_SERVERS=x\n',
    network([]),
    'NETCONFIG_DNS_STATIC_SERVERS=x\n',
  )

  test('without netconfig nobody reads them', () => {
    const surroundings = guest({[path('config')]: 'A=1\n'})
    const {files} = suse.render({network: network(['9.9.9.9']), withdraw: [], giveBack: []}, surroundings)
    assert.ok(!files.some(file => file.path === path('config')))
    assert.equal(suse.resolvesNames(surroundings), false)
    assert.equal(suse.resolvesNames(guest({}, {landmarks})), true)
  })

  for (const [policy, count] of [
    ['auto', 0],
    ['STATIC_FALLBACK eth*', 0],
    ['eth0', 1],
    ['', 1],
  ] as const) {
    test(`NETCONFIG_DNS_POLICY="${policy}"`, () => {
      const {problems} = apply(
        {network: network(['9.9.9.9']), withdraw: [], giveBack: []},
        {config: `NETCONFIG_DNS_POLICY="${policy}"\n`},
      )
      assert.equal(problems.length, count)
    })
  }

  test('resolv.conf is made of them once they change, before the network is up too', () => {
    const activation = {down: [], up: [], network: network(['9.9.9.9'])}
    const commands = (config: string) =>
      suse.activate(activation, surroundingsOf({config}, {})).after.map(({argv}) => argv.join(' '))
    assert.deepEqual(commands(''), ['netconfig update -m dns-resolver'])
    assert.deepEqual(commands(ours('9.9.9.9')), [])
  })
})

test('hundreds of NICs, their addresses and routes', () => {
  const nics = Array.from({length: 256}, (_, index) => {
    const address = (host: number) => ({address: `10.${index}.0.${host}`, prefix: 16})
    const addresses = Array.from({length: 65}, (_, host) => address(host + 2))
    const routes = Array.from({length: 100}, (_, route) => {
      return {
        destination: {address: `172.16.${route}.0`, prefix: 24},
        gateway: {address: `10.${index}.0.1`, onLink: false},
      }
    })
    return nic(`eth${index} 10.${index}.0.2/16`, {ipv4: {method: 'static', addresses, routes}})
  })
  const {after} = apply(define(...nics), {})
  assert.equal(Object.keys(after).length, 512)
  assert.deepEqual(apply(define(...nics), after).files, [])
})
