import assert from 'node:assert/strict'
import {test} from 'node:test'
import {decodeBase64} from '../../src/context/base64.ts'

const read: [what: string, text: string, expected: string][] = [
  ['as it should be', 'aGVsbG8=', 'hello'],
  ['in lines, as base64 without -w0 makes it', 'aGVs\nbG8=\n', 'hello'],
  ['in lines with CR', 'aGVs\r\nbG8=\r\n', 'hello'],
  ['without its padding', 'aGVsbG8', 'hello'],
  ['with too much of it', 'aGVsbG8====', 'hello'],
  ['with some where none belongs', 'aGVsbG8h=', 'hello!'],
  ['in the alphabet for URLs', '_-8', '\xff\xef'],
  ['in the other one', '/+8=', '\xff\xef'],
  ['nothing', '', ''],
]

for (const [what, text, expected] of read) {
  test(`base64 ${what} is read`, () => {
    const bytes = decodeBase64(text)
    assert.equal(typeof bytes === 'string' ? `refused: ${bytes}` : bytes.toString('latin1'), expected)
  })
}

const refused: [what: string, text: string, reason: RegExp][] = [
  ['with a stranger in it', 'aGV*bG8=', /is not base64/],
  ['that is a script', '#!/bin/sh\necho hello\n', /is not base64/],
  ['with padding in the middle', 'aGU=aGU=', /is not base64/],
  ['that is nothing but padding', '====', /is not base64/],
  ['of which one character is left over', 'aGVsb', /its end is missing/],
  ['cut within a character', 'aGVsbG9', /its end is missing/],
]

for (const [what, text, reason] of refused) {
  test(`base64 ${what} is refused`, () => assert.match(String(decodeBase64(text)), reason))
}
