// VAR=value files: read as bash reads them, edited without touching anything else.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {describe, test} from 'node:test'
import {readSysconfigVariable, setSysconfigVariable} from '../../src/network/sysconfig-file.ts'
import {requireTool} from '../tools.ts'

describe('a value is what bash makes of it', () => {
  const texts = [
    'A=x',
    ' A=x ',
    "A='x y' # z",
    'A="x\\"y"',
    'A=x\\ y',
    'A=',
    '#A=x',
    'A=1\nA=2',
    'export A=x',
    'A=x#y',
    `A='x'"y"z`,
    'A="x\ny"',
    'A=x\\\ny',
    'B="A=x"',
    'A="a\\\nb"',
    "A='\\n'",
    'A="\\n"',
    'A=x;B=y',
  ]
  for (const text of texts) {
    test(JSON.stringify(text), t => {
      if (!requireTool(t, 'bash')) return
      const script = `${text}\n[ "\${A+set}" ] && printf %s "=$A"`
      const expected = execFileSync('bash', ['--norc', '--noprofile', '-c', `${script}; true`], {
        env: {},
        encoding: 'utf8',
      })
      const value = readSysconfigVariable(text, 'A')
      assert.equal(value === undefined ? '' : `=${value}`, expected)
    })
  }
})

describe('setting a variable', () => {
  const becomes = (before: string, after: string) =>
    test(JSON.stringify(before), () => assert.equal(setSysconfigVariable(before, 'A', 'new'), after))

  becomes('', 'A=new\n')
  becomes('B=1', 'B=1\nA=new\n')
  becomes('A=old', 'A=new')
  becomes('A="new"\r\n', 'A="new"\r\n')
  becomes(" export A='old $1' # why\nB=1\n", ' export A=new # why\nB=1\n')
  becomes('A=1\nA=2\n# A=3\n', 'A=1\nA=new\n# A=3\n')
  // A quote that never closes: the shell refuses the whole file, until now.
  becomes('A=ol"d # why\nB=1\n', 'A=new\nB=1\n')
  // Nor is it drawn into a line that goes on.
  becomes('B=1\\', 'B=1\\\n\nA=new\n')
  becomes('AA=1\nB="\nA=1\n"\n', 'AA=1\nB="\nA=1\n"\nA=new\n')
})
