import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseOptions} from './options.ts'

const words = ['boot', 'cold']

test('twenty rounds of all parts, unless something else is asked for', () => {
  assert.deepEqual(parseOptions([], words), {rounds: 20, only: undefined, json: 'dist/bench.json'})
  assert.deepEqual(parseOptions(['3', '--only', 'cold', '--json', '/tmp/x'], words), {
    rounds: 3,
    only: 'cold',
    json: '/tmp/x',
  })
})

for (const [args, said] of [
  [['--only', 'bot'], /no part bot; there are boot, cold/],
  [['0'], /How many rounds is 0/],
  [['many'], /How many rounds is many/],
  [['3', '4'], /How many rounds is 3 4/],
  [['--onyl', 'boot'], /--onyl/],
] as const) {
  test(`${args.join(' ')} is refused`, () => {
    const answer = parseOptions(args, words)
    assert.ok('mistake' in answer)
    assert.match(answer.mistake, said)
  })
}
