import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {completeSubordinateIds} from '../../../src/apply/login/subordinate-ids.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const cases: [what: string, definitions: string, before: string, after: string][] = [
  ['the first numbers', '', '', 'joe:100000:65536\n'],
  ['those behind the others', '', 'ann:100000:65536\nbob:165536:65536\n', 'joe:231072:65536\n'],
  ['those in a gap', '', 'bob:165536:65536\nann:231072:65536\n', 'joe:100000:65536\n'],
  ['none of a gap that is too small', '', 'ann:100010:10\n', 'joe:100020:65536\n'],
  ['what login.defs says', 'SUB_UID_MIN 5000\nSUB_UID_COUNT\t10\n', '', 'joe:5000:10\n'],
]

for (const [what, definitions, before, after] of cases) {
  test(`an account whose useradd was killed gets ${what}, once`, t => {
    const directory = makeDirectory(t, {'etc/login.defs': definitions, 'etc/subuid': before})
    const system = openSystem(directory)
    assert.ok(completeSubordinateIds(system, 'joe', {isTrial: true}))
    assert.ok(completeSubordinateIds(system, 'joe'))
    assert.ok(!completeSubordinateIds(system, 'joe'))
    assert.equal(readFileSync(join(directory, 'etc/subuid'), 'utf8'), `${before}${after}`)
  })
}

test('nothing is added where the guest gives none', t => {
  const files = {'etc/login.defs': 'SUB_UID_COUNT 0\n', 'etc/subuid': ''}
  const directory = makeDirectory(t, files)
  assert.ok(!completeSubordinateIds(openSystem(directory), 'joe'))
  assert.deepEqual(readdirSync(join(directory, 'etc')), ['login.defs', 'subuid'])
})
