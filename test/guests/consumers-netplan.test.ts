// Random contexts, and what netplan's own generator makes of the YAML: files of networkd that say what was meant.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {rounds, tried} from '../campaign/rounds.ts'
import {openGuest} from '../network/random-guest.ts'
import {chooseSeed} from '../random.ts'
import {type ConsumerCase, makeCases, runForEach, tellCase, unpackCases} from './consumer-cases.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {rootsWithManagers} from './managers.ts'
import {readUnit} from './networkd-units.ts'
import {provideRoot} from './root-image.ts'
import {meantBy, sortLines} from './understood.ts'

const seed = chooseSeed()
const count = rounds(150, 10_000)
const batch = 500
/** From here on its generator writes negative numbers. */
const greatestMetric = 0x7fff_ffff

/** As netplan.service does; then what it made. */
const generate = `chmod -R go-rwx etc/netplan; /usr/libexec/netplan/generate --root-dir .
for file in run/systemd/network/*; do echo "== $file"; cat "$file"; done`

describe('random contexts in netplan', {...skipWithoutGuest('namespace'), concurrency: 2}, () => {
  for (const recipe of rootsWithManagers) {
    test(`netplan of Debian ${recipe.suite} understands what is meant, VMCONTEXT_SEED=${seed}`, async t => {
      await using guest = await startGuest({root: await provideRoot(recipe), agent: null})
      const plan = openGuest('netplan')
      let next = seed
      for (let done = 0; done < count; done += batch) {
        const cases = makeCases(plan, next, Math.min(batch, count - done))
        next = cases.at(-1)!.seed + 1
        await check(guest, cases)
      }
      tried(t, count, `random contexts read by netplan of Debian ${recipe.suite}`)
    })
  }
})

async function check(guest: Guest, cases: readonly ConsumerCase[]): Promise<void> {
  await unpackCases(guest, cases)
  const outputs = await runForEach(guest, cases.length, generate)
  for (const [index, one] of cases.entries()) {
    const [said = '', ...parts] = outputs[index]!.split(/^== /m)
    assert.deepEqual(
      said.split('\n').filter(line => line !== '' && !isAboutEqualMetrics(line, one)),
      [],
      tellCase(one),
    )
    const units = parts.filter(part => /^\S+\.network\n/.test(part))
    const understood = sortLines(units.flatMap(unit => readUnit(unit, one.links)))
    assert.deepEqual(
      understood,
      meantBy(one.network, {neighbours: true, names: true, greatestMetric}),
      `${tellCase(one)}\n${outputs[index]}`,
    )
  }
}

/** Where the context itself gives two default routes one metric, netplan says so and goes on; of two such, loudly. */
function isAboutEqualMetrics(line: string, {network}: ConsumerCase): boolean {
  const hasEqual = (['ipv4', 'ipv6'] as const).some(family => {
    const gateways = network.nics.flatMap(nic => nic[family]?.gateway ?? [])
    const metrics = gateways.map(({metric = 0}) => Math.min(metric, greatestMetric))
    return new Set(metrics).size < gateways.length
  })
  return (
    hasEqual && /default route (consistency|declarations)|GError set over|^This indicates a bug/.test(line)
  )
}
