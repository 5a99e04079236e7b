import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseEndpoint, readOneGate} from '../../../src/context/cloud/onegate.ts'
import type {Problem} from '../../../src/problem.ts'
import {makeDisc} from '../sample-disc.ts'

const endpoints: [value: string, url: string | RegExp][] = [
  ['http://169.254.16.9:5030', 'http://169.254.16.9:5030'],
  ['https://cloud.example.org/', 'https://cloud.example.org'],
  ['https://cloud.example.org/one/gate//', 'https://cloud.example.org/one/gate'],
  ['HTTP://Cloud:80', 'http://cloud'],
  ['http://[fe80::1]:5030', 'http://[fe80::1]:5030'],
  ['http://user:secret@cloud', /has a user name or password/],
  ['http://cloud/?a=b', /more than host, port and path/],
  ['http://cloud/#a', /more than host, port and path/],
  ['ftp://cloud', /no http or https address/],
  ['file:///etc/passwd', /no http or https address/],
  ['169.254.16.9:5030', /no http or https address/],
  ['http:cloud', /no http or https address/],
  ['http://', /no http or https address/],
  ['http://cloud:99999', /no http or https address/],
]

for (const [value, url] of endpoints) {
  test(`ONEGATE_ENDPOINT=${value}`, () => {
    const parsed = parseEndpoint(value)
    if (url instanceof RegExp) assert.match('refusal' in parsed ? parsed.refusal : '', url)
    else assert.deepEqual(parsed, {url})
  })
}

const cases: [what: string, text: string, files: Record<string, string>, token: string, problems: RegExp][] =
  [
    ['in a file', '', {'token.txt': 'abc=\n'}, 'abc=', /^$/],
    ['in a variable, which comes first', "ONEGATE_TOKEN='x'", {'token.txt': 'abc='}, 'x', /^$/],
    ['not empty', "ONEGATE_TOKEN=''", {'token.txt': ' \n'}, '', /^$/],
    ['from another system', "ONEGATE_TOKEN='abc\r'", {}, 'abc', /^$/],
    [
      'no header of two lines',
      "ONEGATE_TOKEN='a\nX-Evil: 1'",
      {},
      '',
      /ONEGATE_TOKEN: this cannot be a token/,
    ],
    ['no bytes', '', {'token.txt': 'a\0b'}, '', /token\.txt.*cannot be a token/],
  ]

for (const [what, text, files, token, expected] of cases) {
  test(`a token ${what}`, () => {
    const problems: Problem[] = []
    const oneGate = readOneGate(makeDisc(`${text}\n`, files), problems)
    assert.equal(oneGate.token?.reveal() ?? '', token)
    assert.match(problems.map(({file, key, message}) => `${key ?? file}: ${message}`).join('\n'), expected)
  })
}

test('VMID is a number', () => {
  const problems: Problem[] = []
  const read = (vmid: string) =>
    readOneGate(makeDisc(`ONEGATE_ENDPOINT='http://a'\nVMID='${vmid}'\n`), problems).vmid
  assert.deepEqual([read('42'), problems.length], ['42', 0])
  assert.deepEqual([read('42; x'), problems.map(({key}) => key)], [undefined, ['VMID']])
})
