// Random contexts through planning, in every dialect: planning never throws, what a NIC gets is what was meant, and a
// wrong value costs what the contract says and nothing else.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Nic} from '../../src/network/model.ts'
import {formatPlace, type Problem} from '../../src/problem.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed, Random} from '../random.ts'
import {costOf} from './costs.ts'
import {formatVariables, type Meant, type RandomContext, randomContext} from './random-context.ts'
import {type Base, bases, openGuest, type Planned, type Planner} from './random-guest.ts'

const seed = chooseSeed()
const count = rounds(300, 20_000)

type Case = RandomContext & {text: string; random: Random}

/** Tries contexts on one guest; a failure tells how to make the case again. */
function eachContext(name: string, base: Base, check: (plan: Planner, one: Case) => void): void {
  test(`${name}, ${base}, VMCONTEXT_SEED=${seed}`, t => {
    const plan = openGuest(base)
    for (let run = 0; run < count; run++) {
      const random = new Random(seed + run)
      const context = randomContext(random, random.oneIn(2) ? random.below(9999).toString(36) : '')
      const text = formatVariables(context.variables)
      try {
        check(plan, {...context, text, random})
      } catch (error) {
        const links = context.links
          .map(({name, mac, pciAddress}) => `${name} ${mac} ${pciAddress}\n`)
          .join('')
        throw new Error(`VMCONTEXT_SEED=${seed + run}\n${text}\n${links}`, {cause: error})
      }
    }
    tried(t, count, `random contexts: ${name}, ${base}`)
  })
}

for (const base of Object.keys(bases) as Base[]) {
  eachContext('planned without a defect, and the same again', base, (plan, {text, links}) => {
    const first = plan(text, links)
    expectPlaces(first.problems, text)
    expectClean(first)
    const again = plan(text, links, first.files)
    assert.deepEqual([again.written, again.removed, again.problems], [{}, [], first.problems])
  })
}

eachContext('a NIC gets what was meant', 'networkd', (plan, {text, links, meant}) => {
  const macs = meant.map(({device}) => links.find(({name}) => name === device)!.mac)
  const {network, mtus} = plan(text, links)
  for (const each of meant.filter((_, index) => macs.indexOf(macs[index]!) === index)) {
    const nic = network.nics.find(({device}) => device === each.device)
    const hasAny = each.ipv4 !== undefined || each.ipv6 !== undefined
    assert.equal(nic !== undefined, hasAny, each.device)
    if (nic !== undefined) assert.deepEqual(tellNic(nic), tellMeant(each))
    else if (each.mtu !== undefined) assert.ok(mtus.includes(`${each.device} ${each.mtu}`), each.device)
    if (nic !== undefined) for (const server of each.dns) assert.ok(network.dns.includes(server), server)
  }
})

eachContext('a wrong value costs what it has to', 'networkd', (plan, {variables, links, random}) => {
  const names = variables.map(({name}) => name.toUpperCase())
  const own = names.filter(name => costOf(name, []) !== undefined)
  if (own.length === 0) return
  const name = random.pick(own)
  // What nobody knows keeps the NIC described, whatever else goes.
  const constant = {name: name.replace(/_.*/, '_NETWORK'), value: 'net'}
  const rest = [constant, ...variables.filter(each => each.name.toUpperCase() !== name)]
  const cost = costOf(name, rest)!
  const value = random.pick(cost.bad)
  const wrong = plan(formatVariables([...rest, {name, value}]), links)
  const note = `${name}=${JSON.stringify(value)}`
  const isNamed = wrong.problems.some(({key, file, line}) => {
    return key === name && file === 'context.sh' && line !== undefined
  })
  if (cost.isRead) assert.ok(isNamed, `${note} is taken in silence`)
  if (cost.isWholeNic) {
    const skipped = rest.filter(each => each.name.toUpperCase() !== name.replace(/_.*/, '_METHOD'))
    const method = {name: name.replace(/_.*/, '_METHOD'), value: 'skip'}
    const right = variables.find(each => each.name.toUpperCase() === name)!
    const without = plan(formatVariables([...skipped, right, method]), links)
    assert.deepEqual([withoutNames(wrong), wrong.mtus], [withoutNames(without), without.mtus], note)
    return
  }
  const without = plan(formatVariables(rest.filter(each => !cost.costs(each.name.toUpperCase()))), links)
  for (const what of ['network', 'mtus', 'files'] as const) {
    assert.deepEqual(wrong[what], without[what], note)
  }
})

/** The name servers of a NIC count even where the NIC cannot be told. */
function withoutNames({network}: Planned): unknown {
  return network.nics.map(({dns: _, searchDomains: __, ...rest}) => rest)
}

function tellNic({mtu, ipv4, ipv6}: Nic): unknown {
  const first = (family: Nic['ipv4'] | Nic['ipv6']) => {
    const [own] = family?.addresses ?? []
    return own && `${own.address}/${own.prefix}`
  }
  return {
    mtu,
    ipv4: first(ipv4),
    gateway: ipv4?.gateway?.address,
    ipv6: first(ipv6),
    gateway6: ipv6?.gateway?.address,
  }
}

function tellMeant({mtu, ipv4, gateway, ipv6, gateway6}: Meant): unknown {
  const isOwn = (address: string | undefined, own: string | undefined) =>
    address !== undefined && own?.startsWith(`${address}/`)
  return {
    mtu,
    ipv4,
    gateway: isOwn(gateway, ipv4) ? undefined : gateway,
    ipv6,
    gateway6: isOwn(gateway6, ipv6) ? undefined : gateway6,
  }
}

/** Every problem that is about a variable says where that stands. */
function expectPlaces(problems: readonly Problem[], text: string): void {
  const lines = text.split('\n')
  for (const problem of problems) {
    const {code, key, line, file, message} = problem
    assert.notEqual(code, 'defect', message)
    // What is about a file of the guest names that.
    if (key === undefined || /^(ETH|PCI)\d+$/.test(key) || file?.startsWith('/')) continue
    assert.equal(file, 'context.sh', message)
    assert.match(lines[line! - 1] ?? '', new RegExp(`^${key}=`, 'i'), formatPlace(problem))
  }
}

/** No text of the context reaches a file unless it was an address, a number or a name. */
function expectClean({written}: Planned): void {
  for (const [path, text] of Object.entries(written)) {
    assert.doesNotMatch(text, /reboot|`id`|a'b|a"b|\x07|\xc3|\[x\]|[^\x20-\x7e\t\n]/, path)
    for (const part of path.split('/')) assert.match(part, /^[\w.:-]*$/, path)
  }
}
