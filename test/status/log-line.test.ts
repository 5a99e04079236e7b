import assert from 'node:assert/strict'
import {test} from 'node:test'
import {isAtLeast, isFirstOfRun, parseLogLine} from '../../src/status/log-line.ts'

const time = '2026-01-02T03:04:05.678Z'

test('a line has a time, a level and a text', () => {
  assert.deepEqual(parseLogLine(`${time} info  keys: done`), {time, level: 'info', text: 'keys: done'})
  assert.deepEqual(parseLogLine(`${time} error a  b`), {time, level: 'error', text: 'a  b'})
})

test('what is no line of ours is text', () => {
  for (const text of ['', 'nonsense', '2026-01-02T03:04', `${time} loud  x`, '\u0001\u0002'])
    assert.deepEqual(parseLogLine(text), {text})
})

test('blocks that were never written are counted, and the line behind them is known', () => {
  assert.equal(parseLogLine('\0'.repeat(4096)).text, '[4096 zero bytes]')
})

test('a line without a level is shown where all is', () => {
  assert.equal(isAtLeast({text: 'x'}, 'info'), true)
  assert.equal(isAtLeast({text: 'x'}, 'warn'), false)
  assert.equal(isAtLeast({text: 'x', time, level: 'error'}, 'warn'), true)
})

test('a run begins with the word on its context', () => {
  assert.equal(isFirstOfRun({time, level: 'info', text: 'context: none'}), true)
  assert.equal(isFirstOfRun({time, level: 'error', text: 'context: failure: x'}), false)
  assert.equal(isFirstOfRun({text: 'context: none'}), false)
})
