import assert from 'node:assert/strict'
import {test} from 'node:test'
import {parseKeys} from '../../../src/context/login/authorized-key.ts'
import {editKeys, foldKeys} from '../../../src/context/login/authorized-keys-file.ts'
import {makeKey} from '../../keys.ts'

const [alice, bob] = [makeKey('alice'), makeKey('bob')]
const keys = (...lines: string[]) => parseKeys(lines.join('\n')).keys
const ours = keys

const cases: [what: string, before: string, wanted: string[], owned: string[], after: string][] = [
  ['a key is added to nothing', '', [alice], [], `${alice}\n`],
  ['a key is added below others', `# mine\n${bob}\n`, [alice], [], `# mine\n${bob}\n${alice}\n`],
  ['a missing line end does not join two keys', bob, [alice], [], `${bob}\n${alice}\n`],
  ['a key that is there stays as it stands', `restrict ${alice}\n`, [alice], [], `restrict ${alice}\n`],
  ['a key of ours that is wanted no more goes', `${alice}\n${bob}\n`, [bob], [alice, bob], `${bob}\n`],
  ['a key of others is never taken out', `${alice}\n${bob}\n`, [], [alice], `${bob}\n`],
  [
    'a line of ours gets its new comment',
    `${makeKey('alice', {comment: 'old'})}\n`,
    [alice],
    [makeKey('alice', {comment: 'old'})],
    `${alice}\n`,
  ],
  [
    'lines that are no keys survive',
    'junk\n\n@cert-authority x\n',
    [alice],
    [],
    `junk\n\n@cert-authority x\n${alice}\n`,
  ],
  ['what is revoked takes its line end along', `${bob}\n${alice}`, [], [alice], `${bob}\n`],
  ['what somebody made of our line stays', `restrict ${alice}\n`, [alice], [alice], `restrict ${alice}\n`],
  ['CRLF lines of ours count as they are', `${alice}\r\n`, [alice], [alice], `${alice}\r\n`],
  ['all lines with a revoked key go', `${alice}\n${alice} again\n`, [], [alice], ''],
  ['CRLF lines of others survive', `${bob}\r\n`, [alice], [], `${bob}\r\n${alice}\n`],
  [
    'a comment in UTF-8 is written as its bytes',
    '',
    [makeKey('c', {comment: 'ü'})],
    [],
    `${makeKey('c', {comment: 'Ã¼'})}\n`,
  ],
]

for (const [what, before, wanted, owned, after] of cases) {
  test(what, () => {
    const {text, added} = editKeys(before, {keys: keys(...wanted), revokes: true}, ours(...owned))
    assert.equal(text, after)
    const now = [...ours(...owned), ...added]
    assert.equal(
      editKeys(text, {keys: keys(...wanted), revokes: true}, now).text,
      after,
      'a second edit changes nothing',
    )
  })
}

test('repetitions of a key of ours are folded, the first stays', () => {
  assert.equal(
    foldKeys(`${alice}\n# x\n${bob}\n${alice}\n${alice}\n`, ours(alice)),
    `${alice}\n# x\n${bob}\n`,
  )
})

test('repetitions of a foreign key stay', () => {
  assert.equal(foldKeys(`${bob}\n${bob}\n`, ours(alice)), `${bob}\n${bob}\n`)
})

test('where not all keys are known, none is revoked', () => {
  const text = `${alice}\n${bob}\n`
  assert.equal(editKeys(text, {keys: keys(bob), revokes: false}, ours(alice, bob)).text, text)
})

test('a key of which an older version noted the blob alone gets its new comment', () => {
  const {blob} = keys(alice)[0]!
  const text = `${makeKey('alice', {comment: 'old'})}\n`
  assert.equal(editKeys(text, {keys: keys(alice), revokes: true}, [{blob}]).text, `${alice}\n`)
})
