import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readSecuretty, type Securetty} from '../../../src/context/login/securetty.ts'
import type {Problem} from '../../../src/problem.ts'
import {makeDisc} from '../sample-disc.ts'

const cases: [context: string, expected: Securetty, problems?: number][] = [
  ["SECURETTY='YES'", 'on'],
  ["SECURETTY='true'", 'on'],
  ["SECURETTY='1'", 'on'],
  ["SECURETTY='y\r'", 'on'],
  ["SECURETTY='NO'", 'off'],
  ["SECURETTY='no'", 'off'],
  ["SECURETTY='0'", 'off'],
  ["SECURETTY=''", 'unset'],
  ['', 'unset'],
  ["SECURETTY='perhaps'", 'unknown', 1],
  // It was dropped with a problem of its own, or may stand below what was not read.
  ['SECURETTY=$(true)', 'unknown'],
  ["OTHER='never ends", 'unknown'],
]

for (const [context, expected, count = 0] of cases) {
  test(`${context} is ${expected}`, () => {
    const problems: Problem[] = []
    assert.equal(readSecuretty(makeDisc(`${context}\n`), problems), expected)
    assert.equal(problems.length, count)
  })
}
