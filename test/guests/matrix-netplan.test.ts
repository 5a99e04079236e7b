// The matrix before netplan itself: the agent writes the file in a guest and runs netplan's generator, the real networkd
// carries it out, and the kernel is compared with what the feature asks for. And what others had written before.

import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, before, describe, test} from 'node:test'
import {type Feature, features, formatContext, nics} from '../matrix/features.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {
  activationOf,
  rootsWithManagers,
  serve,
  startGuestWith,
  startNetworkManager,
  wires,
} from './managers.ts'
import {expectNetwork} from './network-state.ts'
import {
  expectNames,
  readLog,
  resetGuest,
  startBus,
  startNetworkd,
  startNetworkdGuest,
} from './networkd-guest.ts'

const guests = skipWithoutGuest('namespace')
const ownPath = '/etc/netplan/50-vmcontext.yaml'

/** Without PCI and without 802.1Q these stand for no more than that netplan understands the files. */
const cannotRun = ({needs, name}: Feature) => needs === 'vlan' || name === 'pci'

const twoNics: Feature = {
  ...features.find(({name}) => name === 'two-nics')!,
  name: 'two NICs that others describe as well',
}

const dhcp = 'dhcp4: true\n      dhcp6: true'

/** A veth has no MAC of its own for networkd: where a rival goes by MAC it is inert here, and its text must go. */
const rivals: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cloud-init, the same ID': {
    '/etc/netplan/50-cloud-init.yaml': `network:\n  version: 2\n  ethernets:\n    eth0:\n      ${dhcp}\n      addresses: [192.168.0.9/24]\n`,
  },
  'cloud-init, another ID and the MAC': {
    '/etc/netplan/50-cloud-init.yaml': `network:\n  version: 2\n  ethernets:\n    a0:\n      ${dhcp}\n      match: {macaddress: "02:00:c0:a8:00:05"}\n`,
  },
  'another ID and the name, which sorts first': {
    '/etc/netplan/99-late.yaml': `network:\n  version: 2\n  ethernets:\n    a0:\n      match: {name: eth0}\n      addresses: [192.168.0.9/24]\n`,
  },
  'what NetworkManager writes (one-apps #242)': {
    '/etc/netplan/90-NM-626dd384-8b3d-3690-9511-192b2c79b3fd.yaml': `network:
  version: 2
  ethernets:
    NM-626dd384-8b3d-3690-9511-192b2c79b3fd:
      renderer: NetworkManager
      match:
        name: "eth0"
      dhcp4: true
      networkmanager:
        uuid: "626dd384-8b3d-3690-9511-192b2c79b3fd"
        name: "Wired connection 1"
`,
  },
  'a glob, as in the cloud images of Debian': {
    '/etc/netplan/90-default.yaml': `network:\n  version: 2\n  ethernets:\n    all-eth:\n      match: {name: "eth*"}\n      addresses: [192.168.0.9/24]\n`,
  },
  'a bridge elsewhere that stays': {
    '/etc/netplan/01-netcfg.yaml': `network:\n  version: 2\n  ethernets:\n    eth0: {addresses: [192.168.0.9/24]}\n    eth7: {dhcp4: true, optional: true}\n`,
  },
  'an address in each of two files': {
    '/etc/netplan/01-netcfg.yaml': `network:\n  version: 2\n  ethernets:\n    eth0:\n      addresses:\n        - 192.168.0.8/24\n`,
    '/etc/netplan/99-more.yaml': `network:\n  ethernets:\n    eth0:\n      addresses:\n        - 192.168.0.9/24\n`,
  },
}

for (const recipe of rootsWithManagers) {
  describe(`netplan of Debian ${recipe.suite}`, guests, () => {
    for (const wire of wires) {
      describe(`with ${wire ?? 'nobody'} on the wire`, () => {
        let guest: Guest
        before(async () => {
          guest = await startNetworkdGuest(recipe)
          await serve(guest, wire)
        })
        after(() => guest?.[Symbol.asyncDispose]())
        for (const feature of features.filter(each => each.wire === wire && !cannotRun(each))) {
          test(feature.name, async () => {
            await reset(guest)
            // As Ubuntu's installer leaves it: by this netplan is in charge.
            await guest.writeFile('/etc/netplan/01-netcfg.yaml', 'network:\n  version: 2\n', 0o600)
            await boot(guest, feature)
            await startNetworkd(guest)
            await expectNetwork(guest, feature)
            await expectNames(guest, feature)
            if (feature.name === 'ipv6-disabled')
              assert.equal(await guest.expect(['ip', '-6', 'address', 'show', 'dev', 'eth0']), '')
            if (wire === 'dhcp and router') await expectNoLease(guest, feature)
          })
        }
      })
    }

    test('it accepts every file of the matrix, for either renderer', async () => {
      await using guest = await startNetworkdGuest(recipe)
      for (const [name, text] of readExpectedFiles()) {
        for (const renderer of ['networkd', 'NetworkManager']) {
          await guest.writeFile(
            ownPath,
            text.replace('version: 2', `version: 2\n  renderer: ${renderer}`),
            0o600,
          )
          // As /usr/sbin/netplan does, which is Python and slow.
          const {exitCode, stderr} = await guest.run(['/usr/libexec/netplan/generate'])
          assert.deepEqual([exitCode, warningsIn(stderr)], [0, []], `${name}, ${renderer}: ${stderr}`)
        }
      }
    })

    test('of a VLAN it makes what networkd needs', async () => {
      await using guest = await startNetworkdGuest(recipe)
      const [, text] = readExpectedFiles().find(([name]) => name === 'pci-vlan.txt')!
      await guest.writeFile(ownPath, text, 0o600)
      await guest.expect(['/usr/libexec/netplan/generate'])
      const made = await guest.expect(['sh', '-c', 'cat /run/systemd/network/10-netplan-eth1*'])
      assert.match(made, /^\[NetDev\]\nName=eth1\.7\nMTUBytes=1450\nKind=vlan\n\n\[VLAN\]\nId=7$/m)
      assert.match(
        made,
        /^PermanentMACAddress=02:00:0a:00:00:05\n(.*\n)*LinkLocalAddressing=no\nIPv6AcceptRA=no\nVLAN=eth1\.7$/m,
      )
      assert.match(
        made,
        /^Name=eth1\.7\n(.*\n)*Address=10\.7\.0\.5\/24\nAddress=2001:db8:7::5\/64\n(.*\n)*Gateway=10\.7\.0\.1\nMetric=100$/m,
      )
    })

    test('for NetworkManager it makes a connection of each NIC', async () => {
      await using guest = await startGuestWith('NetworkManager', recipe, {nics})
      await reset(guest)
      const {variables} = features.find(({name}) => name === 'dual-stack')!
      const renderer = {NETCFG_TYPE: 'netplan', NETCFG_NETPLAN_RENDERER: 'NetworkManager'}
      const eth1 = {ETH1_IP6: '2001:db8:1::5', ETH1_IP6_GATEWAY: '2001:db8:1::1'}
      await guest.writeFile(
        '/context/context.sh',
        formatContext({variables: {...variables, ...renderer, ...eth1}}),
      )
      await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
      const made = await guest.expect(['sh', '-c', 'cat /run/NetworkManager/system-connections/*'])
      assert.match(
        made,
        /^\[ipv4\]\nmethod=manual\naddress1=192\.168\.0\.5\/24\nroute1=0\.0\.0\.0\/0,192\.168\.0\.1,99$/m,
      )
      assert.match(
        made,
        /^\[ipv6\]\nmethod=manual\naddress1=2001:db8::5\/64\n(.*\n)*route1=::\/0,2001:db8::1,99$/m,
      )
      assert.match(made, /^\[ipv4\]\n(#.*\n)*method=disabled$/m)
      assert.match(made, /^route1=::\/0,2001:db8:1::1,\d+$/m)
    })

    test('NetworkManager carries it out, and brings up after boot what changed', async () => {
      await using guest = await startGuestWith('NetworkManager', recipe, {nics})
      await reset(guest)
      const installed = '/etc/netplan/01-network-manager-all.yaml'
      const lan = 'lan: {match: {name: eth1}, addresses: [10.8.0.5/24], optional: true}'
      const text = `network:\n  version: 2\n  renderer: NetworkManager\n  ethernets:\n    ${lan}\n`
      await guest.writeFile(installed, text, 0o600)
      const eth1 = {ETH1_IP: '10.0.0.5', ETH1_MASK: '24'}
      const first = described(
        {ETH0_IP: '192.168.0.5', ETH0_MTU: '1400', ...eth1},
        {eth0: '192.168.0.5/24', eth1: '10.0.0.5/24'},
      )
      await boot(guest, first)
      await startNetworkManager(guest)
      await expectNetwork(guest, first)

      const before = await activationOf(guest, 'eth1')
      const second = described(
        {ETH0_IP: '192.168.0.77', ...eth1},
        {eth0: '192.168.0.77/24', eth1: '10.0.0.5/24'},
      )
      await boot(guest, second)
      await expectNetwork(guest, {...second, kernel: {...second.kernel, mtu: {eth0: 1500}}})
      assert.equal(await activationOf(guest, 'eth1'), before)

      const third = described({ETH0_IP: '192.168.0.77'}, {eth0: '192.168.0.77/24', eth1: '10.8.0.5/24'})
      await boot(guest, third)
      await expectNetwork(guest, third)
      assert.equal(await guest.readFile(installed), text)
    })

    describe('what others wrote', () => {
      let guest: Guest
      before(async () => {
        guest = await startNetworkdGuest(recipe)
      })
      after(() => guest?.[Symbol.asyncDispose]())
      for (const [name, files] of Object.entries(rivals)) {
        test(name, async () => {
          await reset(guest)
          for (const [path, text] of Object.entries(files)) await guest.writeFile(path, text, 0o600)
          await boot(guest, twoNics)
          await startNetworkd(guest)
          await expectNetwork(guest, twoNics)
        })
      }
    })

    test('after boot what changed is configured anew, and what is given back', async () => {
      await using guest = await startNetworkdGuest(recipe)
      await reset(guest)
      await startBus(guest)
      const installed = '/etc/netplan/01-installer.yaml'
      const text = `network:\n  ethernets:\n    eth1: {addresses: [10.8.0.5/24]} # by hand\n  version: 2\n`
      await guest.writeFile(installed, text, 0o600)
      const eth1 = {ETH1_IP: '10.0.0.5', ETH1_MASK: '24'}
      await boot(
        guest,
        described({ETH0_IP: '192.168.0.5', ...eth1}, {eth0: '192.168.0.5/24', eth1: '10.0.0.5/24'}),
      )
      await startNetworkd(guest)
      await expectNetwork(guest, described({}, {eth0: '192.168.0.5/24', eth1: '10.0.0.5/24'}))
      const second = described(
        {ETH0_IP: '192.168.0.77', ...eth1},
        {eth0: '192.168.0.77/24', eth1: '10.0.0.5/24'},
      )
      const mark = (await readLog(guest)).length
      assert.match(await boot(guest, second), /networkctl reload/)
      await expectNetwork(guest, second)
      const log = (await readLog(guest)).slice(mark)
      assert.match(log, /^eth0: Reconfiguring/m)
      assert.doesNotMatch(log, /^eth1: (Reconfiguring|Removing)/m)
      const third = described({ETH0_IP: '192.168.0.77'}, {eth0: '192.168.0.77/24', eth1: '10.8.0.5/24'})
      await boot(guest, third)
      await expectNetwork(guest, third)
      assert.equal(await guest.readFile(installed), text)
    })
  })
}

function described(variables: Record<string, string>, addresses: Record<string, string>): Feature {
  const lists = Object.entries(addresses).map(([device, address]) => [device, [address]])
  return {name: 'after boot', variables, kernel: {addresses: Object.fromEntries(lists), routes: []}}
}

/** The router speaks of a DHCPv6 server: it is asked, and where the context says `auto` it is not. */
async function expectNoLease(guest: Guest, feature: Feature): Promise<void> {
  const asks = /^eth0: DHCPv6 client: (Start|Sent)/m
  assert.match(await readLog(guest), asks)
  await reset(guest)
  await boot(guest, {
    ...feature,
    variables: {...feature.variables, ETH0_IP6_METHOD: 'auto', NETCFG_TYPE: 'netplan'},
  })
  await startNetworkd(guest)
  const routed = {...feature, kernel: {...feature.kernel, addresses: {eth0: ['192.168.0.5/24']}}}
  await expectNetwork(guest, routed)
  assert.doesNotMatch(await readLog(guest), asks)
}

async function reset(guest: Guest): Promise<void> {
  await resetGuest(guest)
  // systemd runs, as far as the agent can tell.
  const script = 'rm -rf /etc/netplan/* /run/netplan; mkdir -p /run/systemd/system /etc/netplan'
  await guest.expect(['sh', '-ec', script])
}

/** The first stage of a boot; the agent itself runs netplan's generator. */
async function boot(guest: Guest, feature: Feature): Promise<string> {
  await guest.writeFile('/context/context.sh', formatContext(feature))
  const said = await guest.expect(['vmcontext', 'boot', '--stage', 'local'])
  const made = 'ls /run/systemd/network/10-netplan-* || ls /run/NetworkManager/system-connections/netplan-*'
  await guest.expect(['sh', '-c', made])
  return said
}

/** What netplan itself finds wrong; that systemd does not answer here is no news. */
function warningsIn(stderr: string): string[] {
  return stderr.split('\n').filter(line => /WARNING|deprecat|Error|Permissions/i.test(line))
}

function readExpectedFiles(): [name: string, text: string][] {
  const directory = join(import.meta.dirname, '../matrix/expected/netplan')
  return readdirSync(directory).flatMap(file => {
    const parts = readFileSync(join(directory, file), 'utf8').split(/^== /m)
    const part = parts.find(part => part.startsWith(`${ownPath}\n`))
    return part === undefined ? [] : [[file, part.slice(ownPath.length + 1)] as [string, string]]
  })
}
