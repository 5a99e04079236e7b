import assert from 'node:assert/strict'
import {test} from 'node:test'
import {bareNode, version} from './contestants.ts'
import {parts} from './parts.ts'
import {formatPart, judgeRatio} from './table.ts'

const taken = (wallMs: number, cpuMs: number) => ({wallMs, cpuMs, peakKiB: 1024})
const results = new Map([
  [bareNode.name, [taken(10, 20), taken(20, 20)]],
  [version.name, [taken(30, 10), taken(30, 10)]],
])
const ratio = {name: 'start-up', over: [version], under: [bareNode]}

test('an aim is met up to its number and not beyond', () => {
  assert.equal(judgeRatio({...ratio, aim: 2}, results).isMet, true)
  assert.equal(judgeRatio({...ratio, aim: 1.99}, results).isMet, false)
  assert.equal('isMet' in judgeRatio(ratio, results), false)
})

test("beside a ratio of times stands the processor's, beside one of bytes nothing", () => {
  assert.equal(judgeRatio(ratio, results).processor, 0.5)
  assert.equal('processor' in judgeRatio({...ratio, figure: 'peakKiB'}, results), false)
})

test('a table says who, how long, how it compares, and whether that is the aim', () => {
  const part = {word: 'x', title: 'Start', contestants: [bareNode, version], ratios: [{...ratio, aim: 1.5}]}
  const lines = formatPart(part, results).map(line => line.replaceAll(/ +/g, ' ').trim())
  assert.deepEqual(lines, [
    'Start',
    'median 25 % 75 % processor peak',
    'bare Node, start and end 15.0 ms 12.5 ms 17.5 ms 20.0 ms 1.0 MiB',
    'vmcontext --version 30.0 ms 30.0 ms 30.0 ms 10.0 ms 1.0 MiB',
    '',
    'ratio 25 % 75 % processor aim',
    'start-up 2.00 1.88 2.63 0.50 ≤ 1.5 NOT MET',
  ])
})

test('no part compares whom it does not show, and no name stands for two contestants', () => {
  for (const {contestants, ratios, word} of parts) {
    for (const each of ratios.flatMap(({over, under}) => [...over, ...under]))
      assert.ok(contestants.includes(each), `${word}: ${each.name}`)
  }
  const all = [...new Set(parts.flatMap(({contestants}) => contestants))]
  assert.equal(new Set(all.map(({name}) => name)).size, all.length)
})
