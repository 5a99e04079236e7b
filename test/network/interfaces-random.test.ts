// Properties of the ifupdown dialect on random files: bytes of others survive, in order; a second run changes nothing.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {interfaces} from '../../src/network/interfaces/interfaces.ts'
import {formatInterfaces, parseInterfaces} from '../../src/network/interfaces/interfaces-file.ts'
import {type Piece, randomInterfaces} from './random-interfaces.ts'
import {apply, nic} from './samples.ts'

const path = '/etc/network/interfaces'
const firstSeed = Number(process.env.SEED ?? 1)
const seeds = Array.from({length: 2000}, (_, index) => firstSeed + index)
const eth0 = nic('eth0 192.168.0.5/24 via 192.168.0.1')

const eachSeed = (name: string, check: (pieces: readonly Piece[]) => void) =>
  test(`${name}, seeds ${seeds[0]} to ${seeds.at(-1)}`, () => {
    for (const seed of seeds) {
      const pieces = randomInterfaces(seed, 'eth0')
      try {
        check(pieces)
      } catch (error) {
        throw new Error(`SEED=${seed}\n${textOf(pieces)}`, {cause: error})
      }
    }
  })

eachSeed('a file read and put together is the file', pieces => {
  assert.equal(formatInterfaces(parseInterfaces(textOf(pieces))), textOf(pieces))
})

eachSeed('what is not ours survives, in order', pieces => {
  const after = render(textOf(pieces))
  let position = 0
  for (const kept of pieces.flatMap(piece => (piece.isOurs ? commentsOf(piece.text) : [piece.text]))) {
    const found = after.indexOf(kept, position)
    assert.notEqual(found, -1, `lost: ${JSON.stringify(kept)} of\n${after}`)
    position = found + kept.length
  }
})

eachSeed('a second run changes nothing', pieces => {
  const once = render(textOf(pieces))
  assert.equal(render(once), once)
})

eachSeed('one stanza and one auto', pieces => {
  const after = render(textOf(pieces))
  assert.equal(after.match(/^[ \t]*iface[ \t]+eth0 inet[ \t]/gm)?.length, 1, after)
  assert.match(after, /^auto .*\beth0(?=\s|$)/m)
})

function render(text: string): string {
  return apply(interfaces, [eth0], {[path]: text})[path]!
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(piece => piece.text).join('')
}

function commentsOf(text: string): string[] {
  return text.match(/^[ \t]*#.*\n/gm) ?? []
}
