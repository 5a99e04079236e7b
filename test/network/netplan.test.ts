// What the netplan dialect makes of /etc/netplan.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {FileFact} from '../../src/facts/files.ts'
import type {Surroundings} from '../../src/network/dialect.ts'
import type {LinkName, Nic} from '../../src/network/model.ts'
import {netplan} from '../../src/network/netplan/netplan.ts'
import {parseOwn} from '../../src/network/netplan/read-yaml.ts'
import {apply, define, guest, nic, tree} from './samples.ts'

const own = '/etc/netplan/50-vmcontext.yaml'
const other = '/etc/netplan/01-netcfg.yaml'
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')
const eth1 = nic('eth1 10.0.0.5/8')

const file = (...lines: string[]) => `network:\n  version: 2\n${lines.map(line => `  ${line}\n`).join('')}`
const entries = (text: string | undefined) => parseOwn(text ?? '')?.entries ?? []
const ids = (text: string | undefined) => entries(text).map(({section, id}) => `${section}/${id}`)

describe('an entry', () => {
  const says = (name: string, nic: Nic, fields: object, surroundings: Partial<Surroundings> = {}) =>
    test(name, () => {
      const {files} = netplan.render(define(nic), guest({}, surroundings))
      const [action] = files
      assert.deepEqual(action?.kind === 'write' && [action.path, action.mode], [own, 0o600])
      const [entry] = entries(action?.kind === 'write' ? action.content : '')
      assert.deepEqual(entry?.fields, fields)
    })
  const match = {match: {macaddress: '02:00:c0:a8:00:05'}}
  const addresses = {addresses: ['192.168.0.5/24']}
  const off = {dhcp4: false, dhcp6: false}
  const old = {os: {family: 'debian', id: 'ubuntu', version: 18.04, name: 'Ubuntu 18.04'}} as const
  const manager = {netplanRenderer: 'NetworkManager'} as const
  const routes = (to: string) => ({routes: [{to, via: '192.168.0.1'}]})
  const plain = nic('eth0 192.168.0.5/24')
  const vlan = {id: 7, name: 'eth0.7'}

  says('goes by the MAC', eth0, {...match, ...off, ...addresses, ...routes('default')})
  says(
    'of a veth goes by the name',
    {...eth0, hasPermanentMac: false},
    {...off, ...addresses, ...routes('default')},
  )
  says(
    'of an old netplan knows no default',
    eth0,
    {...match, ...off, ...addresses, ...routes('0.0.0.0/0')},
    old,
  )
  says(
    'of an old netplan goes by the name if the MAC changes',
    {...plain, newMac: '02:00:00:00:00:01'},
    {macaddress: '02:00:00:00:00:01', ...off, ...addresses},
    old,
  )
  says(
    'that has another MAC goes by its own',
    {...plain, newMac: '02:00:00:00:00:01'},
    {...match, macaddress: '02:00:00:00:00:01', ...off, ...addresses},
  )
  says(
    'below a VLAN has nothing',
    {...plain, vlan},
    {...match, ...off, 'accept-ra': false, 'link-local': [], optional: true},
  )
  says(
    'for NetworkManager says so',
    plain,
    {...match, renderer: 'NetworkManager', ...off, ...addresses},
    manager,
  )
  says(
    'below a VLAN of NetworkManager has nothing',
    {...plain, vlan},
    {
      ...match,
      renderer: 'NetworkManager',
      ...off,
      'accept-ra': false,
      'link-local': [],
      optional: true,
      networkmanager: {passthrough: {'ipv4.method': 'disabled', 'ipv6.method': 'disabled'}},
    },
    manager,
  )
  says(
    'for NetworkManager puts the first default route first',
    eth0,
    {
      ...match,
      renderer: 'NetworkManager',
      ...off,
      ...addresses,
      routes: [{to: 'default', via: '192.168.0.1', metric: 99}],
    },
    manager,
  )
  const off6 = {method: 'disable', addresses: [], routes: []} as const
  says(
    'without any address holds up no boot',
    {...plain, ipv4: undefined, ipv6: off6},
    {...match, ...off, 'accept-ra': false, 'link-local': [], optional: true},
  )
  says(
    'without IPv6 for NetworkManager',
    {...plain, ipv6: off6},
    {
      ...match,
      renderer: 'NetworkManager',
      ...off,
      ...addresses,
      networkmanager: {passthrough: {'ipv6.method': 'disabled'}},
    },
    manager,
  )
})

describe('files of others', () => {
  /** What is left of one, by the IDs in it; undefined: it went. `id`: that of our entry. */
  const leaves = (text: string, left: string | undefined, id = 'eth0') =>
    test(text.replaceAll('\n', '; '), () => {
      const result = apply(netplan, [eth0], {[other]: text})
      assert.equal(result[other], left)
      assert.deepEqual(ids(result[own]), [`ethernets/${id}`])
      assert.deepEqual(netplan.render(define(eth0), guest(result)).files, [], 'not idempotent')
    })

  leaves(file('ethernets:', '  eth0:', '    dhcp4: true'), undefined)
  leaves(file('ethernets:', '  eth1:', '    dhcp4: true'), file('ethernets:', '  eth1:', '    dhcp4: true'))
  leaves(
    `# \xe9\n${file('ethernets:', '  # ours', '  eth0: # x', '    dhcp4: yes', '  eth1: {dhcp4: on}   # y')}# end`,
    `# \xe9\n${file('ethernets:', '  # ours', '  eth1: {dhcp4: on}   # y')}# end`,
  )
  leaves(file('ethernets: {eth0: {dhcp4: true}, eth1: {}}'), file('ethernets: { eth1: {} }'))
  leaves(file('renderer: networkd', 'ethernets:', '  eth0: {}'), file('renderer: networkd'))
  leaves(
    file('ethernets:', '  a:', '    match: {macaddress: "02:00:C0:A8:00:05"}', '    dhcp4: true'),
    undefined,
    'a',
  )
  leaves(file('ethernets:', '  a:', '    match: {name: eth0}'), undefined, 'a')
  leaves(file('ethernets:', '  a:', '    match: {name: en*}', '    set-name: eth0'), undefined, 'a')
  leaves(file('ethernets:', '  NM-1:', '    match: {name: eth0}'), undefined, 'eth0')
  leaves(
    file('ethernets:', '  all:', '    match: {name: "e*"}'),
    file('ethernets:', '  all:', '    match: {name: "e*"}'),
    '0-eth0',
  )
  leaves(
    file('ethernets:', '  x:', '    match: {name: "e*"}'),
    file('ethernets:', '  x:', '    match: {name: "e*"}'),
    'eth0',
  )
  leaves(
    file('ethernets:', '  x:', '    match: {driver: virtio_net}'),
    file('ethernets:', '  x:', '    match: {driver: virtio_net}'),
    'eth0',
  )
  leaves(
    file('ethernets:', '  eth0:', '    match: {name: eth9}'),
    file('ethernets:', '  eth0:', '    match: {name: eth9}'),
    '0-eth0',
  )
  // What stands on the NIC names it by its ID, which has to be known in that file or before it.
  leaves(
    file('ethernets:', '  eth0:', '    dhcp4: true', 'vlans:', '  v: {id: 1, link: eth0}'),
    file('ethernets:', '  eth0: {}', 'vlans:', '  v: {id: 1, link: eth0}'),
  )
  leaves(
    file(
      'ethernets:',
      '  a:',
      '    dhcp4: true',
      '    match:',
      '      name: eth0',
      '    mtu: 1',
      'vlans:',
      '  v: {id: 1, link: a}',
    ),
    file('ethernets:', '  a:', '    match:', '      name: eth0', 'vlans:', '  v: {id: 1, link: a}'),
    'a',
  )
  leaves(
    file('ethernets:', '  eth0: &x', '    dhcp4: true', '  eth1: *x'),
    file('ethernets:', '  eth0: &x', '    dhcp4: true', '  eth1: *x'),
  )
  leaves('network: [\n', 'network: [\n')
  leaves('', '')
  leaves('# nothing\n', '# nothing\n')
})

test('a file that is not YAML, or cannot be edited, is named', () => {
  const problems = (text: string) =>
    netplan.render(define(eth0), guest({[other]: text})).problems.map(({code, file}) => [code, file])
  assert.deepEqual(problems('network: [\n'), [['fact-missing', other]])
  assert.deepEqual(problems(file('ethernets:', '  eth0: &x {}', '  eth1: *x')), [['rival', other]])
  assert.deepEqual(problems(file('bridges:', '  br0: {interfaces: [eth0]}')), [['rival', other]])
  assert.deepEqual(problems(file('ethernets:', '  "!": {match: {}}')), [['rival', other]])
  assert.deepEqual(problems(file('ethernets:', '  eth1: {}')), [])
})

describe('a family that is not described stays', () => {
  const keeps = (former: string[], fields: object) =>
    test(former.join('; '), () => {
      const before = {[other]: file('ethernets:', '  eth0:', ...former.map(line => `    ${line}`))}
      const surroundings = {files: tree(before), originals: new Map<string, FileFact>()}
      const first = netplan.render(define(eth0), guest({}, surroundings)).files.find(({path}) => path === own)
      assert.ok(first?.kind === 'write')
      const [entry] = entries(first.content)
      const {match: _, dhcp4: __, routes, ...rest} = entry!.fields as Record<string, unknown>
      assert.deepEqual({...rest, routes: (routes as unknown[]).slice(1)}, fields)
      const again = {
        files: tree({[own]: first.content}),
        originals: new Map([[other, tree(before).get(other)]]),
      }
      assert.deepEqual(netplan.render(define(eth0), guest({}, again)).files, [], 'not idempotent')
    })
  const addresses = ['192.168.0.5/24']

  keeps(['dhcp4: true'], {dhcp6: false, addresses, routes: []})
  keeps(['dhcp4: true', 'dhcp6: true', 'accept-ra: no'], {
    dhcp6: true,
    'accept-ra': false,
    addresses,
    routes: [],
  })
  keeps(
    [
      'addresses: [10.1.1.1/8, "2001:db8::5/64"]',
      'routes: [{to: "::/0", via: "fe80::1"}, {to: default, via: 10.0.0.1}]',
    ],
    {
      dhcp6: false,
      addresses: [...addresses, '2001:db8::5/64'],
      routes: [{to: '::/0', via: 'fe80::1'}],
    },
  )
})

describe('a NIC that is given back', () => {
  const link: LinkName = {device: 'eth0', mac: eth0.mac}
  const comes = (
    name: string,
    original: string,
    edit: (text: string | undefined) => string | undefined,
    expected: string,
  ) =>
    test(name, () => {
      const after = apply(netplan, [eth0, eth1], {[other]: original})
      const edited = edit(after[other])
      const {[other]: _, ...rest} = after
      const surroundings = guest(edited === undefined ? rest : {...rest, [other]: edited}, {
        originals: new Map([
          [other, {content: original, mode: 0o640}],
          [own, undefined],
        ]),
      })
      const {network} = define(eth1)
      const rendering = netplan.render({network, withdraw: [], giveBack: [link]}, surroundings)
      const write = rendering.files.find(({path}) => path === other)
      assert.deepEqual(write, {kind: 'write', path: other, content: expected, mode: 0o640})
      assert.deepEqual([rendering.changed, rendering.restored], [['eth0'], ['eth0']])
      const text = rendering.files.find(({path}) => path === own)
      assert.deepEqual(text?.kind === 'write' && ids(text.content), ['ethernets/eth1'])
    })
  const both = file(
    'ethernets:',
    '  eth0:   # first',
    '      dhcp4: yes',
    '  eth1:',
    '    dhcp4: true',
    '  eth7: {}',
  )

  comes(
    'the file had gone',
    file('ethernets:', '  eth0: {dhcp4: on} # x'),
    text => text,
    file('ethernets:', '  eth0: {dhcp4: on} # x'),
  )
  comes(
    'the other one stays out',
    both,
    text => text,
    file('ethernets:', '  eth0:   # first', '      dhcp4: yes', '  eth7: {}'),
  )
  comes(
    'the file has been edited',
    both,
    text => text?.replace('eth7: {}', 'eth8: {}'),
    file('ethernets:', '  eth8: {}', '  eth0:', '    dhcp4: yes'),
  )
  const below = file('ethernets:', '  eth0:', '    mtu: 1400', 'vlans:', '  v: {id: 1, link: eth0}')
  comes('another stands on it', below, text => text, below)
})

test('a NIC of another dialect leaves every file, and a glob is named', () => {
  const texts = {
    [other]: file('ethernets:', '  eth0: {}', '  all: {match: {name: "e*"}}'),
    [own]: apply(netplan, [eth0], {})[own]!,
  }
  const {network} = define()
  const {files, problems} = netplan.render({network, withdraw: [eth0], giveBack: []}, guest(texts))
  assert.deepEqual(files, [
    {kind: 'write', path: other, content: file('ethernets:', '  all: {match: {name: "e*"}}'), mode: 0o644},
    {kind: 'remove', path: own},
  ])
  assert.deepEqual(
    problems.map(({code}) => code),
    ['rival-idle'],
  )
})

test('a metric that netplan would make a negative one is the greatest, and named', () => {
  const far = nic('eth0 192.168.0.5/24 via 192.168.0.1 metric 4294967295')
  const {files, problems} = netplan.render(define(far), guest({}))
  const text = files[0]?.kind === 'write' ? files[0].content : ''
  assert.match(text, /^ +metric: 2147483647$/m)
  assert.deepEqual(
    problems.map(({code}) => code),
    ['value-adjusted'],
  )
})

test('changed: only whose definition becomes another', () => {
  const before = apply(netplan, [eth0, eth1], {})
  const after = netplan.render(define(eth0, nic('eth1 10.0.0.6/8')), guest(before))
  assert.deepEqual([after.changed, after.files.length], [['eth1'], 1])
})

describe('what netplan cannot say', () => {
  const dropIn = '/etc/systemd/network/10-netplan-eth0.network.d/vmcontext.conf'
  const auto = {...eth0, ipv6: {method: 'auto', addresses: [], routes: [], metric: 7}} as const

  test('stands in a drop-in for networkd, and goes with its reason', () => {
    const after = apply(netplan, [auto], {})
    assert.match(after[dropIn]!, /^\[IPv6AcceptRA\]\nDHCPv6Client=no\nRouteMetric=7\n/m)
    assert.ok(netplan.sources(tree(after)).includes(dropIn))
    const {files, changed} = netplan.render(define(eth0), guest(after))
    assert.deepEqual(
      files.filter(({path}) => path === dropIn),
      [{kind: 'remove', path: dropIn}],
    )
    assert.deepEqual(changed, ['eth0'])
  })
  test('is a problem for NetworkManager', () => {
    const {files, problems} = netplan.render(
      define({...auto, dns: ['9.9.9.9']}),
      guest({}, {netplanRenderer: 'NetworkManager', services: new Set(['NetworkManager'])}),
    )
    assert.deepEqual(
      files.map(({path}) => path),
      [own],
    )
    assert.deepEqual(
      problems.map(({code}) => code),
      ['value-ignored'],
    )
  })
  test('is carried out by a NetworkManager that nothing starts, and that is a problem', () => {
    const {problems} = netplan.render(define(eth0), guest({}, {netplanRenderer: 'NetworkManager'}))
    assert.deepEqual(
      problems.map(({code}) => code),
      ['network-unmanaged'],
    )
  })
})

describe('renderer', () => {
  const manager = '/usr/sbin/NetworkManager'
  const networkd = '/usr/lib/systemd/systemd-networkd'
  const says = (
    text: string,
    landmarks: string[],
    services: string[],
    wanted: Surroundings['netplanRenderer'],
    line: string | undefined,
  ) =>
    test(`${text.trim()} ${[...landmarks, ...services, wanted].join(' ')}`, () => {
      const surroundings = {
        landmarks: new Set(landmarks),
        services: new Set(services),
        netplanRenderer: wanted,
      }
      const write = netplan.render(define(eth0), guest({[other]: text}, surroundings)).files[0]
      assert.equal(entries(write?.kind === 'write' ? write.content : '')[0]?.fields.renderer, line)
    })
  const global = 'network: {renderer: NetworkManager}\n'

  says('', [], [], undefined, undefined)
  says('', [manager, networkd], ['NetworkManager'], undefined, 'NetworkManager')
  says('', [manager, networkd], ['NetworkManager', 'systemd-networkd'], undefined, undefined)
  says('', [manager], [], undefined, 'NetworkManager')
  says('', [networkd], ['NetworkManager'], undefined, undefined)
  says(global, [networkd], [], undefined, undefined)
  says(global, [manager, networkd], ['NetworkManager'], 'networkd', 'networkd')
  says('network: {renderer: networkd}\n', [manager], ['NetworkManager'], undefined, undefined)
})

describe('activation', () => {
  const runs = (
    name: string,
    surroundings: Partial<Surroundings>,
    before: string[],
    after: string[],
    back: string[] = [],
  ) =>
    test(name, () => {
      const activation = {
        down: ['eth0', 'eth1.7', 'eth9'],
        up: ['eth0', ...back],
        network: define(eth0).network,
      }
      const vlan = {[own]: file('ethernets:', '  eth1: {}', 'vlans:', '  eth1.7: {id: 7, link: eth1}')}
      const actions = netplan.activate(activation, guest(vlan, surroundings))
      const words = (argv: readonly string[]) =>
        argv[0] === 'sh' ? `gently ${argv.slice(4).join(' ')}` : argv.join(' ')
      assert.deepEqual(
        [actions.before, actions.after].map(list => list.map(({argv}) => words(argv))),
        [before, after],
      )
    })
  const systemd = '/run/systemd/system'
  const libexec = '/usr/libexec/netplan/generate'
  const start = 'systemctl --no-block start systemd-networkd.service'

  runs('of an image: none', {}, [], [])
  runs('at boot', {landmarks: new Set([systemd, libexec])}, [], [libexec, start])
  runs(
    'at boot, old netplan',
    {landmarks: new Set([systemd, '/lib/netplan/generate'])},
    [],
    ['/lib/netplan/generate', start],
  )
  runs(
    'at boot, netplan 1.2',
    {landmarks: new Set([systemd, libexec, '/usr/libexec/netplan/configure'])},
    [],
    ['/usr/libexec/netplan/configure --ignore-errors', start],
  )
  runs(
    'at boot, networkd enabled',
    {landmarks: new Set([systemd, libexec]), services: new Set(['systemd-networkd'])},
    [],
    [libexec],
  )
  runs(
    'at boot, NetworkManager',
    {
      landmarks: new Set([systemd, libexec]),
      netplanRenderer: 'NetworkManager',
      services: new Set(['NetworkManager']),
    },
    [],
    [libexec],
  )
  runs(
    'at boot, NetworkManager, which nothing starts',
    {landmarks: new Set([systemd, libexec]), netplanRenderer: 'NetworkManager'},
    [],
    [libexec, 'systemctl --no-block start NetworkManager.service'],
  )
  runs(
    'after boot',
    {isStarted: true, landmarks: new Set([libexec]), systemdVersion: 252},
    ['networkctl delete eth1.7'],
    [`gently ${libexec}`, 'networkctl reload'],
  )
  runs(
    'after boot, old systemd',
    {isStarted: true, systemdVersion: 237},
    ['networkctl delete eth1.7'],
    ['gently netplan generate', 'systemctl restart systemd-networkd.service', 'ip address flush dev eth9'],
  )
  runs(
    'after boot, NetworkManager',
    {isStarted: true, landmarks: new Set([libexec]), netplanRenderer: 'NetworkManager'},
    [],
    [
      `gently ${libexec}`,
      'nmcli general reload conf',
      'nmcli connection reload',
      'nmcli --wait 25 connection up netplan-eth0 ifname eth0',
      'nmcli --wait 25 device connect eth1',
    ],
    ['eth1'],
  )
  test('after boot, NetworkManager, of a VLAN and the NIC below it', () => {
    const tagged = {...eth0, vlan: {id: 7, name: 'eth0.7'}}
    const activation = {down: ['eth0.7'], up: ['eth0.7'], network: define(tagged).network}
    const surroundings = guest({}, {isStarted: true, netplanRenderer: 'NetworkManager'})
    const {after} = netplan.activate(activation, surroundings)
    assert.deepEqual(
      after.slice(3).map(({argv}) => argv.slice(3).join(' ')),
      ['connection up netplan-eth0 ifname eth0', 'connection up netplan-eth0.7'],
    )
  })
})

describe('a NIC that has another name now', () => {
  const renamed = {...eth0, device: 'ens3'}
  const link: LinkName = {device: 'eth0', mac: eth0.mac}

  test('keeps its entry where that goes by the MAC', () => {
    const surroundings = guest(apply(netplan, [eth0], {}))
    const {network} = define(renamed)
    const rendering = netplan.render({network, withdraw: [], giveBack: [link]}, surroundings)
    assert.deepEqual(rendering, {files: [], problems: [], changed: [], restored: []})
  })
  test('gets another one where that goes by the name', () => {
    const veth = {...renamed, hasPermanentMac: false}
    const surroundings = guest(apply(netplan, [{...eth0, hasPermanentMac: false}], {}))
    const {network} = define(veth)
    const {files, changed} = netplan.render({network, withdraw: [], giveBack: [link]}, surroundings)
    assert.deepEqual(
      files.map(file => file.kind === 'write' && ids(file.content)),
      [['ethernets/ens3']],
    )
    assert.deepEqual(changed.toSorted(), ['ens3', 'eth0'])
  })
})

test('what was said of DHCP for one family alone is said of both, as netplan wants it', () => {
  const nic6: Nic = {...eth0, ipv4: undefined, ipv6: {method: 'dhcp', addresses: [], routes: []}}
  const before = file('ethernets:', '  eth0:', '    dhcp4: yes', '    dhcp4-overrides: {use-dns: no}')
  const [entry] = entries(apply(netplan, [nic6], {[other]: before})[own])
  assert.deepEqual(entry?.fields['dhcp4-overrides'], {'use-dns': 'no'})
  assert.deepEqual(entry?.fields['dhcp6-overrides'], {'use-dns': 'no'})
})

test('a file that somebody has broken keeps its bytes, and its entry is named', () => {
  const {mac} = eth1
  const broken = 'network: {{\n'
  const originals = tree({[other]: file('ethernets:', '  eth1: {dhcp4: true}')})
  const change = {...define(eth0), giveBack: [{device: 'eth1', mac}]}
  const {files, problems} = netplan.render(change, guest({[other]: broken}, {originals}))
  assert.deepEqual(
    files.map(({path}) => path),
    [own],
  )
  assert.match(
    problems.map(({message}) => message).join('\n'),
    /`eth1` before us does not come back: not YAML/,
  )
})

describe('resolv.conf', () => {
  const isMade = (expected: boolean, name: string, fields: Partial<Surroundings>) =>
    test(`${expected}: ${name}`, () => assert.equal(netplan.resolvesNames(guest({}, fields)), expected))
  const resolved = {services: new Set(['systemd-resolved'])}
  const manager = {netplanRenderer: 'NetworkManager'} as const
  isMade(true, 'by systemd-resolved', resolved)
  isMade(false, 'by nobody', {})
  isMade(false, 'a plain file, which systemd-resolved only reads', {
    ...resolved,
    files: tree({'/etc/resolv.conf': ''}),
  })
  isMade(true, 'by NetworkManager', manager)
  isMade(false, 'NetworkManager was told not to', {
    ...manager,
    files: tree({'/etc/NetworkManager/conf.d/dns.conf': '[main]\ndns=none\n'}),
  })
})

test('of a NIC that is given back with its VLAN, the NIC alone has a definition again', () => {
  const vlan = {id: 7, name: 'eth1.7'}
  const originals = tree({[other]: file('ethernets:', '  eth1: {dhcp4: true}')})
  const surroundings = guest(apply(netplan, [eth0, {...eth1, vlan}], {}), {originals})
  const change = {...define(eth0), giveBack: [{device: 'eth1', mac: eth1.mac, vlan}]}
  const {changed, restored} = netplan.render(change, surroundings)
  assert.deepEqual([changed, restored], [['eth1.7'], ['eth1']])
})
