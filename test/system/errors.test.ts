import assert from 'node:assert/strict'
import {test} from 'node:test'
import {codeOf, describeCause, SystemError} from '../../src/system/errors.ts'

/** As Node hands over what libuv has no name for. */
function unnamed(number: number): Error {
  const code = `Unknown system error ${number}`
  return Object.assign(new Error(`${code}: ${code}, open '/dev/sr0'`), {code, errno: number})
}

test('an empty drive is told from one that is broken, though Node has no name for it', () => {
  const error = new SystemError('read /dev/sr0', unnamed(-123))
  assert.equal(error.code, 'ENOMEDIUM')
  assert.equal(error.message, 'could not read /dev/sr0: there is no disc in the drive')
})

test('so is a disc that the drive cannot read', () => {
  assert.match(describeCause(unnamed(-124)), /of a kind that it cannot read/)
})

test('any other number stays what it is', () => {
  assert.equal(codeOf(unnamed(-999)), 'Unknown system error -999')
})

test('a quota that is used up is told in words, whatever Node calls it', () => {
  const error = Object.assign(new Error('UNKNOWN: unknown error, write'), {code: 'UNKNOWN', errno: -122})
  assert.equal(
    new SystemError('write /etc/hosts', error).message,
    'could not write /etc/hosts: the disk quota is used up',
  )
})
