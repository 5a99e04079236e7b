import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseKey, parseKeys} from '../../../src/context/login/authorized-key.ts'
import {makeKey} from '../../keys.ts'

const key = makeKey('alice')
const [type, blob] = key.split(' ') as [string, string]

const lines: [what: string, line: string, expected: 'key' | RegExp][] = [
  ['a key', key, 'key'],
  ['a key without a comment', `${type} ${blob}`, 'key'],
  ['a comment with blanks and umlauts', `${type} ${blob} Jürgen at work`, 'key'],
  ['options before it', `restrict,command="echo \\"hi there\\"" ${key}`, 'key'],
  ['an option with the word ssh-rsa', `command="ssh-rsa AAAA" ${key}`, 'key'],
  ['another type before the blob', `ssh-rsa ${blob}`, /another type/],
  ['a damaged blob', `${type} ${blob.slice(0, 20)}!${blob.slice(21)}`, /damaged/],
  ['a cut blob', `${type} AAAA`, /damaged/],
  ['a blob without its padding', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ', /damaged/],
  [
    'a blob that ends too early',
    `${type} ${Buffer.from(blob, 'base64').subarray(0, 48).toString('base64')}`,
    /damaged/,
  ],
  ['a key as PuTTY writes it', '---- BEGIN SSH2 PUBLIC KEY ----', /RFC 4716/],
  ['prose', 'this is not a key', /no public key/],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----', /private key/],
  ['a control character', `${type} ${blob} a\x1b[2Jb`, /control/],
  ['a key whose comment speaks of another one', `${type} ${blob} not my PRIVATE KEY`, 'key'],
  ['an option that ends in a backslash', `command="dir C:\\\\" ${key}`, /no public key/],
  ['a quote that is never closed', `command="echo ${key}`, /no public key/],
  ['a blank that sshd takes for none', `${type}\u00a0${blob}`, /no public key/],
  ['a line that never ends', `${key}${' x'.repeat(40_000)}`, /longer than any/],
  ['a carriage return inside', `${type} ${blob} a\rb`, /control/],
]

for (const [what, line, expected] of lines) {
  test(`${what}: ${expected === 'key' ? 'taken' : 'refused'}`, () => {
    const result = parseKey(line)
    if (expected === 'key') assert.equal(typeof result === 'string' ? result : result.blob, blob)
    else assert.match(String(result), expected)
  })
}

test('a line of nothing but quotes is not looked at again from every quote', () => {
  const begin = performance.now()
  for (let count = 0; count < 16; count += 1) parseKey(`"${'\\"'.repeat(32_000)}`)
  // A few milliseconds, or the square of that: then it took 40 s.
  assert.ok(performance.now() - begin < 10_000)
})

test('keys come one a line, with comments, empty lines and CRLF', () => {
  const other = makeKey('bob')
  const list = parseKeys(`# mine\r\n${key}\r\n\r\n${other}`)
  assert.deepEqual(
    list.keys.map(({line}) => line),
    [key, other],
  )
  assert.deepEqual(list.rejected, [])
})

test('a key that came twice is taken once', () =>
  assert.equal(parseKeys(`${key}\n${type} ${blob} again`).keys.length, 1))

test('a line that is no key is named by its number and costs nothing else', () => {
  const list = parseKeys(`junk\n${key}`)
  assert.equal(list.keys.length, 1)
  assert.deepEqual(
    list.rejected.map(({line}) => line),
    [1],
  )
})

test('a type that sshd may not know is taken and named', () => {
  const list = parseKeys(makeKey('q', {type: 'ssh-quantum'}))
  assert.equal(list.keys.length, 1)
  assert.deepEqual(list.unusual, [{line: 1, type: 'ssh-quantum'}])
})
