// References in the values of a CONTEXT. Every line was also given to OpenNebula's own scanner and grammar, of
// release-2.2-rc1 and of release-7.0.2, compiled from their sources.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import type {Generation} from '../../../src/image/template/generation.ts'
import {type Reference, resolveReferences} from '../../../src/image/template/references.ts'

/** Shows what a reference asks for. */
function show({name, attribute, selector}: Reference): string {
  return `<${[name, attribute, selector && `${selector.name}=${selector.value}`].filter(Boolean).join(' ')}>`
}

const resolve = (text: string, generation: Generation) =>
  resolveReferences(text, generation, reference => ({value: show(reference)}))

function gives(text: string, expected: Record<Generation, string | RegExp> | string): void {
  for (const generation of ['2.2', 'today'] as const) {
    const wanted = typeof expected === 'string' ? expected : expected[generation]
    test(`${generation}: ${JSON.stringify(text)}`, () => {
      const {text: resolved, error} = resolve(text, generation)
      if (typeof wanted === 'string')
        assert.deepEqual({resolved, error}, {resolved: wanted, error: undefined})
      else assert.match(`${error?.offset} ${error?.reason}`, wanted)
    })
  }
}

describe('what they are replaced with', () => {
  gives('MAINHOST', 'MAINHOST')
  gives('10.0.0.$VMID', '10.0.0.<VMID>')
  gives('$name-$uid.x', '<NAME>-<UID>.x')
  gives('$A$B', '<A><B>')
  gives('$NIC[IP]', '<NIC IP>')
  gives('a$nic[ ip ]-b', 'a<NIC IP>-b')
  gives('$NIC[IP, NETWORK="Public"]', '<NIC IP NETWORK=Public>')
  gives('$NIC[IP,network = "a b"] c', '<NIC IP NETWORK=a b> c')
  gives('$NIC[IP, NETWORK=Public]', {'2.2': /^0 the bracket/, today: '<NIC IP NETWORK=Public>'})
  gives('$NAMEé', '<NAME>é')
  gives('$NAME@^_^@B=c', '<NAME>@^_^@B=c')
})

describe('dollars that are none', () => {
  gives(String.raw`\$HOME`, {'2.2': '\\<HOME>', today: '\\$HOME'})
  gives(String.raw`\$6\$salt\$hash`, {'2.2': '\\<6>\\<SALT>\\<HASH>', today: '\\$6\\$salt\\$hash'})
  gives(String.raw`\\$A`, {'2.2': '\\\\<A>', today: '\\\\<A>'})
  gives('$6$salt$hash', '<6><SALT><HASH>')
  gives('$', {'2.2': /^0 a \$ begins/, today: /^0 a \$ begins/})
  gives('a$$', {'2.2': /^1 a \$ begins/, today: /^1 a \$ begins/})
  gives('$(date)', {'2.2': /^0 a \$ begins/, today: /^0 a \$ begins/})
  gives('x $' + '{NAME}', {'2.2': /^2 a \$ begins/, today: /^2 a \$ begins/})
})

describe('what does not go on as a reference', () => {
  gives('$A, b', {'2.2': /^0 what stands directly behind/, today: /^0 what stands directly behind/})
  gives('$A=b', {'2.2': /^0 what stands directly behind/, today: /^0 what stands directly behind/})
  gives('$NIC[IP]b', {'2.2': /^0 what stands directly behind/, today: /^0 what stands directly behind/})
  gives('$NIC[IP', {'2.2': /^0 the bracket/, today: /^0 the bracket/})
  gives('a$NIC[IP; b]', {'2.2': /^1 the bracket/, today: /^1 the bracket/})
  // A line end ends no reference and is lost.
  gives('$A\nb', {'2.2': /^0 what stands directly behind/, today: /^0 what stands directly behind/})
  gives('$A\n b', '<A> b')
})

test('what leads nowhere is told with its place', () => {
  const {text, losses} = resolveReferences('a $B[C, D="e"] f', 'today', () => ({value: '', missing: 'no B'}))
  assert.equal(text, 'a  f')
  assert.deepEqual(losses, [{offset: 2, length: 12, reason: 'no B'}])
})

test('so is a line end that is lost', () => {
  assert.deepEqual(resolve('$A\n b', 'today').losses, [
    {offset: 2, length: 1, reason: 'the line end behind a reference is lost'},
  ])
})

test('a long value takes no long time', () => {
  const text = `${'x\\y'.repeat(2 ** 20)}$A`
  assert.equal(resolve(text, 'today').text.length, text.length + 1)
})
