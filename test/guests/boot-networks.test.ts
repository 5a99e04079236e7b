// Networks of today in booted machines, each with another manager of the network: what a guest in namespaces cannot
// show. Real names of network cards, real PCI addresses, VLANs, cards that come late; images in which nobody starts
// the network until there is something to do.

import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, type TestContext, test} from 'node:test'
import type {Feature} from '../matrix/features.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {firstSlot, type Machine, startMachine} from './machine.ts'
import {expectNetwork} from './network-state.ts'
import {
  debian12WithManagers,
  debian12WithSystemd,
  debian13WithManagers,
  provideRoot,
  type RootRecipe,
} from './root-image.ts'

const nics = [
  {mac: '02:00:c0:a8:00:05', network: '192.168.0.0/24', host: '192.168.0.2'},
  {mac: '02:00:0a:00:00:05', network: '10.0.0.0/24', host: '10.0.0.2'},
  {mac: '02:00:0a:07:00:05', network: '10.7.0.0/24', host: '10.7.0.2'},
]

const timeout = 400_000

describe('a machine with a context of today', {...skipWithoutGuest('machine'), concurrency: 2}, () => {
  test('Debian 12, netplan without a file, networkd disabled', {timeout}, async context => {
    await bootAndLook(context, {
      name: 'netplan-12',
      recipe: debian12WithManagers,
      prepare: seal,
    })
  })

  test('Debian 13, netplan without a file, networkd disabled', {timeout}, async context => {
    await bootAndLook(context, {
      name: 'netplan-13',
      recipe: debian13WithManagers,
      prepare: seal,
    })
  })

  test('Debian 12 with NetworkManager', {timeout}, async context => {
    await bootAndLook(context, {name: 'networkmanager', recipe: debian12WithManagers, prepare: removeNetplan})
  })

  test('Debian 12 with ifupdown, its network cards found late', {timeout}, async context => {
    await bootAndLook(context, {
      name: 'ifupdown-late',
      recipe: debian12WithSystemd,
      lateDriver: true,
      async prepare(guest) {
        await guest.writeFile('/etc/systemd/system/late-driver.service', lateDriver)
        await guest.expect(['systemctl', 'enable', 'late-driver'])
      },
    })
  })

  test('Debian 12 with networkd', {timeout}, async context => {
    await bootAndLook(context, {
      name: 'networkd',
      recipe: debian12WithManagers,
      async prepare(guest) {
        await removeNetplan(guest)
        await guest.expect(['systemctl', 'disable', 'NetworkManager'])
        await guest.expect(['systemctl', 'enable', 'systemd-networkd'])
      },
    })
  })
})

/** An image as it is made for cloning: nobody has anything to do about the network. */
async function seal(guest: Guest): Promise<void> {
  const script = 'rm -f /etc/netplan/*; systemctl disable systemd-networkd.service NetworkManager.service'
  await guest.expect(['sh', '-c', script])
}

/** Its generator stays, and finds no file. */
async function removeNetplan(guest: Guest): Promise<void> {
  await guest.expect(['sh', '-c', 'rm -rf /etc/netplan /usr/sbin/netplan'])
}

/** A driver that takes its time; udev then gives the cards their real names, while the agent waits for them. */
const lateDriver = `[Unit]
DefaultDependencies=no
After=systemd-udevd.service

[Service]
ExecStart=/bin/busybox sh -c 'sleep 2; insmod /dev/late/virtio_net.ko'

[Install]
WantedBy=sysinit.target
`

const slot = (index: number) => `00:${(firstSlot + index).toString(16)}.0`

const variables = {
  SET_HOSTNAME: 'today',
  ETH0_MAC: nics[0]!.mac,
  ETH0_IP: '192.168.0.5',
  ETH0_MASK: '24',
  ETH0_GATEWAY: '192.168.0.1',
  ETH0_IP6: '2001:db8::5',
  ETH0_IP6_GATEWAY: 'fe80::1',
  ETH0_MTU: '1400',
  ETH0_DNS: '192.168.0.3',
  ETH0_SEARCH_DOMAIN: 'one.example',
  ETH0_ALIAS0_IP: '172.16.0.6',
  ETH0_ALIAS0_MASK: '255.255.0.0',
  ETH1_MAC: nics[1]!.mac,
  ETH1_IP: '10.0.0.5',
  ETH1_MASK: '255.255.255.255',
  ETH1_GATEWAY: '10.9.0.1',
  PCI0_ADDRESS: slot(2),
  PCI0_MAC: '02:11:22:33:44:55',
  PCI0_VLAN_ID: '7',
  PCI0_IP: '10.7.0.5',
  PCI0_MTU: '1450',
  PCI7_ADDRESS: '00:1e.0',
}

/** What the kernel shall have, once it is known what udev called the cards. */
function expectation([first, second, third]: readonly string[]): Feature {
  return {
    name: 'a context of today',
    variables,
    kernel: {
      addresses: {
        [first!]: ['192.168.0.5/24', '172.16.0.6/16', '2001:db8::5/64'],
        [second!]: ['10.0.0.5/32'],
        [`${third}.7`]: ['10.7.0.5/24'],
      },
      routes: [
        {to: 'default', via: '192.168.0.1', dev: first!},
        {to: 'default', via: '10.9.0.1', dev: second!, metric: 101},
        {to: 'default', via: 'fe80::1', dev: first!},
      ],
      mtu: {[first!]: 1400, [`${third}.7`]: 1450},
      macs: {[third!]: variables.PCI0_MAC},
    },
  }
}

type Way = {
  name: string
  recipe: RootRecipe
  lateDriver?: boolean
  prepare?: (guest: Guest) => Promise<void>
}

/** Boots a machine from an image in which only the agent is set up, and looks at what the kernel has. */
async function bootAndLook(context: TestContext, {name, recipe, prepare, ...options}: Way): Promise<void> {
  const text = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`)
  const disc = {files: {'context.sh': text.join('')}, label: 'CONTEXT'}
  await using machine = await startMachine({
    name,
    nics,
    address: '192.168.0.5',
    disc,
    root: await provideRoot(recipe),
    async prepare(guest) {
      await installUnits(guest)
      await prepare?.(guest)
    },
    ...options,
  })
  try {
    const names = await nameCards(machine)
    const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`
    const shell = {expect: (argv: readonly string[]) => machine.inspect(argv.map(quote).join(' '))}
    await expectNetwork(shell, expectation(names), 60_000)
    context.diagnostic(`the network is complete ${machine.age.toFixed(0)} s after power-on`)
    assert.equal(await machine.inspect('hostname'), 'today')
    assert.match(await machine.inspect('cat /etc/resolv.conf'), /nameserver 192\.168\.0\.3/)
    assert.equal(await machine.inspect('systemctl --failed --no-legend'), '')
    await machine.inspect('systemctl is-active --wait vmcontext-final || :')
    const {runs}: {runs: {outcome: string}[]} = JSON.parse(
      await machine.inspect('cat /run/vmcontext/report.json'),
    )
    assert.deepEqual(
      runs.map(({outcome}) => outcome),
      ['done', 'done'],
    )
    // Nothing is left to do, and doing it once more bounces nothing.
    const carriers = 'cat /sys/class/net/e*/carrier_changes'
    const before = await machine.inspect(carriers)
    await machine.inspect('vmcontext plan --check >&2 && vmcontext boot --force >&2')
    assert.equal(await machine.inspect(carriers), before)
  } catch (error) {
    context.diagnostic(`the console of ${name}:\n${await machine.console()}`)
    context.diagnostic(
      await machine
        .inspect(
          'cat /run/vmcontext/report.json; ip address; ip route; ip -6 route; journalctl -b --no-pager | tail -80',
        )
        .catch(() => ''),
    )
    throw error
  }
}

async function installUnits(guest: Guest): Promise<void> {
  for (const unit of ['vmcontext.service', 'vmcontext-local.service', 'vmcontext-final.service']) {
    const text = await readFile(join(import.meta.dirname, '../../init/systemd', unit), 'utf8')
    await guest.writeFile(`/etc/systemd/system/${unit}`, text)
  }
  await guest.expect(['systemctl', 'enable', 'vmcontext-local', 'vmcontext-final', 'ssh'])
}

/** The names of the cards in the order of their places on the bus. */
async function nameCards(machine: Machine): Promise<string[]> {
  const list = nics.map((_, index) => `ls /sys/bus/pci/devices/0000:${slot(index)}/virtio*/net`)
  return (await machine.inspect(list.join('; '))).split('\n')
}
