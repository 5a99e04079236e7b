import assert from 'node:assert/strict'
import {test} from 'node:test'
import {findOpenQuotes} from '../../../src/doctor/source/open-quote.ts'

const cases: readonly [name: string, text: string, ...lines: number[]][] = [
  ['in the middle', "A='1'\nB='2\nC='3'\nD='4'\n", 2],
  ['in the first line', "A='1\nB='2'\nC='3'\n", 1],
  ['in the last line', "A='1'\nB='2\n", 2],
  ['a double one', 'A="1"\nB="2\nC="3"\n', 2],
  ['behind export', "export A='1\nexport B='2'\n", 1],
  ['before Windows line ends', "A='1'\r\nB='2\r\nC='3'\r\nD='4'\r\n", 2],
  ['two, of which the second closes the first', "A='1'\nB='2\nC='3'\nD='4\nE='5'\nF='6'\n", 2, 4],
  ['a value of many lines with a quote in it', "A='x\nB=1\n'\\''y'\nC='2'\n"],
  ['none, and something else is wrong', "A='1'\nB=$(id)\n"],
  ['nothing is wrong', "A='1'\nSCRIPT='#!/bin/sh\nX=1\necho $X'\n"],
  ['a script whose lines look like variables is not blamed', "SCRIPT='#!/bin/sh\nX=1\necho $X'\nB=$(id)\n"],
  ['a script above the line that is wrong', "SCRIPT='#!/bin/sh\nX=1\necho $X'\nB='2\nC='3'\n", 4],
]

for (const [name, text, ...lines] of cases) {
  test(name, () => {
    const {problems} = findOpenQuotes(Buffer.from(text), 'context.sh')
    assert.deepEqual(problems.map(({line}) => line).toSorted(), lines)
  })
}

test('it does not take long with a file of nothing but quotes', () => {
  const text = "A='\n".repeat(20_000)
  const begin = performance.now()
  findOpenQuotes(Buffer.from(text), 'context.sh')
  assert.ok(performance.now() - begin < 60_000)
})
