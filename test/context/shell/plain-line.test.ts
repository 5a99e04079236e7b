// The quick reader of plain lines must make of a line what the reader of the whole grammar makes of it, or nothing.

import {deepEqual, equal} from 'node:assert/strict'
import {test} from 'node:test'
import {Cursor} from '../../../src/context/shell/cursor.ts'
import {readAnyLine} from '../../../src/context/shell/line.ts'
import {readPlainLine} from '../../../src/context/shell/plain-line.ts'
import {chooseSeed, Random} from '../../random.ts'

const plain = [
  'A="b"',
  "ETH0_IP='192.168.0.5'",
  'a_1=',
  'A=""',
  "A=''",
  'A=x.y,z:1@2%3+4/5-6',
  'A="it\'s #1; (a|b) & <c> ~ {d,e} * = \xc3\xa4"',
  'A=\'"$HOME" `date` \\\'',
]

for (const line of plain) {
  test(`read alike: ${line}`, () => {
    for (const before of ['', 'X=1\n']) {
      const [quick, whole] = [cursorAt(before, `${line}\nB=2\n`), cursorAt(before, `${line}\nB=2\n`)]
      deepEqual(readPlainLine(quick), readAnyLine(whole))
      equal(quick.offset, whole.offset)
    }
  })
}

const others = [
  'A="b" # comment',
  ' A=b',
  'A=~',
  'A="$B"',
  'A="\\""',
  "A='b'c",
  'A=b;',
  'A=b&',
  'A=b\r',
  'A+=b',
  'A[0]=b',
  'A=(b)',
  'export A=b',
  'A',
  '',
  '# comment',
  '1A=b',
  'A="b',
  'A=\\',
]

for (const line of others) {
  test(`left to the whole grammar: ${JSON.stringify(line)}`, () => {
    const cursor = new Cursor(`${line}\n`)
    equal(readPlainLine(cursor), undefined)
    equal(cursor.offset, 0)
  })
}

test('a last line without its end is left to the whole grammar', () => {
  equal(readPlainLine(new Cursor('A=b')), undefined)
})

const seed = chooseSeed()
test(`lines put together by chance are read alike (VMCONTEXT_SEED=${seed})`, () => {
  const random = new Random(seed)
  const parts = [
    'A',
    'B1',
    '_',
    '=',
    '+=',
    '"',
    "'",
    '\\',
    '$',
    '`',
    ' ',
    '#',
    '(',
    ')',
    '{',
    '}',
    '~',
    '\r',
    '\xe4',
  ]
  let plainLines = 0
  for (let round = 0; round < 20_000; round += 1) {
    const quote = random.pick(['"', "'", '', ''])
    const middle = Array.from({length: random.below(5)}, () => random.pick(parts)).join('')
    const text = `${random.pick(['A', 'b_2', ''])}=${quote}${middle}${quote}\nZ=1\n`
    const quick = new Cursor(text)
    const line = readPlainLine(quick)
    if (line === undefined) continue
    plainLines += 1
    const whole = new Cursor(text)
    deepEqual(line, readAnyLine(whole), text)
    equal(quick.offset, whole.offset, text)
  }
  equal(plainLines > 1000, true, `${plainLines} of them were plain`)
})

function cursorAt(before: string, text: string): Cursor {
  const cursor = new Cursor(before + text)
  cursor.offset = before.length
  return cursor
}
