import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseHostname} from '../../src/context/hostname.ts'

const long = 'a'.repeat(70)

const cases: [text: string, full: string | undefined, short?: string][] = [
  ['MAINHOST', 'MAINHOST', 'MAINHOST'],
  ['web.example.org', 'web.example.org', 'web'],
  ['my host', 'my-host', 'my-host'],
  ['under_score', 'under-score', 'under-score'],
  ['-edge-', 'edge', 'edge'],
  ['.leading..dots.', 'leading.dots', 'leading'],
  ['Grüße', 'Gr--e', 'Gr--e'],
  ['a;reboot', 'a-reboot', 'a-reboot'],
  ['two\nlines', 'two-lines', 'two-lines'],
  [long, long.slice(0, 63), long.slice(0, 63)],
  [`${'a'.repeat(62)}-b`, 'a'.repeat(62), 'a'.repeat(62)],
  [Array(10).fill('a'.repeat(40)).join('.'), Array(6).fill('a'.repeat(40)).join('.'), 'a'.repeat(40)],
  ['', undefined],
  ['...', undefined],
  ['$()', undefined],
]

for (const [text, full, short] of cases) {
  test(`${JSON.stringify(text.slice(0, 40))} is ${full?.slice(0, 40) ?? 'no host name'}`, () => {
    assert.deepEqual(parseHostname(text), full === undefined ? undefined : {full, short})
  })
}
