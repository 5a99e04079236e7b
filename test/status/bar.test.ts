import assert from 'node:assert/strict'
import {test} from 'node:test'
import {drawBar} from '../../src/cli/by-hand/status/bar.ts'

const cases: [share: number, columns: number, hasBlocks: boolean, bar: string][] = [
  [0, 8, true, ''],
  [1, 3, true, '███'],
  [0.5, 3, true, '█▌'],
  [0.0001, 3, true, '▏'],
  [0.0001, 3, false, '#'],
  [0.5, 4, false, '##'],
  [7, 2, false, '##'],
  [-1, 2, true, ''],
]
for (const [share, columns, hasBlocks, bar] of cases)
  test(`${share} of ${columns} columns is "${bar}"`, () =>
    assert.equal(drawBar(share, columns, hasBlocks), bar))
