// Random contexts and the real systemd-networkd: it has no complaint about any of our files, and each of its keys says
// what was meant.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {rounds, tried} from '../campaign/rounds.ts'
import {openGuest} from '../network/random-guest.ts'
import {chooseSeed} from '../random.ts'
import {type ConsumerCase, makeCases, tellCase, unpackCases} from './consumer-cases.ts'
import type {Guest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {rootsWithManagers} from './managers.ts'
import {readComplaints, startNetworkd, startNetworkdGuest} from './networkd-guest.ts'
import {readUnit} from './networkd-units.ts'
import {meantBy, sortLines} from './understood.ts'

const seed = chooseSeed()
const count = rounds(150, 10_000)
const batch = 500
const directory = '/etc/systemd/network'

describe('random contexts in networkd', {...skipWithoutGuest('namespace'), concurrency: 2}, () => {
  for (const recipe of rootsWithManagers) {
    test(`networkd of Debian ${recipe.suite} understands what is meant, VMCONTEXT_SEED=${seed}`, async t => {
      const plan = openGuest('networkd')
      let next = seed
      for (let done = 0; done < count; done += batch) {
        const cases = makeCases(plan, next, Math.min(batch, count - done))
        next = cases.at(-1)!.seed + 1
        await using guest = await startNetworkdGuest(recipe)
        await check(guest, cases)
      }
      tried(t, count, `random contexts read by networkd of Debian ${recipe.suite}`)
    })
  }
})

/** Every device has a name of its own, so that all files go into one directory. */
async function check(guest: Guest, cases: readonly ConsumerCase[]): Promise<void> {
  await unpackCases(guest, cases)
  await guest.expect(['sh', '-ec', `cp -r /cases/*${directory} /etc/systemd/ && chmod -R a+rX ${directory}`])
  await startNetworkd(guest)
  await guest.expect(['sh', '-c', 'until test -e /run/systemd/netif/state; do sleep 0.1; done'])
  // What is reached through a lease is a neighbour; networkd sees to it by itself.
  const complaints = (await readComplaints(guest)).filter(
    line => !line.endsWith('Enabling GatewayOnLink= option.'),
  )
  const isOf = ({links}: ConsumerCase) =>
    complaints.find(line => links.some(({name}) => line.includes(`-${name}`)))
  const blamed = cases.find(isOf)
  assert.deepEqual(complaints.slice(0, 5), [], blamed && tellCase(blamed))
  for (const one of cases) {
    const units = Object.entries(one.files).filter(
      ([path]) => path.startsWith(directory) && path.endsWith('.network'),
    )
    const understood = sortLines(units.flatMap(([, text]) => readUnit(text, one.links)))
    assert.deepEqual(understood, meantBy(one.network, {neighbours: true, names: true}), tellCase(one))
  }
}
