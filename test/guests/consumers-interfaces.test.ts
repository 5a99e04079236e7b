// Random contexts, and what everyone who reads /etc/network/interfaces understands of the file: it is what was meant.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {rounds, tried} from '../campaign/rounds.ts'
import {openGuest} from '../network/random-guest.ts'
import {chooseSeed} from '../random.ts'
import {type ConsumerCase, makeCases, runForEach, tellCase, unpackCases} from './consumer-cases.ts'
import {type Guest, startGuest} from './guest.ts'
import {skipWithoutGuest} from './host.ts'
import {withIfupdown, withIfupdown2, withIfupdownNg} from './ifupdown-roots.ts'
import {readCommand, readCommands, withLength} from './ip-commands.ts'
import {provideRoot, type RootRecipe} from './root-image.ts'
import {defaultOf, meantBy, routeLine, sortLines} from './understood.ts'

const seed = chooseSeed()
const count = rounds(120, 10_000)
const batch = 500

/** busybox and ifupdown-ng give up where the pattern of Debian's `source` matches nothing. */
const path = '/etc/network/interfaces'
const base = {[path]: 'auto lo\niface lo inet loopback\n'}

type Reader = {
  name: string
  recipe: RootRecipe
  read(guest: Guest, cases: readonly ConsumerCase[]): Promise<string[][]>
}

const readers: readonly Reader[] = [
  {name: 'ifupdown', recipe: withIfupdown, read: readDeeds('ifup -n --force -a -i')},
  {name: 'busybox', recipe: withIfupdown, read: readDeeds('busybox ifup -n -f -a -i')},
  {name: 'ifupdown-ng', recipe: withIfupdownNg, read: readListing},
  {name: 'ifupdown2', recipe: withIfupdown2, read: readObjects},
]

describe('random contexts in interfaces', {...skipWithoutGuest('namespace'), concurrency: 2}, () => {
  for (const {name, recipe, read} of readers) {
    test(`${name} understands what is meant, VMCONTEXT_SEED=${seed}`, async t => {
      await using guest = await startGuest({root: await provideRoot(recipe), agent: null})
      const plan = openGuest('interfaces')
      let next = seed
      for (let done = 0; done < count; done += batch) {
        const cases = makeCases(plan, next, Math.min(batch, count - done), base)
        next = cases.at(-1)!.seed + 1
        await unpackCases(guest, cases)
        const understood = await read(guest, cases)
        for (const [index, one] of cases.entries()) {
          assert.deepEqual(understood[index], meantBy(one.network, {neighbours: true}), tellCase(one))
        }
      }
      tried(t, count, `random contexts read by ${name}`)
    })
  }
})

/** By the commands that it would run. */
function readDeeds(command: string): Reader['read'] {
  return async (guest, cases) => {
    const outputs = await runForEach(guest, cases.length, `${command} .${path}`)
    return outputs.map((output, index) => {
      assert.doesNotMatch(output, /^(failed|ifup: )/m, `${output}\n${tellCase(cases[index]!)}`)
      return sortLines(readCommands(output).filter(line => !line.startsWith('lo ')))
    })
  }
}

/** As ifquery tells it, without its executors, which would take most of the time: in the grammar of the file, where a mask may have become part of its address. */
async function readListing(guest: Guest, cases: readonly ConsumerCase[]): Promise<string[][]> {
  const outputs = await runForEach(guest, cases.length, `ifquery -L -P -E /var/empty -i .${path}`)
  return outputs.map((output, index) => {
    assert.doesNotMatch(output, /^(failed|ifquery): /m, `${output}\n${tellCase(cases[index]!)}`)
    return sortLines(
      output
        .split(/^iface /m)
        .slice(1)
        .flatMap(readStanza),
    )
  })
}

function readStanza(text: string): string[] {
  const [device = '', ...lines] = text.split('\n')
  return device === 'lo'
    ? []
    : readOptions(
        device,
        lines.map(line => line.trim()),
      )
}

/** The options of an interface in order: a mask goes with the address above it. */
function readOptions(device: string, lines: readonly string[]): string[] {
  const found: string[] = []
  for (const [index, line] of lines.entries()) {
    const [, key = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? []
    if (key === 'address') {
      const following = lines.slice(index + 1)
      const end = following.findIndex(each => each.startsWith('address '))
      const mask = following.slice(0, end < 0 ? undefined : end).find(each => each.startsWith('netmask '))
      found.push(`${device} address ${withLength(value, mask?.slice(8))}`)
    }
    if (key === 'gateway') found.push(routeLine(device, defaultOf(value), value))
    if (key === 'mtu') found.push(`${device} mtu ${value}`)
    if (line === 'use dhcp') found.push(`${device} dhcp4`)
    if (key === 'up' || key === 'pre-up') found.push(...readCommand(value.split(' ')))
  }
  return found
}

const reader2 = `
import sys, json, glob, logging
sys.path.insert(0, '/usr/share/ifupdown2')
from ifupdown.networkinterfaces import networkInterfaces
logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format='complaint: %(message)s')
for number in range(int(sys.argv[1])):
    print('=== %d' % number)
    found = []
    def take(iface):
        found.append([iface.name, iface.addr_method, iface.config])
    reader = networkInterfaces('/cases/%d${path}' % number)
    reader.subscribe('iface_found', take)
    reader.load()
    print(json.dumps(found))
`

/** By its own parser in one process: to start it anew for each case takes longer than all the rest. */
async function readObjects(guest: Guest, cases: readonly ConsumerCase[]): Promise<string[][]> {
  const output = await guest.expect(['python3', '-', `${cases.length}`], {input: reader2, timeoutMs: 300_000})
  return output
    .split(/^=== \d+\n/m)
    .slice(1)
    .map((text, index) => {
      assert.doesNotMatch(text, /^complaint/m, `${text}\n${tellCase(cases[index]!)}`)
      type Stanza = [name: string, method: string, options: Record<string, string[]>]
      const stanzas = (JSON.parse(text) as Stanza[]).filter(([name]) => name !== 'lo')
      return sortLines(
        stanzas.flatMap(([name, method, options]) => {
          const lines = Object.entries(options).flatMap(([key, list]) => list.map(value => `${key} ${value}`))
          return [...readOptions(name, lines), ...(method === 'dhcp' ? [`${name} dhcp4`] : [])]
        }),
      )
    })
}
