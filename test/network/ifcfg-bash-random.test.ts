// Random contexts in ifcfg files: a real shell takes every file, the values that it gives are those our readers of
// test/network know, and what these make of them is what was meant. The scripts of Red Hat and SUSE source the files.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {rounds, tried} from '../campaign/rounds.ts'
import {type ConsumerCase, makeCases, tellCase} from '../guests/consumer-cases.ts'
import {meantBy, sortLines} from '../guests/understood.ts'
import {chooseSeed} from '../random.ts'
import {makeDirectory} from '../temporary.ts'
import {readAsScripts} from './ifcfg-readers.ts'
import {type Base, openGuest} from './random-guest.ts'
import {readSuse} from './suse-readers.ts'

const seed = chooseSeed()
const count = rounds(300, 10_000)
const batch = 500

type Seen = {
  device?: string
  name?: string
  dhcp4: boolean
  addresses: readonly string[]
  routes: readonly string[]
  mtu?: string | undefined
}
type Texts = Readonly<Record<string, string>>

const readers: readonly {base: Base; read(texts: Texts): readonly Seen[]; hasMtus: boolean}[] = [
  {base: 'redhat', read: readAsScripts, hasMtus: true},
  {base: 'suse', read: texts => readSuse(texts, 'wicked'), hasMtus: true},
  // ifup gives a link without addresses no MTU.
  {base: 'suse 11', read: texts => readSuse(texts, 'scripts'), hasMtus: false},
]

for (const {base, read, hasMtus} of readers) {
  test(`bash and our reader understand what is meant, ${base}, VMCONTEXT_SEED=${seed}`, t => {
    const plan = openGuest(base)
    // The image's own cards are no part of the question.
    const files = {'/etc/sysconfig/network': 'NETWORKING=yes\n'}
    let next = seed
    for (let done = 0; done < count; done += batch) {
      const cases = makeCases(plan, next, Math.min(batch, count - done), base === 'redhat' ? files : {})
      next = cases.at(-1)!.seed + 1
      expectValues(t, cases)
      for (const one of cases) {
        const keep = (line: string) => hasMtus || !line.includes(' mtu ')
        const understood = read(one.files).flatMap(tellSeen).filter(keep)
        const meant = meantBy(one.network, {neighbours: base !== 'redhat'})
          .map(asHere)
          .filter(keep)
        assert.deepEqual(sortLines(understood.map(asHere)), sortLines(meant), tellCase(one))
      }
    }
    tried(t, count, `random contexts in the ifcfg files of ${base}, read by bash`)
  })
}

function tellSeen({device, name, dhcp4, addresses, routes, mtu}: Seen): string[] {
  const own = device ?? name ?? ''
  return [
    ...(mtu === undefined ? [] : [`${own} mtu ${mtu}`]),
    ...(dhcp4 ? [`${own} dhcp4`] : []),
    ...addresses.map(address => `${own} address ${address}`),
    ...routes.map(route => `${own} route ${route}`),
  ]
}

/** The default routes of both families have one name here, and one host is a network of its own. */
function asHere(line: string): string {
  return line
    .replace(/ route (default6?|::\/0|0\.0\.0\.0\/0) /, ' route default ')
    .replace(/ route ([\d.]+)$/, ' route $1/32')
    .replace(/ route ([\da-f]*:[\da-f:]+)$/, ' route $1/128')
}

/** Sourced one after another: every value is the text that stands in the file, without its quotes. */
const source = `
set -eu
for file; do
  printf '== %s\\0' "$file"
  . "$file"
  while IFS= read -r name; do printf '%s=%s\\0' "$name" "\${!name}"; done <"$file.names"
done`

function expectValues(t: TestContext, cases: readonly ConsumerCase[]): void {
  const scratch = makeDirectory(t)
  const expected: string[] = []
  const paths: string[] = []
  for (const [index, {files}] of cases.entries()) {
    for (const [path, text] of Object.entries(files)) {
      if (!/\/ifcfg-[^/]*$|\/sysconfig\/network$/.test(path) || /~$/.test(path)) continue
      const file = join(scratch, `${index}-${path.replaceAll('/', '-')}`)
      const pairs = [...text.matchAll(/^([A-Za-z_]\w*)=(?:'([^']*)'|"([^"$`\\]*)"|(\S*))$/gm)]
      writeFileSync(file, text, 'latin1')
      writeFileSync(`${file}.names`, pairs.map(([, name]) => `${name}\n`).join(''))
      paths.push(file)
      expected.push(
        `== ${file}`,
        ...pairs.map(([, name, single, double, plain]) => `${name}=${single ?? double ?? plain ?? ''}`),
      )
      const others = text.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#'))
      assert.equal(pairs.length, others.length, `not every line is an assignment: ${text}`)
    }
  }
  const options = {env: {PATH: '/usr/bin:/bin'}, encoding: 'latin1', maxBuffer: 2 ** 28} as const
  const output = execFileSync('bash', ['--norc', '--noprofile', '-c', source, 'bash', ...paths], options)
  assert.deepEqual(output.split('\0').slice(0, -1), expected)
}
