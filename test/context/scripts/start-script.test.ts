import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readStartScript} from '../../../src/context/scripts/start-script.ts'
import type {Problem} from '../../../src/problem.ts'
import {makeDisc} from '../sample-disc.ts'

const read = (text: string) => {
  const problems: Problem[] = []
  const script = readStartScript(makeDisc(text), problems)
  return {text: script?.text.reveal(), once: script?.once, key: script?.key, problems, script}
}

const cases: [
  what: string,
  context: string,
  text: string | undefined,
  once: boolean | undefined,
  problems: number,
][] = [
  ['none', 'HOSTNAME=web', undefined, undefined, 0],
  ['as text', "START_SCRIPT='echo 1'", 'echo 1', false, 0],
  ['as base64', 'START_SCRIPT_BASE64=ZWNobyAx', 'echo 1', false, 0],
  ['base64 stands above the text', "START_SCRIPT='echo 2'\nSTART_SCRIPT_BASE64=ZWNobyAx", 'echo 1', false, 0],
  ['empty base64 leaves it to the text', "START_SCRIPT='echo 2'\nSTART_SCRIPT_BASE64=", 'echo 2', false, 0],
  ['bad base64 does not', "START_SCRIPT='echo 2'\nSTART_SCRIPT_BASE64='*'", undefined, undefined, 1],
  [
    'nor does one that was dropped',
    "START_SCRIPT='echo 2'\nSTART_SCRIPT_BASE64=$(x)",
    undefined,
    undefined,
    0,
  ],
  ['once', 'START_SCRIPT=a\nSTART_SCRIPT_ONCE=yes', 'a', true, 0],
  ['not once', 'START_SCRIPT=a\nSTART_SCRIPT_ONCE=No', 'a', false, 0],
  ['once or not, that is the question', 'START_SCRIPT=a\nSTART_SCRIPT_ONCE=maybe', 'a', false, 1],
  ['once that cannot be read is once', 'START_SCRIPT=a\nSTART_SCRIPT_ONCE=$(x)', 'a', true, 0],
  ['a mark of byte order is cut', 'START_SCRIPT_BASE64=77u/IyEvYmluL3No', '#!/bin/sh', false, 0],
]

for (const [what, context, text, once, problems] of cases) {
  test(`START_SCRIPT: ${what}`, () => {
    const found = read(context)
    assert.deepEqual([found.text, found.once, found.problems.length], [text, once, problems])
  })
}

test('bad base64 is told with its line, and what it says is not', () => {
  const {problems} = read("A=1\nSTART_SCRIPT_BASE64='hunter2!'")
  assert.deepEqual([problems[0]?.line, problems[0]?.key], [2, 'START_SCRIPT_BASE64'])
  assert.doesNotMatch(JSON.stringify(problems), /hunter2/)
})

test('whoever makes JSON of a script sees nothing of it', () => {
  assert.doesNotMatch(JSON.stringify(read("START_SCRIPT='echo hunter2'").script), /hunter2/)
})
