import assert from 'node:assert/strict'
import {test} from 'node:test'
import {isSetLast, recordPassword} from '../../src/report/set-password.ts'
import {Secret} from '../../src/secret.ts'

const password = {kind: 'plain', secret: new Secret('hunter2')} as const

test('the same password is known again, and no other', () => {
  const record = recordPassword(password)
  assert.ok(isSetLast(record, password))
  assert.ok(!isSetLast(record, {kind: 'plain', secret: new Secret('hunter3')}))
  assert.ok(!isSetLast(record, {kind: 'hashed', secret: password.secret}))
  assert.ok(!isSetLast(undefined, password))
})

test('two records of one password have nothing in common', () => {
  const [one, other] = [recordPassword(password), recordPassword(password)]
  assert.notEqual(one.salt, other.salt)
  assert.notEqual(one.hash, other.hash)
})
