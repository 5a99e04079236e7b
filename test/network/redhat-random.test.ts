// Random networks in ifcfg files, read back as each of the two readers does: they see the network that was meant.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {type Ipv4, type Ipv6, interfaceOf, type Network, type Nic} from '../../src/network/model.ts'
import {redhat} from '../../src/network/redhat/redhat.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed} from '../random.ts'
import {readAsNetworkManager, readAsScripts, type Seen, type Texts} from './ifcfg-readers.ts'
import {randomNetwork} from './random-network.ts'
import {guest} from './samples.ts'

const firstSeed = chooseSeed()
const seeds = Array.from({length: rounds(700, 30_000)}, (_, index) => firstSeed + index)

const eachSeed = (name: string, check: (network: Network, texts: Texts) => void) =>
  test(`${name}, VMCONTEXT_SEED=${firstSeed}`, t => {
    for (const seed of seeds) {
      const network = randomNetwork(seed)
      const texts = render(network, {})
      try {
        check(network, texts)
      } catch (error) {
        const files = Object.entries(texts).map(([path, text]) => `== ${path}\n${text}`)
        throw new Error(`VMCONTEXT_SEED=${seed}\n${files.join('\n')}`, {cause: error})
      }
    }
    tried(t, seeds.length, `random networks in redhat: ${name}`)
  })

eachSeed('the scripts', (network, texts) => {
  const expected = expectInterfaces(network)
  const [speaker] = byName(
    readAsScripts(texts).filter(({servers, domains}) => servers.length > 0 || domains !== ''),
  )
  assert.deepEqual(withoutNames(readAsScripts(texts)), withoutNames(expected))
  assert.deepEqual(speaker?.servers ?? [], network.dns.slice(0, 3))
  assert.equal(speaker?.domains ?? '', network.searchDomains.join(' '))
})

eachSeed('NetworkManager', (network, texts) => {
  assert.deepEqual(withoutNames(readAsNetworkManager(texts)), withoutNames(expectInterfaces(network)))
  // Each server once: NetworkManager puts those of all links together.
  const visible = new Set(readAsNetworkManager(texts).flatMap(({servers}) => servers))
  const speaker = network.nics.find(nic => nic.ipv4 !== undefined) ?? network.nics[0]!
  const canSee = (server: string) => (server.includes(':') ? hasIpv6(speaker) : speaker.ipv4 !== undefined)
  for (const server of network.dns.slice(0, 3).filter(canSee)) assert.ok(visible.has(server), server)
  for (const server of visible) assert.ok(network.dns.includes(server), server)
})

eachSeed('a second run changes nothing', (network, texts) => {
  assert.deepEqual(render(network, texts), texts)
})

function render(network: Network, texts: Texts): Texts {
  const after = {...texts}
  for (const action of redhat.render({network, withdraw: [], giveBack: []}, guest(texts)).files) {
    if (action.kind === 'write') after[action.path] = action.content
    else delete after[action.path]
  }
  return after
}

function expectInterfaces({nics}: Network): Seen[] {
  return nics.flatMap(nic => [...(nic.vlan === undefined ? [] : [expectCarrier(nic)]), expectInterface(nic)])
}

function expectInterface(nic: Nic): Seen {
  const {ipv4, ipv6, vlan} = nic
  const addresses = [...(ipv4?.addresses ?? []), ...(ipv6?.addresses ?? [])]
  return {
    device: interfaceOf(nic),
    mtu: nic.mtu?.toString(),
    mac: vlan === undefined ? nic.newMac : undefined,
    vlan: vlan === undefined ? undefined : `${nic.device} ${vlan.id}`,
    dhcp4: ipv4?.method === 'dhcp',
    addresses: addresses.map(({address, prefix}) => `${address}/${prefix}`).toSorted(),
    routes: [...expectRoutes(ipv4), ...expectRoutes(ipv6)].toSorted(),
    ipv6: ipv6 === undefined ? 'kernel' : ipv6.method === 'disable' ? 'off' : ipv6.method,
    servers: [],
    domains: '',
  }
}

function expectCarrier({device, mtu, newMac}: Nic): Seen {
  const nothing = {dhcp4: false, addresses: [], routes: [], ipv6: 'off', servers: [], domains: ''} as const
  return {...nothing, device, mtu: mtu?.toString(), mac: newMac, vlan: undefined}
}

function expectRoutes(family: Ipv4 | Ipv6 | undefined): string[] {
  const {gateway, routes = []} = family ?? {}
  const all = [...(gateway === undefined ? [] : [{to: 'default', gateway, metric: gateway.metric}])]
  const own = routes.map(({destination, ...rest}) => ({
    to: `${destination.address}/${destination.prefix}`,
    ...rest,
  }))
  return [...all, ...own].map(({to, gateway: hop, metric}) => {
    return `${to}${hop === undefined ? '' : ` via ${hop.address}`}${metric === undefined ? '' : ` metric ${metric}`}`
  })
}

function hasIpv6({ipv6}: Nic): boolean {
  return ipv6 === undefined || ipv6.method !== 'disable'
}

function withoutNames(seen: readonly Seen[]): Seen[] {
  return byName(seen).map(each => ({...each, servers: [], domains: ''}))
}

function byName(seen: readonly Seen[]): Seen[] {
  return seen.toSorted((one, other) => (one.device < other.device ? -1 : 1))
}
