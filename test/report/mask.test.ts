import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseShellFile} from '../../src/context/shell.ts'
import {indexVariables} from '../../src/context/variables.ts'
import {createMask, stringifyMasked} from '../../src/report/mask.ts'

const maskOf = (text: string, ...others: string[]) =>
  createMask(indexVariables(parseShellFile(Buffer.from(text), 'context.sh').assignments), others)

const base64 = (text: string) => Buffer.from(text).toString('base64')
const hash = '$6$salt$0123456789abcdef'

const cases: [what: string, context: string, text: string, masked: string][] = [
  ['a value', "PASSWORD='hunter2'", 'it is hunter2, really', 'it is ********, really'],
  ['no value of another', "USERNAME='hunter2'", 'hunter2', 'hunter2'],
  ['one that is too short to be told apart', "PASSWORD='abc'", 'abcabc', 'abcabc'],
  ['what base64 says', `PASSWORD_BASE64='${base64('hunter2')}'`, 'hunter2', '********'],
  ['what base64 with a line end says', `PASSWORD_BASE64='${base64('hunter2\n')}'`, 'hunter2', '********'],
  [
    'what broken lines of base64 say',
    `PASSWORD_BASE64='${base64('hunter2222').slice(0, 8)}\n${base64('hunter2222').slice(8)}'`,
    'hunter2222',
    '********',
  ],
  [
    'what base64 of the alphabet for URLs says, without its padding',
    `PASSWORD_BASE64='${Buffer.from('hunter2?>>more').toString('base64url')}'`,
    'hunter2?>>more',
    '********',
  ],
  ['a hash', `CRYPTED_PASSWORD='${hash}'`, hash, '********'],
  [
    'a hash that came with backslashes',
    `CRYPTED_PASSWORD='${hash.replaceAll('$', '\\$')}'`,
    hash,
    '********',
  ],
  ['each line of several', "PASSWORD='first1\nsecond2'", 'no second2', 'no ********'],
  ['a value that a log escapes', "PASSWORD='a\x1bbcd'", 'a\\x1bbcd', '********'],
  ['a value in JSON', `PASSWORD='a"b"c'`, 'a\\"b\\"c', '********'],
  ['the longer one first', "PASSWORD='hunter2' ONEGATE_TOKEN='hunter2more'", 'hunter2more', '********'],
  ['a token by any name', "MY_TOKEN_X='tok-en-1'", 'tok-en-1', '********'],
  ['not the switch for one', "TOKEN='true'", '{"a": true}', '{"a": true}'],
]

for (const [what, context, text, masked] of cases) {
  test(`masked: ${what}`, () => assert.equal(maskOf(`${context}\n`)(text), masked))
}

test('masked: what stands in no variable', () => {
  assert.equal(maskOf('', 'of-token.txt\n')('it is of-token.txt'), 'it is ********')
})

test('JSON stays JSON and keeps the words of this program, whatever the password is', () => {
  const report = {
    outcome: 'failed',
    steps: [{name: 'keys', problems: ['failed keys: ": true']}],
    stages: ['local'],
  }
  for (const password of ['failed', 'keys', 'local', 'true', '": "', 'name']) {
    const text = stringifyMasked(report, maskOf(`PASSWORD='${password}'\n`))
    const {outcome, steps, stages} = JSON.parse(text)
    assert.deepEqual([outcome, steps[0].name, stages], ['failed', 'keys', ['local']])
    if (['failed', 'keys', 'true'].includes(password))
      assert.doesNotMatch(steps[0].problems[0], new RegExp(password))
  }
})
