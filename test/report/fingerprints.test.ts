import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {describeKey, formatFingerprints, takeNewFingerprints} from '../../src/report/fingerprints.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeKey} from '../keys.ts'
import {makeDirectory} from '../temporary.ts'
import {requireTool} from '../tools.ts'

for (const [type, bits, comment] of [
  ['ed25519', '256', 'root@web'],
  ['ecdsa', '256', 'Jürgen at work'],
  ['ecdsa', '521', 'two words'],
  ['rsa', '2048', 'root@web'],
] as const) {
  test(`${type} ${bits}: as ssh-keygen -l shows it`, t => {
    if (!requireTool(t, 'ssh-keygen')) return
    const path = join(makeDirectory(t), 'key')
    execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-C', comment, '-f', path])
    const expected = execFileSync('ssh-keygen', ['-l', '-f', path], {
      encoding: 'utf8',
      env: {...process.env, LC_ALL: 'C.UTF-8'},
    })
    assert.equal(describeKey(readFileSync(`${path}.pub`, 'utf8').trim())?.text, expected.trim())
  })
}

test('fingerprints are shown once, and again when a key is another one', t => {
  const root = makeDirectory(t, {'a.pub': `${makeKey('a')}\n`, 'broken.pub': 'junk\n'})
  const manifest = {shownHostKeys: ['SHA256:of-the-image']}
  const take = (...paths: string[]) => takeNewFingerprints(openSystem(root), manifest, paths).length
  assert.equal(take('/a', '/broken', '/missing'), 1)
  assert.equal(take('/a'), 0)
  openSystem(root).files.write('/b.pub', makeKey('b'), {mode: 0o644})
  assert.equal(take('/a', '/b'), 2)
  assert.equal(take('/b'), 0, 'one that is gone is nothing new')
})

test('without keys there is no block', () => assert.deepEqual(formatFingerprints([]), []))
