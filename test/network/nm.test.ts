// What the NetworkManager dialect makes of profiles and of NetworkManager's own configuration.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {FileFact} from '../../src/facts/files.ts'
import type {OperatingSystem} from '../../src/facts/operating-system.ts'
import type {Surroundings} from '../../src/network/dialect.ts'
import {type LinkName, type Nic, noNetwork} from '../../src/network/model.ts'
import {nm} from '../../src/network/nm/nm.ts'
import {apply, define, guest, nic} from './samples.ts'

const directory = '/etc/NetworkManager/system-connections'
const own = `${directory}/vmcontext-eth0.nmconnection`
const conf = '/etc/NetworkManager/conf.d/zz-vmcontext-eth0.conf'
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')

/** A group of the profile of a NIC, without its heading. */
function group(name: string, nics: readonly Nic[], path = own): string[] {
  const text = apply(nm, nics, {})[path]!
  return new RegExp(`^\\[${name}\\]\\n((?:.+\\n)*)`, 'm').exec(text)?.[1]?.trimEnd().split('\n') ?? []
}

describe('[connection] and [ethernet]', () => {
  const uuid = 'uuid=cfbdb409-f975-5b3a-8f7f-934b08c1c456'
  const head = [
    'id=vmcontext eth0',
    uuid,
    'type=ethernet',
    'autoconnect-priority=120',
    'autoconnect-retries=0',
  ]
  const says = (fields: Partial<Nic>, connection: string[], ethernet: string[]) =>
    test(JSON.stringify(fields), () => {
      const changed = {...eth0, ...fields}
      assert.deepEqual(group('connection', [changed]), connection)
      assert.deepEqual(group('ethernet', [changed]), ethernet)
    })

  says({}, head, ['mac-address=02:00:c0:a8:00:05'])
  says({hasPermanentMac: false}, [...head, 'interface-name=eth0'], [])
  says({hasPermanentMac: false, mtu: 9000}, [...head, 'interface-name=eth0'], ['mtu=9000'])
  const other = ['id=vmcontext eth0', 'uuid=ffceb145-0573-58de-9c22-4937e5582945', ...head.slice(2)]
  says(
    {newMac: '02:11:22:33:44:55', hasPermanentMac: false, mtu: 1400},
    [...other, 'interface-name=eth0'],
    ['cloned-mac-address=02:11:22:33:44:55', 'mtu=1400'],
  )
  test('the UUID is that of the MAC', () => {
    const renamed = {...eth0, device: 'ens3'}
    assert.equal(group('connection', [renamed], own.replace('eth0', 'ens3'))[1], uuid)
  })
})

describe('[ipv4]', () => {
  const says = (what: Nic, ...lines: string[]) =>
    test(lines.join(' '), () => assert.deepEqual(group('ipv4', [what]), lines))
  const dhcp = (fields: Partial<NonNullable<Nic['ipv4']>>): Nic => {
    return {...eth0, ipv4: {method: 'dhcp', addresses: [], routes: [], ...fields}}
  }
  const routed = (...routes: NonNullable<Nic['ipv4']>['routes']): Nic => ({
    ...eth0,
    ipv4: {...eth0.ipv4!, routes},
  })
  const address = ['method=manual', 'address1=192.168.0.5/24']
  const gateway = ['gateway=192.168.0.1', 'route-metric=99']
  const lease = ['method=auto', 'dhcp-timeout=2147483647', 'required-timeout=20000']
  const ten = {address: '10.0.0.0', prefix: 8}

  says({...eth0, ipv4: undefined}, 'method=disabled')
  says(nic('eth0 192.168.0.5/24'), ...address)
  says(eth0, ...address, ...gateway)
  says(
    nic('eth0 192.168.0.5/24 via 192.168.0.1 metric 0'),
    ...address,
    'gateway=192.168.0.1',
    'route-metric=0',
  )
  says(nic('eth0 192.168.0.5/24 10.1.1.1/16'), ...address, 'address2=10.1.1.1/16')
  says(dhcp({}), ...lease)
  says(
    dhcp({metric: 300, addresses: [{address: '10.1.1.1', prefix: 16}]}),
    ...lease,
    'address1=10.1.1.1/16',
    'route-metric=300',
  )
  says(
    dhcp({gateway: {address: '10.1.1.1', onLink: true, metric: 7}}),
    ...lease,
    'route-metric=7',
    'route1=0.0.0.0/0,10.1.1.1',
    'route1_options=onlink=true',
  )
  says(routed({destination: ten}), ...address, ...gateway, 'route1=10.0.0.0/8')
  says(routed({destination: ten, metric: 5}), ...address, ...gateway, 'route1=10.0.0.0/8,0.0.0.0,5')
  says(
    routed(
      {destination: ten, gateway: {address: '192.168.0.9', onLink: false}},
      {destination: {...ten, prefix: 9}, gateway: {address: '10.9.9.9', onLink: true}, metric: 5},
    ),
    ...[...address, ...gateway, 'route1=10.0.0.0/8,192.168.0.9'],
    ...['route2=10.0.0.0/9,10.9.9.9,5', 'route2_options=onlink=true'],
  )
})

describe('[ipv6]', () => {
  const says = (ipv6: Nic['ipv6'], ...lines: string[]) =>
    test(lines.join(' '), () => assert.deepEqual(group('ipv6', [{...eth0, ipv6}]), lines))
  const automatic = ['method=auto', 'addr-gen-mode=eui64', 'may-fail=true']
  const five = {address: '2001:db8::5', prefix: 64}

  says(undefined, ...automatic)
  says({method: 'disable', addresses: [], routes: []}, 'method=disabled')
  says({method: 'auto', addresses: [], routes: []}, ...automatic)
  says(
    {method: 'dhcp', addresses: [five], routes: [], metric: 7},
    ...automatic,
    'address1=2001:db8::5/64',
    'route-metric=7',
  )
  says(
    {
      method: 'static',
      addresses: [five],
      gateway: {address: 'fe80::1', onLink: false},
      routes: [{destination: {address: '2001:db8:1::', prefix: 48}, metric: 4}],
    },
    ...['method=manual', 'addr-gen-mode=eui64', 'address1=2001:db8::5/64', 'gateway=fe80::1'],
    ...['route-metric=99', 'route1=2001:db8:1::/48,::,4'],
  )
})

describe('an old NetworkManager, which would refuse a profile with ipv6.method=disabled', () => {
  const disabled: Nic = {...eth0, ipv6: {method: 'disable', addresses: [], routes: []}}
  const on = (os: Partial<OperatingSystem>, method: string, ...codes: string[]) =>
    test(JSON.stringify(os), () => {
      const full = {...guest().os, ...os}
      const {files, problems} = nm.render(define(disabled), guest({}, {os: full}))
      const [file] = files
      assert.match(file?.kind === 'write' ? file.content : '', new RegExp(`^method=${method}$`, 'm'))
      assert.deepEqual(
        problems.map(({code}) => code),
        codes,
      )
    })

  on({id: 'debian', version: 10}, 'link-local', 'value-ignored')
  on({id: 'debian', version: 11}, 'disabled')
  on({id: 'ubuntu', version: 18.04}, 'link-local', 'value-ignored')
  on({id: 'ubuntu', version: 20.04}, 'disabled')
  on({id: 'opensuse-leap', family: 'suse', version: 15.1}, 'link-local', 'value-ignored')
  on({id: 'opensuse-leap', family: 'suse', version: 15.6}, 'disabled')
  on({id: 'rocky', family: 'redhat', version: 9.4}, 'disabled')
  on({id: 'opensuse-tumbleweed', family: 'suse', version: undefined}, 'disabled')
})

describe('name servers stand with a family that the NIC has', () => {
  const only6: Nic = {
    ...eth0,
    ipv4: undefined,
    dns: ['9.9.9.9', '2001:db8::53'],
    searchDomains: ['a.example'],
  }
  const no6: Nic = {
    ...eth0,
    ipv6: {method: 'disable', addresses: [], routes: []},
    dns: ['2001:db8::53', '9.9.9.9'],
  }
  const eth1 = nic('eth1 10.0.0.5/8', {dns: ['10.0.0.53']})
  const second = own.replace('eth0', 'eth1')
  const dns = (name: string, nics: readonly Nic[], path = own) =>
    group(name, nics, path).filter(line => line.startsWith('dns'))
  const homeless = (nics: readonly Nic[]) =>
    nm.render(define(...nics), guest()).problems.map(({message}) => message)

  test('each with its own', () => {
    const both = {
      ...eth0,
      dns: ['9.9.9.9', '2001:db8::53', '8.8.8.8'],
      searchDomains: ['a.example', 'b.example'],
    }
    assert.deepEqual(dns('ipv4', [both]), ['dns=9.9.9.9;8.8.8.8;', 'dns-search=a.example;b.example;'])
    assert.deepEqual(dns('ipv6', [both]), ['dns=2001:db8::53;'])
  })
  test('with another NIC', () => {
    assert.deepEqual(dns('ipv4', [only6, eth1]), [])
    assert.deepEqual(dns('ipv6', [only6, eth1]), ['dns=2001:db8::53;', 'dns-search=a.example;'])
    assert.deepEqual(dns('ipv4', [only6, eth1], second), ['dns=10.0.0.53;9.9.9.9;'])
    assert.deepEqual(dns('ipv6', [no6, eth1], second), ['dns=2001:db8::53;'])
    assert.deepEqual(homeless([only6, eth1]), [])
  })
  test('nowhere, and said so', () => {
    assert.equal(homeless([only6]).length, 1)
    assert.match(homeless([only6])[0]!, /^9\.9\.9\.9 /)
    assert.match(homeless([no6])[0]!, /^2001:db8::53 /)
  })
})

test('DHCPv6 by the word of the router is said, in one note', () => {
  const automatic = (name: string): Nic =>
    nic(`${name} 10.0.0.5/8`, {ipv6: {method: 'auto', addresses: [], routes: []}})
  const {problems} = nm.render(define(automatic('eth0'), automatic('eth1')), guest())
  assert.deepEqual(
    problems.map(({code, message}) => [code, message.endsWith(': eth0, eth1')]),
    [['context-note', true]],
  )
})

describe('a VLAN', () => {
  const vlan = {...eth0, vlan: {id: 7, name: 'eth0.7'}, mtu: 1450}
  const upper = own.replace('eth0', 'eth0.7')
  test('has what the NIC below it has not', () => {
    assert.deepEqual(
      [group('ipv4', [vlan]), group('ipv6', [vlan])],
      [['method=disabled'], ['method=disabled']],
    )
    assert.equal(group('ipv4', [vlan], upper)[1], 'address1=192.168.0.5/24')
    assert.deepEqual(group('vlan', [vlan], upper), ['id=7', 'parent=cfbdb409-f975-5b3a-8f7f-934b08c1c456'])
    assert.deepEqual(
      [group('ethernet', [vlan])[1], ...group('ethernet', [vlan], upper)],
      ['mtu=1450', 'mtu=1450'],
    )
    assert.deepEqual(nm.render(define(vlan), guest()).changed, ['eth0.7'])
  })
  test('is found by the name of the NIC where that is all there is', () => {
    assert.equal(group('vlan', [{...vlan, hasPermanentMac: false}], upper)[1], 'parent=eth0')
  })
  test('of the same name goes, others stay', () => {
    const others = {
      [`${directory}/a`]: '[connection]\ntype=vlan\ninterface-name=eth0.7\n',
      [`${directory}/b`]: '[connection]\ntype=vlan\n[vlan]\nparent=eth0\nid=7\n',
      [`${directory}/c`]: '[connection]\ntype=vlan\ninterface-name=eth0.8\n',
    }
    assert.deepEqual(Object.keys(apply(nm, [vlan], others)).sort(), [`${directory}/c`, upper, own].sort())
  })
})

describe('profiles of others', () => {
  const profile = (connection: string, rest = '') => `[connection]\nid=x\n${connection}\n\n${rest}`
  const other = (name: string, text: string, isRemoved: boolean, where = directory) =>
    test(`${name}: ${text.trim().replaceAll(/\n+/g, '; ')}`, () => {
      const path = `${where}/${name}`
      assert.equal(path in apply(nm, [eth0], {[path]: text}), !isRemoved)
    })
  const named = profile('type=ethernet\ninterface-name=eth0')
  const byMac = (mac: string) => profile('type=ethernet', `[ethernet]\nmac-address=${mac}\n`)

  other('a.nmconnection', named, true)
  other('a', named.replaceAll('=', ' = '), true)
  other('a', profile('type=802-3-ethernet', '[802-3-ethernet]\nmac-address=02:00:C0:A8:00:05\n'), true)
  other('a', profile('type=802-3-ethernet', '[802-3-ethernet]\nmac-address=2;0;192;168;0;5;\n'), true)
  other('a', profile('type=ethernet', '[match]\ninterface-name=eth0;\n'), true)
  other('a', profile('interface-name=eth0', '[ethernet]\n'), true)
  other('vmcontext-ens9.nmconnection', byMac('02:00:c0:a8:00:05'), true)
  other('netplan-eth0.nmconnection', named, false, '/run/NetworkManager/system-connections')
  other('a.nmconnection', named, false, '/usr/lib/NetworkManager/system-connections')
  other('a', byMac('02:00:c0:a8:00:06'), false)
  other(
    'a',
    profile('type=ethernet\ninterface-name=eth0', '[ethernet]\nmac-address=02:00:c0:a8:00:06\n'),
    false,
  )
  other('a', profile('type=ethernet'), false)
  other('a', profile('type=ethernet', '[match]\ninterface-name=eth*;\n'), false)
  other('a', profile('type=ethernet', '[match]\ninterface-name=eth0;eth1;\n'), false)
  other('a', profile('type=bond\ninterface-name=eth0'), false)
  other('a', profile('type=vlan\ninterface-name=eth0.7'), false)
  other('a', profile('type=ethernet\n#interface-name=eth0'), false)
  other('a~', named, false)
  other('ca.pem', named, false)
  other('a', 'no keyfile', false)

  test('an empty name of an interface is none', () => {
    const path = `${directory}/a`
    assert.equal(path in apply(nm, [eth0], {[path]: profile('type=ethernet\ninterface-name=')}), true)
  })
})

describe('the priority is above that of every profile for any card', () => {
  const priority = (rivals: string[], expected: number, ...codes: string[]) =>
    test(rivals.join(' '), () => {
      const texts = Object.fromEntries(
        rivals.map((text, index) => [
          `${directory}/${index}`,
          `[connection]\ntype=ethernet\n${text.replaceAll(' ', '\n')}\n`,
        ]),
      )
      const {files, problems} = nm.render(define(eth0), guest(texts))
      const written = files.find(({path}) => path === own)
      assert.match(
        written?.kind === 'write' ? written.content : '',
        new RegExp(`^autoconnect-priority=${expected}$`, 'm'),
      )
      assert.deepEqual(
        problems.map(({code}) => code),
        codes,
      )
    })

  priority([], 120)
  priority(['autoconnect-priority=119', 'autoconnect-priority=x'], 120)
  priority(['autoconnect-priority=120', 'autoconnect-priority=-999'], 121)
  priority(['autoconnect-priority=500', 'interface-name=eth1 autoconnect-priority=800'], 501)
  priority(['interface-name=eth0 autoconnect-priority=800'], 120)
  priority(['autoconnect-priority=999'], 999, 'rival')

  test('and above one for the NIC that is not ours to take away', () => {
    const text = '[connection]\ntype=ethernet\ninterface-name=eth0\nautoconnect-priority=300\n'
    const texts = {'/usr/lib/NetworkManager/system-connections/a.nmconnection': text}
    assert.match(apply(nm, [eth0], texts)[own]!, /^autoconnect-priority=301$/m)
  })
})

describe('a NIC that the configuration leaves alone', () => {
  const main = '/etc/NetworkManager/NetworkManager.conf'
  const [vendor, local] = ['/usr/lib/NetworkManager/conf.d/10-a.conf', '/etc/NetworkManager/conf.d/10-a.conf']
  const ubuntu = '[keyfile]\nunmanaged-devices=*,except:type:wifi,except:type:gsm,except:type:cdma\n'
  const judge = (texts: Record<string, string>, isTakenBack: boolean, what = eth0) =>
    test(JSON.stringify(texts), () => {
      const after = apply(nm, [what], texts)
      assert.equal(conf in after, isTakenBack)
      assert.deepEqual(nm.render(define(what), guest(after)).changed, [])
    })
  const unmanaged = (list: string, isTakenBack: boolean) =>
    judge({[main]: `[keyfile]\nunmanaged-devices=${list}\n`}, isTakenBack)
  const device = (text: string, isTakenBack: boolean) => judge({[local]: text}, isTakenBack)

  judge({}, false)
  judge({[vendor]: ubuntu}, true)
  judge({[vendor]: ubuntu, [local]: ''}, false)
  judge({[vendor]: ubuntu, [local.replace('10-a', '20-b')]: '[keyfile]\nunmanaged-devices=none\n'}, false)
  judge(
    {
      [vendor]: ubuntu.replace('=', '+='),
      [main]: '[keyfile]\nunmanaged-devices+=except:interface-name:eth0\n',
    },
    false,
  )
  judge({[vendor]: ubuntu, [main]: '[keyfile]\nunmanaged-devices-=*\n'}, true)
  judge({[vendor]: `[.config]\nenable=false\n${ubuntu}`}, false)
  unmanaged('interface-name:eth0', true)
  unmanaged('interface-name:=eth0', true)
  unmanaged('interface-name:~eth?', true)
  unmanaged('interface-name:eth1;interface-name:=eth*', false)
  unmanaged('mac:02:00:C0:A8:00:05', true)
  unmanaged('mac:02:00:c0:a8:00:06', false)
  unmanaged('eth0', true)
  unmanaged('type:ethernet', true)
  unmanaged('type:wifi', false)
  unmanaged('driver:virtio_net', true)
  unmanaged('*,except:driver:virtio_net', true)
  unmanaged('*,except:type:ethernet', false)
  unmanaged('except:type:ethernet', false)
  unmanaged('except:type:wifi', true)
  judge({[main]: '[keyfile]\nunmanaged-devices=*,except:type:ethernet\n'}, true, {
    ...eth0,
    hasPermanentMac: false,
  })
  device('[device]\nmanaged=0\n', true)
  device('[device]\nmanaged=1\n', false)
  device('[device-x]\nmatch-device=interface-name:eth1\nmanaged=no\n', false)
  device('[device-x]\nmatch-device=interface-name:eth*\nmanaged=no\n', true)
  device('[device-x]\nmatch-device=interface-name:eth*\nmanaged=yes\n[device-y]\nmanaged=no\n', false)
  device('[device]\nmanaged=no\n[device-x]\nmatch-device=type:ethernet\nmanaged=yes\n', false)
  device('[device-x]\nstop-match=yes\n[device]\nmanaged=no\n', false)
  judge(
    {[vendor]: '[device-a]\nmanaged=1\n', [local.replace('10-a', '20-b')]: '[device-b]\nmanaged=0\n'},
    true,
  )
  judge(
    {[local]: '[device-a]\nmanaged=1\n', [local.replace('10-a', '20-b')]: '[device-a]\nmanaged=0\n'},
    true,
  )

  test('is taken back alone', () => {
    assert.equal(
      apply(nm, [eth0], {[vendor]: ubuntu})[conf],
      `# vmcontext: address from MAC 02:00:c0:a8:00:05

[keyfile]
unmanaged-devices+=interface-name:=vmcontext/none;except:mac:02:00:c0:a8:00:05

[device-vmcontext-0200c0a80005]
match-device=mac:02:00:c0:a8:00:05
managed=1
`,
    )
  })
  test('our file goes when it is not needed any more', () => {
    const after = apply(nm, [eth0], {[vendor]: ubuntu})
    delete after[vendor]
    assert.equal(conf in apply(nm, [eth0], after), false)
  })
})

test('profiles are where the configuration says', () => {
  const texts = {'/etc/NetworkManager/NetworkManager.conf': '[keyfile]\npath=/etc/profiles/\n'}
  assert.ok('/etc/profiles/vmcontext-eth0.nmconnection' in apply(nm, [eth0], texts))
  assert.ok(nm.sources(guest(texts).files).includes('/etc/profiles/*'))
})

describe('what is private is no one else to read', () => {
  test('a profile is written with 0600', () => {
    const [action] = nm.render(define(eth0), guest()).files
    assert.equal(action?.kind === 'write' && action.mode, 0o600)
  })
  test('one that others may read was not read by NetworkManager: it is a change', () => {
    const content = apply(nm, [eth0], {})[own]!
    const rendering = (mode: number) =>
      nm.render(define(eth0), {...guest(), files: new Map([[own, {content, mode}]])})
    assert.deepEqual(rendering(0o600), {files: [], problems: [], changed: [], restored: []})
    assert.deepEqual(rendering(0o644).changed, ['eth0'])
    assert.equal(rendering(0o644).files.length, 1)
  })
})

describe('letting go', () => {
  const lab = `${directory}/Lab.nmconnection`
  const text = '[connection]\ntype=ethernet\ninterface-name=eth0\n'
  const [link, eth1]: LinkName[] = [eth0, nic('eth1 10.0.0.5/8')]
  const kept = new Map<string, FileFact | undefined>([
    [own, undefined],
    [lab, {content: text, mode: 0o600}],
    ['/run/NetworkManager/system-connections/x', {content: text, mode: 0o600}],
    [`${directory}/other`, {content: text.replace('eth0', 'eth1'), mode: 0o600}],
  ])
  const texts = apply(nm, [eth0], {})
  const change = (withdraw: LinkName[], giveBack: LinkName[], surroundings: Surroundings) => {
    const {files, changed, restored} = nm.render({network: noNetwork, withdraw, giveBack}, surroundings)
    return {files: files.map(({kind, path}) => `${kind} ${path}`), changed, restored}
  }

  test('given back: ours goes, what was there before comes', () => {
    assert.deepEqual(change([], [link!], guest(texts, {originals: kept})), {
      files: [`remove ${own}`, `write ${lab}`],
      changed: ['eth0'],
      restored: ['eth0'],
    })
  })
  test('given back with its VLAN: it is the NIC that has a profile again', () => {
    const tagged = {...eth0, vlan: {id: 7, name: 'eth0.7'}}
    const surroundings = guest(apply(nm, [tagged], {}), {originals: kept})
    const {changed, restored} = change([], [tagged], surroundings)
    assert.deepEqual([changed, restored], [['eth0.7'], ['eth0']])
  })
  test('given back: a profile that somebody made since then stays', () => {
    const since = {...texts, [lab]: text.replace('interface', 'autoconnect=true\ninterface')}
    assert.deepEqual(change([], [link!], guest(since, {originals: kept})).files, [`remove ${own}`])
  })
  test('withdrawn: nothing is left of it', () => {
    assert.deepEqual(change([link!], [], guest({...texts, [lab]: text}, {originals: kept})), {
      files: [`remove ${own}`, `remove ${lab}`],
      changed: ['eth0'],
      restored: [],
    })
    assert.deepEqual(change([eth1!], [], guest(texts)).files, [])
  })
  test('a NIC that has another name now leaves nothing behind under the old one', () => {
    const renamed = {...eth0, device: 'ens3'}
    const {files} = nm.render({...define(renamed), giveBack: [link!]}, guest(texts))
    assert.deepEqual(
      files.map(({kind, path}) => `${kind} ${path}`),
      [`remove ${own}`, `write ${own.replace('eth0', 'ens3')}`],
    )
  })
  test('a NIC whose VLAN is gone keeps its profile', () => {
    const vlan = {...eth0, vlan: {id: 7, name: 'eth0.7'}}
    const rendering = nm.render({...define(eth0), giveBack: [vlan]}, guest(apply(nm, [vlan], {})))
    assert.deepEqual(
      rendering.files.map(({kind, path}) => `${kind} ${path}`),
      [`remove ${own.replace('eth0', 'eth0.7')}`, `write ${own}`],
    )
    assert.deepEqual(rendering.changed.toSorted(), ['eth0', 'eth0.7'])
  })
})

describe('activation', () => {
  const commands = (
    up: string[],
    fields: Partial<Surroundings>,
    texts: Record<string, string> = {},
    what: Nic = eth0,
  ) => {
    const {before, after} = nm.activate({down: up, up, network: define(what).network}, guest(texts, fields))
    assert.deepEqual(before, [])
    return after.map(({argv}) => argv.join(' '))
  }
  const started = {isStarted: true}
  const reload = 'nmcli connection reload'
  const up = 'nmcli --wait 25 connection up uuid cfbdb409-f975-5b3a-8f7f-934b08c1c456 ifname eth0'
  const systemd = {systemdVersion: 252}

  test('a service that is still to come needs none', () => {
    assert.deepEqual(commands(['eth0'], {...systemd, services: new Set(['NetworkManager'])}), [])
    assert.deepEqual(commands(['eth0'], {}), [])
  })
  test('a service that nothing starts', () =>
    assert.deepEqual(commands(['eth0'], systemd), ['systemctl --no-block start NetworkManager.service']))
  test('a NIC', () => assert.deepEqual(commands(['eth0'], started), [reload, up]))
  test('none', () => assert.deepEqual(commands([], started), []))
  test('a NIC given back', () =>
    assert.deepEqual(commands(['eth1'], started), [reload, 'nmcli --wait 25 device connect eth1']))
  test('of a NIC that was given back, and that the configuration leaves alone', () => {
    const texts = {'/etc/NetworkManager/conf.d/zz-vmcontext-eth1.conf': '[keyfile]\n'}
    const {after} = nm.activate({down: ['eth1'], up: [], network: noNetwork}, guest(texts, started))
    assert.deepEqual(
      after.map(({argv}) => argv.join(' ')),
      ['nmcli general reload conf', reload],
    )
  })
  test('of a NIC that was given back may fail: it may be out of the machine', () => {
    const activation = {down: ['eth1'], up: ['eth1'], network: noNetwork}
    const {after} = nm.activate(activation, guest({}, started))
    assert.equal(after.at(-1)?.optional, true)
  })
  test('a VLAN', () => {
    const vlan = {...eth0, vlan: {id: 7, name: 'eth0.7'}}
    assert.deepEqual(commands(['eth0.7'], started, {}, vlan).slice(1), [
      up,
      'nmcli --wait 25 connection up uuid f2017bf2-c4ab-5c19-b52b-f66e841defc6',
    ])
  })
  test('a configuration that is another one', () => {
    const texts = {'/etc/NetworkManager/NetworkManager.conf': '[keyfile]\nunmanaged-devices=*\n'}
    assert.deepEqual(commands(['eth0'], started, texts), ['nmcli general reload conf', reload, up])
    assert.deepEqual(commands(['eth0'], started, apply(nm, [eth0], texts)), [reload, up])
  })
  test('a stanza of ifupdown that was there when it started', () => {
    const texts = {'/etc/network/interfaces': 'auto eth0\n iface\teth0 inet dhcp\n'}
    assert.deepEqual(commands(['eth0'], {...started, ...systemd}, texts), [
      'systemctl restart NetworkManager.service',
      up,
    ])
    assert.deepEqual(commands(['eth0'], started, texts), ['service network-manager restart', up])
    assert.deepEqual(commands(['eth0'], started, {'/etc/network/interfaces': 'iface eth01 inet dhcp\n'}), [
      reload,
      up,
    ])
  })
})

describe('who makes resolv.conf', () => {
  const resolves = (text: string, expected: boolean) =>
    test(JSON.stringify(text), () =>
      assert.equal(nm.resolvesNames(guest({'/etc/NetworkManager/conf.d/90-dns.conf': text})), expected),
    )

  resolves('', true)
  resolves('[main]\ndns=systemd-resolved\n', true)
  resolves('[main]\ndns=none\n', false)
  resolves('[main]\nrc-manager = unmanaged\n', false)
  resolves('[main]\nrc-manager=symlink\n#dns=none\n', true)
})

test('256 NICs, 64 addresses, 100 routes', () => {
  const routes = Array.from({length: 100}, (_, index) => ({
    destination: {address: `10.${index}.0.0`, prefix: 16},
  }))
  const addresses = Array.from({length: 64}, (_, index) => ({address: `192.168.0.${index + 1}`, prefix: 24}))
  const nics = Array.from({length: 256}, (_, index): Nic => {
    const mac = `02:00:0a:00:00:${index.toString(16).padStart(2, '0')}`
    return {...eth0, device: `eth${index}`, mac, ipv4: {method: 'static', addresses, routes}}
  })
  const after = apply(nm, nics, {})
  assert.equal(Object.keys(after).length, 256)
  assert.match(after[own]!, /^address64=.*\n(.*\n)*route100=/m)
  assert.deepEqual(nm.render(define(...nics), guest(after)).changed, [])
})

test('no NIC, not one byte', () => {
  const texts = {[`${directory}/Lab`]: '[connection]\ntype=ethernet\ninterface-name=eth0\n'}
  assert.deepEqual(nm.render(define(), guest(texts)), {files: [], problems: [], changed: [], restored: []})
})
