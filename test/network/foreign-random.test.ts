// Real network files, mutated, under every dialect: what is not about our NICs keeps its bytes and its order, a second
// run changes nothing, and given back everything is as it was, byte for byte.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {FileAction} from '../../src/action.ts'
import type {Dialect, Surroundings} from '../../src/network/dialect.ts'
import {dialects} from '../../src/network/dialects.ts'
import type {Network, Nic} from '../../src/network/model.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed, Random} from '../random.ts'
import {randomNetwork} from './random-network.ts'
import {mutate, realFiles} from './real-files.ts'
import {define, guest, tree} from './samples.ts'

const seed = chooseSeed()
const count = rounds(400, 20_000)

type Texts = Record<string, string>

for (const dialect of dialects) {
  test(`real files, mutated, ${dialect.name}, VMCONTEXT_SEED=${seed}`, t => {
    const real = realFiles(dialect.name)
    assert.ok(real.length > 0)
    for (let run = 0; run < count; run++) {
      const random = new Random(seed + run)
      const some = Array.from({length: 1 + random.below(3)}, () => random.pick(real))
      const before = Object.fromEntries(some.map(({path, text}) => [path, mutate(random, text)]))
      const isForeign = random.oneIn(2)
      const network = renamed(randomNetwork(random.below(2 ** 31)), isForeign)
      try {
        check(dialect, before, network, isForeign)
      } catch (error) {
        throw new Error(`VMCONTEXT_SEED=${seed + run}\n${JSON.stringify(before, null, 1)}`, {cause: error})
      }
    }
    tried(t, count, `real network files, mutated, under ${dialect.title}`)
  })
}

function check(dialect: Dialect, before: Texts, {nics}: Network, isForeign: boolean): void {
  const after = perform(before, dialect.render(define(...nics), surroundings(before)).files)
  if (isForeign) {
    // In a quote that a mutation opened, lines are part of a value.
    const isWhole = ([path, text]: [string, string]) => shared[path] === undefined || !/["'\\]/.test(text)
    for (const [path, text] of Object.entries(before).filter(isWhole)) expectKept(text, after[path], path)
  }
  const owned = new Map(
    Object.keys({...before, ...after})
      .filter(path => before[path] !== after[path])
      .map(path => [path, tree(before).get(path)] as const),
  )
  const second = dialect.render(define(...nics), {...surroundings(after), originals: owned})
  assert.deepEqual(second.files, [], 'a second run changes something')
  const change = {...define(), giveBack: nics}
  const back = perform(after, dialect.render(change, {...surroundings(after), originals: owned}).files)
  assert.deepEqual(withoutSwitch(back), withoutSwitch(before), 'given back it is not what it was')
}

/** NETWORKING=yes is no matter of one NIC and stays. */
function withoutSwitch({'/etc/sysconfig/network': _, ...rest}: Texts): Texts {
  return rest
}

function surroundings(texts: Texts): Surroundings {
  const services = new Set(['systemd-networkd', 'NetworkManager'])
  return guest(texts, {systemdVersion: 252, landmarks: new Set(['/sbin/netconfig']), services})
}

function perform(texts: Texts, actions: readonly FileAction[]): Texts {
  const after = {...texts}
  for (const action of actions) {
    if (action.kind === 'write') after[action.path] = action.content
    else delete after[action.path]
  }
  return after
}

/** Lines about the network as a whole, which are ours to set: contract §4. */
const shared: Readonly<Record<string, RegExp>> = {
  '/etc/sysconfig/network': /^\s*(export\s+)?NETWORKING=/,
  '/etc/sysconfig/network/config': /^\s*(export\s+)?NETCONFIG_DNS_STATIC_/,
  '/etc/sysconfig/network/routes': /^\s*default\s/,
}

/** Every line of the text is there, in order. */
function expectKept(text: string, now: string | undefined, path: string): void {
  const kept = text.split('\n').filter(line => line.trim() !== '' && !shared[path]?.test(line))
  if (kept.length === 0) return
  assert.ok(now !== undefined, `${path} is gone`)
  let position = 0
  for (const line of kept) {
    const found = now.indexOf(line, position)
    assert.notEqual(found, -1, `${path}: lost ${JSON.stringify(line)} of\n${now}`)
    position = found + line.length
  }
}

/** NICs that no real file speaks of; else eth0 and its like, which they do. */
function renamed(network: Network, isForeign: boolean): Network {
  const rename = (nic: Nic, index: number): Nic => {
    const device = isForeign ? `qx${index}` : `eth${index}`
    const vlan = nic.vlan && {...nic.vlan, name: `${device}.${nic.vlan.id}`}
    return {...nic, device, mac: `02:00:7f:7f:7f:0${index}`, vlan}
  }
  return {...network, nics: network.nics.map(rename)}
}
