// For random networks: what netplan is told, read back by a reader that knows nothing of how it was written, is the
// network. And what others had written keeps its bytes.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parse} from 'yaml'
import type {Network, Nic} from '../../src/network/model.ts'
import {netplan} from '../../src/network/netplan/netplan.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed} from '../random.ts'
import {seededRandom} from './random-interfaces.ts'
import {randomNetwork} from './random-network.ts'
import {apply, define, guest} from './samples.ts'

const firstSeed = chooseSeed()
const seeds = Array.from({length: rounds(300, 10_000)}, (_, index) => firstSeed + index)
const own = '/etc/netplan/50-vmcontext.yaml'
const other = '/etc/netplan/01-netcfg.yaml'

const eachSeed = (name: string, check: (network: Network, seed: number) => void) =>
  test(`${name}, VMCONTEXT_SEED=${firstSeed}`, t => {
    for (const seed of seeds) {
      try {
        check(randomNetwork(seed), seed)
      } catch (error) {
        throw new Error(`VMCONTEXT_SEED=${seed}`, {cause: error})
      }
    }
    tried(t, seeds.length, `random networks in netplan: ${name}`)
  })

eachSeed('the network comes back', network => {
  const files = apply(netplan, network.nics, {})
  assert.deepEqual(readNics(files), network.nics.map(simplify))
})

eachSeed('a second run changes nothing', network => {
  const files = apply(netplan, network.nics, {})
  assert.deepEqual(netplan.render(define(...network.nics), guest(files, {systemdVersion: 257})).files, [])
})

eachSeed('what others say of other NICs keeps its bytes', (network, seed) => {
  const random = seededRandom(seed)
  const pieces = randomFile(random, network.nics)
  const text = (isKept: (piece: Piece) => boolean) =>
    pieces
      .filter(isKept)
      .map(piece => piece.text)
      .join('')
  const before = text(() => true)
  const after = apply(netplan, network.nics, {[other]: before})
  assert.equal(
    after[other],
    text(piece => !piece.isOurs),
  )
  assert.deepEqual(
    netplan.render(
      define(...network.nics),
      guest(after, {originals: new Map([[other, {content: before, mode: 0o644}]])}),
    ).files,
    [],
  )
})

type Entry = {
  match?: {macaddress?: string}
  link?: string
  id?: number
  macaddress?: string
  mtu?: number
  dhcp4: boolean
  dhcp6: boolean
  'accept-ra'?: boolean
  'link-local'?: string[]
  addresses?: string[]
  routes?: {to: string; via?: string; 'on-link'?: boolean; metric?: number; scope?: string}[]
  nameservers?: {addresses?: string[]; search?: string[]}
}

/** Reads the NICs as netplan and networkd would. */
function readNics(files: Record<string, string>): unknown[] {
  const {network} = parse(files[own]!) as {
    network: {ethernets: Record<string, Entry>; vlans?: Record<string, Entry>}
  }
  return Object.entries(network.ethernets).map(([id, entry]) => {
    const [name, vlan] = Object.entries(network.vlans ?? {}).find(([, each]) => each.link === id) ?? []
    const ip = vlan ?? entry
    if (vlan !== undefined)
      assert.deepEqual([entry.addresses, entry['link-local'], vlan.mtu], [undefined, [], entry.mtu])
    const dropIn = files[`/etc/systemd/network/10-netplan-${name ?? id}.network.d/vmcontext.conf`] ?? ''
    return {
      mac: entry.match?.macaddress,
      newMac: entry.macaddress,
      mtu: entry.mtu,
      vlan: vlan && {id: vlan.id, name},
      ipv4: readFamily(ip, false, readMethod4(ip)),
      ipv6: readFamily(ip, true, readMethod6(ip, dropIn)),
      dns: ip.nameservers?.addresses ?? [],
      searchDomains: ip.nameservers?.search ?? [],
    }
  })
}

function readMethod4({dhcp4, addresses = []}: Entry): string | undefined {
  if (dhcp4) return 'dhcp'
  return addresses.some(address => !address.includes(':')) ? 'static' : undefined
}

function readMethod6(entry: Entry, dropIn: string): string | undefined {
  const asksRouter = entry['accept-ra']
  assert.equal(dropIn.includes('DHCPv6Client=no'), asksRouter === true && !entry.dhcp6)
  if (asksRouter === undefined) return undefined
  if (asksRouter) return entry.dhcp6 ? 'dhcp' : 'auto'
  return entry['link-local'] === undefined ? 'static' : 'disable'
}

function readFamily(
  {addresses = [], routes = []}: Entry,
  isIn6: boolean,
  method: string | undefined,
): unknown {
  if (method === undefined) return undefined
  const isOfFamily = (address: string) => address.includes(':') === isIn6
  const its = routes.filter(({to, via}) => isOfFamily(via ?? to))
  for (const {via, scope} of its) assert.equal(scope, via === undefined ? 'link' : undefined)
  const all = its.map(({to, via, metric, 'on-link': onLink = false}) => {
    return {to, via, onLink: via === undefined ? undefined : onLink, metric}
  })
  return {
    method,
    addresses: addresses.filter(isOfFamily),
    gateway: all.find(({to}) => to === 'default'),
    routes: all.filter(({to}) => to !== 'default'),
  }
}

/** The same of the model. */
function simplify({mac, newMac, mtu, vlan, ipv4, ipv6, dns, searchDomains}: Nic): unknown {
  const family = (its: Nic['ipv4'] | Nic['ipv6']) =>
    its && {
      method: its.method,
      addresses: its.addresses.map(({address, prefix}) => `${address}/${prefix}`),
      gateway: its.gateway && {
        to: 'default',
        via: its.gateway.address,
        onLink: its.gateway.onLink,
        metric: its.gateway.metric,
      },
      routes: its.routes.map(({destination: {address, prefix}, gateway, metric}) => {
        return {to: `${address}/${prefix}`, via: gateway?.address, onLink: gateway?.onLink, metric}
      }),
    }
  return {mac, newMac, mtu, vlan, ipv4: family(ipv4), ipv6: family(ipv6), dns, searchDomains}
}

type Piece = {text: string; isOurs: boolean}

/** A file as people write it, in pieces; each of some NICs is described by its name or its MAC. */
function randomFile(random: () => number, nics: readonly Nic[]): Piece[] {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!
  const kept = (text: string): Piece => ({text, isOurs: false})
  const body = () =>
    pick(
      ' {}',
      ' {dhcp4: yes}  # \xe9',
      '\n      dhcp4: true\n      # why\n      dhcp6: no',
      '\n        addresses:\n        - 10.1.1.1/8',
      ' # x\n      mtu: 1400',
    )
  const own = nics.map((nic): Piece => {
    const byMac = `    "x-${nic.device}":\n      match: {macaddress: '${nic.mac.toUpperCase()}'}${pick('', '\n      dhcp4: on')}\n`
    return {text: pick(byMac, `    ${nic.device}:${body()}\n`), isOurs: true}
  })
  const foreign = ['eth7', 'ens9', '"on"'].map(id => kept(`    ${id}:${body()}\n`))
  const between = () => pick([], [], [kept(pick('\n', '# eth0: {}\n', '    # \xff\xa0\n', '\n\n'))])
  const entries = [...own, ...foreign].sort(() => random() - 0.5)
  return [
    kept(pick('', '# installer\n', '---\n')),
    kept('network:\n'),
    kept(pick('  version: 2\n', '  renderer: networkd\n  version: 2\n')),
    kept('  ethernets:\n'),
    ...entries.flatMap(entry => [...between(), entry]),
    kept(pick('', '  bridges:\n    br0: {dhcp4: true}\n', '# end\n')),
  ]
}
