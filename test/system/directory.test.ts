import assert from 'node:assert/strict'
import {truncateSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openDirectory} from '../../src/system/directory.ts'
import {makeDirectory} from '../temporary.ts'

test('no more is read than was allowed, whatever the size was a moment ago', t => {
  const path = makeDirectory(t, {small: 'text', large: ''})
  truncateSync(join(path, 'large'), 2 ** 30)
  const directory = openDirectory(path, '/home')
  assert.equal(directory.read('small', 4)?.toString(), 'text')
  assert.throws(() => directory.read('large', 4), /could not read \/home\/large: it is too large/)
  directory.close()
})
