// What the networkd dialect makes of /etc/systemd/network, and how it has networkd take notice.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Change, Rendering, Surroundings} from '../../src/network/dialect.ts'
import {type Nic, noNetwork} from '../../src/network/model.ts'
import {networkd} from '../../src/network/networkd/networkd.ts'
import {formatProblem} from '../../src/problem.ts'
import {define, guest, nic, tree} from './samples.ts'

const directory = '/etc/systemd/network'
const autostart = '/etc/systemd/system/multi-user.target.d/vmcontext-networkd.conf'
const path = `${directory}/05-vmcontext-eth0.network`
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1', {hasPermanentMac: false})
const eth1 = nic('eth1 10.0.0.5/8', {hasPermanentMac: false})
const vlan = {id: 7, name: 'eth1.7'}
const enabled = {services: new Set(['systemd-networkd'])}

/** What is done to files, a line each. */
function deeds(change: Change, texts: Record<string, string>, fields: Partial<Surroundings> = {}): string[] {
  return list(networkd.render(change, guest(texts, {...enabled, ...fields})))
}

function list({files}: Rendering): string[] {
  return files.map(file => `${file.kind} ${file.path.replace(`${directory}/`, '')}`)
}

function problems(change: Change, texts: Record<string, string>, fields: Partial<Surroundings> = {}): string {
  const {problems} = networkd.render(change, guest(texts, {...enabled, ...fields}))
  return problems.map(formatProblem).join('\n')
}

function textOf(one: Nic, systemdVersion?: number): string {
  const {files} = networkd.render(define(one), guest({}, {...enabled, systemdVersion}))
  const file = files.find(file => file.path === `${directory}/05-vmcontext-${one.device}.network`)
  assert.ok(file?.kind === 'write')
  return file.content.replaceAll('\n', ' ')
}

function own(...nics: Nic[]): Record<string, string> {
  const {files} = networkd.render(define(...nics), guest({}, enabled))
  return Object.fromEntries(files.map(file => [file.path, file.kind === 'write' ? file.content : '']))
}

describe('a key that came with some version', () => {
  const card = {...eth0, hasPermanentMac: true}
  const dhcp = {method: 'dhcp', addresses: [], routes: [], metric: 300} as const
  const auto = {...dhcp, method: 'auto'} as const
  const says = (one: Nic, version: number | undefined, pattern: RegExp) =>
    test(`${version}: ${pattern.source}`, () => assert.match(textOf(one, version), pattern))
  says(card, 245, /\[Match\] PermanentMACAddress=02:00:c0:a8:00:05 /)
  says(card, 244, /\[Match\] Name=eth0 /)
  says(card, undefined, /PermanentMACAddress=/)
  says({...card, newMac: '02:11:22:33:44:55'}, 257, /Name=eth0 +\[Link\] MACAddress=02:11:22:33:44:55 /)
  says({...eth0, ipv4: dhcp}, 243, /\[DHCPv4\] ClientIdentifier=mac RouteMetric=300 /)
  says({...eth0, ipv4: dhcp}, 242, /\[DHCP\] ClientIdentifier=mac RouteMetric=300 /)
  says({...eth0, ipv6: dhcp}, 249, /\[DHCPv6\] WithoutRA=solicit +\[IPv6AcceptRA\] RouteMetric=300 /)
  says({...eth0, ipv6: dhcp}, 246, /\[DHCPv6\] WithoutRA=solicit RouteMetric=300 $/)
  says({...eth0, ipv6: dhcp}, 245, /Gateway=192.168.0.1 $/)
  says({...eth0, ipv6: auto}, 249, /\[IPv6AcceptRA\] DHCPv6Client=no RouteMetric=300 /)
  says(nic('eth0 192.168.0.5/24 via 10.1.1.1 onlink'), 240, / GatewayOnLink=yes /)
  says(nic('eth0 192.168.0.5/24 via 10.1.1.1 onlink'), 239, / GatewayOnlink=yes /)
})

describe('what cannot be had', () => {
  const auto = {method: 'auto', addresses: [], routes: []} as const
  const says = (one: Nic, systemdVersion: number, pattern: RegExp) =>
    test(`${systemdVersion}: ${pattern.source}`, () =>
      assert.match(problems(define(one), {}, {systemdVersion}), pattern))
  says(
    {...eth0, ipv6: auto},
    245,
    /^eth0 asks a DHCPv6 server where the router says so: systemd 245 .*246 can/,
  )
  says({...eth0, ipv6: auto}, 246, /^$/)
  says({...eth0, ipv6: {...auto, metric: 5}}, 245, /metric that systemd gives it/)
  says({...eth0, ipv6: {...auto, method: 'static'}}, 230, /addresses of routers/)
  says(nic('eth0 192.168.0.5/24 via 10.1.1.1 onlink'), 234, /no route through a gateway outside/)
  says({...eth0, mtu: 1000}, 257, /raises the MTU of eth0 from 1000 to 1280/)
  says({...eth0, mtu: 1000, ipv6: {...auto, method: 'disable'}}, 257, /^$/)
})

describe('a file of somebody else', () => {
  const takes = (name: string, match: string, ...expected: string[]) =>
    test(`${name}: ${match} ${expected.join(', ')}`, () => {
      const texts = {
        ...own(eth0),
        [`${directory}/${name}`]: `${match.replaceAll('; ', '\n')}\n[Network]\nDHCP=yes\n`,
      }
      assert.deepEqual(
        deeds(define(eth0), texts),
        expected.filter(each => each !== 'rival'),
      )
      assert.equal(problems(define(eth0), texts) !== '', expected.includes('rival'))
    })
  takes('10-cloud-init-eth0.network', '[Match]; Name=eth0', 'remove 10-cloud-init-eth0.network')
  takes('20-wired.network', '[Match]; Name=e*')
  takes('00-eth0.network', '[Match]; Name=eth0', 'remove 00-eth0.network')
  takes('05-eth0.network', '[Match]; # mine; Name = eth0', 'remove 05-eth0.network')
  takes('00-mac.network', '[Match]; MACAddress=02:00:C0:A8:00:05', 'remove 00-mac.network')
  takes('00-mac.network', '[Match]; PermanentMACAddress=02-00-c0-a8-00-05', 'remove 00-mac.network')
  takes('00-other.network', '[Match]; Name=eth0; MACAddress=02:00:00:00:00:01')
  takes('00-other.network', '[Match]; Name=eth1')
  takes('00-vlan.network', '[Match]; Name=eth0; Type=vlan')
  takes('00-wired.network', '[Match]; Name=en* eth*', 'rival')
  takes('00-wired.network', '[Match]; Name=en* \\; eth*', 'rival')
  takes('00-wired.network', '[Match]; Name=!eth0')
  takes('00-wired.network', '[Match]; Name=!eth1 eth2', 'rival')
  takes('00-wired.network', '[Match]; Name=eth[0-3]', 'rival')
  takes('00-wired.network', '[Match]; Name=eth[!0]')
  takes('00-wired.network', '[Match]; Type=ether', 'rival')
  takes('00-wired.network', '[Match]; Name=eth0; Name=; Name=eth5')
  takes('00-host.network', '[Match]; Host=web1', 'rival')
  takes('00-driver.network', '[Match]; Name=eth0; Driver=virtio_net', 'remove 00-driver.network')
  takes('00-nothing.network', '[Match]')
  takes('05-vmcontext-old.network', '[Match]; Name=eth0', 'remove 05-vmcontext-old.network')
  takes(
    '05-vmcontext-wide0.network',
    '[Match]; PermanentMACAddress=02:00:c0:a8:00:05',
    'remove 05-vmcontext-wide0.network',
  )

  test('that did not come from a person is reported', () => {
    const texts = {...own(eth0), '/run/systemd/network/00-eth0.network': '[Match]\nName=eth0\n'}
    assert.deepEqual(deeds(define(eth0), texts), [])
    assert.match(
      problems(define(eth0), texts),
      /^\/run\/systemd\/network\/00-eth0.network: networkd takes this file for eth0 before ours/,
    )
  })
  test('that is masked does not count', () => {
    const texts = {
      ...own(eth0),
      '/usr/lib/systemd/network/00-all.network': '[Match]\nName=*\n',
      [`${directory}/00-all.network`]: '',
    }
    assert.equal(problems(define(eth0), texts), '')
  })
})

describe('a NIC that is no longer ours', () => {
  const giveBack: Change = {network: noNetwork, withdraw: [], giveBack: [eth0]}
  const withdraw: Change = {network: noNetwork, withdraw: [eth0], giveBack: []}
  const kept = {
    originals: new Map([
      [path, undefined],
      ...tree({[`${directory}/00-eth0.network`]: '[Match]\nName=eth0\n'}),
      ...tree({[`${directory}/00-eth1.network`]: '[Match]\nName=eth1\n'}),
    ]),
  }
  const does = (
    name: string,
    change: Change,
    texts: Record<string, string>,
    fields: Partial<Surroundings>,
    expected: string[],
  ) => test(name, () => assert.deepEqual(deeds(change, texts, fields), expected))
  does('loses our file, and gets its own back', giveBack, own(eth0, eth1), kept, [
    'remove 05-vmcontext-eth0.network',
    'write 00-eth0.network',
  ])
  does(
    'gets the file that stood in the place of ours',
    giveBack,
    own(eth0),
    {originals: tree({[path]: 'x\n'})},
    ['write 05-vmcontext-eth0.network'],
  )
  does('loses our file even where no record is left', giveBack, own(eth0), {}, [
    'remove 05-vmcontext-eth0.network',
  ])
  does('keeps a file that is not ours', giveBack, {[path]: '[Match]\nName=eth0\n'}, {}, [])
  does('has nothing to lose', giveBack, own(eth1), {}, [])
  does(
    'that another dialect defines loses both',
    withdraw,
    {...own(eth0), [`${directory}/20-eth0.network`]: '[Match]\nName=eth0\n'},
    {},
    ['remove 05-vmcontext-eth0.network', 'remove 20-eth0.network'],
  )
  does(
    'that is left alone anyway stays so',
    withdraw,
    {[`${directory}/20-eth0.network`]: '[Match]\nName=eth0\n[Link]\nUnmanaged=yes\n'},
    {},
    [],
  )
  does(
    'leaves what netplan made',
    withdraw,
    {'/run/systemd/network/10-netplan-eth0.network': '[Match]\nName=eth0\n'},
    {},
    [],
  )
  test('that another dialect defines is named if a file for many is about it', () => {
    const texts = {[`${directory}/20-wired.network`]: '[Match]\nName=e*\n'}
    assert.match(problems(withdraw, texts), /configures eth0 by this file as well/)
    assert.equal(problems(withdraw, texts, {landmarks: new Set(['/usr/sbin/netplan'])}), '')
  })
  test('says which interfaces have a definition again', () => {
    const {changed, restored} = networkd.render(giveBack, guest(own(eth0, eth1), {...enabled, ...kept}))
    assert.deepEqual([changed, restored], [['eth0'], ['eth0']])
  })
  const renamed = {...eth0, device: 'ens3'}
  const change = {network: {...noNetwork, nics: [renamed]}, withdraw: [], giveBack: [eth0]}
  test('gets a file for its old name back, as nothing of ours has that name now', () => {
    const {files} = networkd.render(change, guest(own(eth0), {...enabled, ...kept}))
    assert.ok(files.some(({kind, path}) => kind === 'write' && kept.originals.has(path)))
  })
  test('does not get a file back that would be for it under its new name too', () => {
    const byMac = {originals: tree({[`${directory}/00-mac.network`]: `[Match]\nMACAddress=${eth0.mac}\n`})}
    assert.deepEqual(deeds(change, own(eth0), byMac), [
      'write 05-vmcontext-ens3.network',
      'remove 05-vmcontext-eth0.network',
    ])
  })
})

describe('a VLAN', () => {
  const tagged = {...eth1, vlan}
  test('has three files, and is what changes', () => {
    const {files, changed} = networkd.render(define(tagged), guest({}, enabled))
    assert.deepEqual(list({files} as Rendering), [
      'write 05-vmcontext-eth1.7.netdev',
      'write 05-vmcontext-eth1.network',
      'write 05-vmcontext-eth1.7.network',
    ])
    assert.deepEqual(changed, ['eth1.7'])
  })
  test('goes, and the NIC below it stays', () => {
    const change = {...define(eth1), giveBack: [tagged]}
    assert.deepEqual(deeds(change, own(tagged)), [
      'write 05-vmcontext-eth1.network',
      'remove 05-vmcontext-eth1.7.netdev',
      'remove 05-vmcontext-eth1.7.network',
    ])
  })
  const forMany = {[`${directory}/99-default.network`]: '[Match]\nName=e*\n'}
  const outcome = (change: Change) => {
    const {changed, restored} = networkd.render(change, guest({...own(tagged), ...forMany}, enabled))
    return {changed, restored}
  }
  test('that goes is not held for what a file for many is about', () => {
    const change = {...define(eth1), giveBack: [tagged]}
    assert.deepEqual(outcome(change), {changed: ['eth1', 'eth1.7'], restored: []})
  })
  test('goes with its NIC, which is what has a definition again', () => {
    const change = {network: noNetwork, withdraw: [], giveBack: [tagged]}
    assert.deepEqual(outcome(change), {changed: ['eth1.7'], restored: ['eth1']})
  })
})

test('a NIC that gets no address at all is not waited for', () => {
  const ipv6 = {method: 'disable', addresses: [], routes: []} as const
  assert.match(textOf({...eth0, ipv4: undefined, ipv6}), /\[Link\] RequiredForOnline=no /)
  assert.doesNotMatch(textOf({...eth0, ipv6}), /RequiredForOnline/)
})

describe('networkd takes notice', () => {
  const runs = (
    name: string,
    down: string[],
    up: string[],
    fields: Partial<Surroundings>,
    expected: string[],
  ) =>
    test(name, () => {
      const network = {...noNetwork, nics: [eth0]}
      const texts = {[`${directory}/05-vmcontext-eth1.7.netdev`]: '[NetDev]\n', ...(fields.files && {})}
      const surroundings = {...guest(texts, {...enabled, systemdVersion: 257}), ...fields}
      const {before, after} = networkd.activate({down, up, network}, surroundings)
      assert.deepEqual(
        [...before, ...after].map(({argv}) => argv.join(' ')),
        expected,
      )
    })
  const systemd = {landmarks: new Set(['/run/systemd/system'])}
  const nobody = {services: new Set<string>()}
  const running = {isStarted: true}
  runs('by itself, where it is still to come', ['eth0'], ['eth0'], systemd, [])
  runs('once it is started, where nothing starts it', ['eth0'], ['eth0'], {...systemd, ...nobody}, [
    'systemctl --no-block start systemd-networkd.service',
  ])
  runs(
    'by itself, where our drop-in starts it',
    ['eth0'],
    ['eth0'],
    {...systemd, ...nobody, files: tree({[autostart]: ''})},
    [],
  )
  runs('not at all without systemd', ['eth0'], ['eth0'], nobody, [])
  runs('where it runs', ['eth0'], ['eth0'], running, ['networkctl reload'])
  runs('of 243', ['eth0'], ['eth0'], {...running, systemdVersion: 243}, [
    'systemctl restart systemd-networkd.service',
  ])
  runs('of a VLAN that is gone', ['eth1.7'], [], running, ['networkctl delete eth1.7', 'networkctl reload'])
  runs('of a NIC that is gone', ['eth9'], [], running, ['networkctl reload'])
  runs('of 247, of a NIC that is gone', ['eth9'], [], {...running, systemdVersion: 247}, [
    'networkctl reload',
    'ip address flush dev eth9',
  ])
})

describe('the drop-in that starts networkd', () => {
  const does = (
    name: string,
    change: Change,
    texts: Record<string, string>,
    services: string[],
    expected: string[],
  ) =>
    test(name, () => {
      const rendering = networkd.render(change, guest(texts, {services: new Set(services)}))
      assert.deepEqual(
        rendering.files.filter(file => file.path === autostart).map(file => file.kind),
        expected,
      )
    })
  const {files} = networkd.render(define(eth0), guest())
  const there = Object.fromEntries(files.map(file => [file.path, file.kind === 'write' ? file.content : '']))
  const giveBack: Change = {network: noNetwork, withdraw: [], giveBack: [eth0]}
  does('comes where nothing else does', define(eth0), {}, [], ['write'])
  does('does not where something does', define(eth0), {}, ['systemd-networkd'], [])
  does('goes once something does', define(eth0), there, ['systemd-networkd'], ['remove'])
  does('goes with the last NIC', giveBack, there, [], ['remove'])
  does('stays for the others', giveBack, {...there, ...own(eth1)}, [], [])
  does('is not for a dialect that is not in charge', giveBack, own(eth0), [], [])
})

describe('resolv.conf is made by systemd-resolved', () => {
  const is = (expected: boolean, name: string, fields: Partial<Surroundings>) =>
    test(`${expected}: ${name}`, () => assert.equal(networkd.resolvesNames(guest({}, fields)), expected))
  const resolved = {services: new Set(['systemd-resolved'])}
  is(true, 'enabled, and the link is there', {
    ...resolved,
    resolvConfTarget: '../run/systemd/resolve/stub-resolv.conf',
  })
  is(true, 'enabled, and the link comes at boot', resolved)
  is(false, 'enabled, and there is a file', {...resolved, files: tree({'/etc/resolv.conf': ''})})
  is(false, 'enabled, and the link leads elsewhere', {
    ...resolved,
    resolvConfTarget: '/run/resolvconf/resolv.conf',
  })
  is(false, 'not enabled', {resolvConfTarget: '../run/systemd/resolve/stub-resolv.conf'})
})

test('256 NICs are no more than 256 times one', () => {
  const nics = Array.from({length: 256}, (_, index) => ({
    ...nic(`eth${index} 10.0.${index}.5/24`),
    hasPermanentMac: false,
  }))
  const texts = {...own(...nics), [`${directory}/99-all.network`]: '[Match]\nName=*\n'}
  const rendering = networkd.render(define(...nics), guest(texts, enabled))
  assert.deepEqual(rendering, {files: [], problems: [], changed: [], restored: []})
})
