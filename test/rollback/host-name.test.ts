// The name that the running kernel gets when a rollback returns the file that it has it from.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {FileReturn} from '../../src/rollback/files.ts'
import {findHostName} from '../../src/rollback/host-name.ts'

function find(path: string, text: string, isOurs: boolean, live = true): string | undefined {
  const owned = isOurs ? {sha256: 'of ours', previous: null} : null
  const file = {path, bytes: Buffer.from(text), owned, now: null} as unknown as FileReturn
  return findHostName([file], {live, kernelHostname: 'two'})
}

const cases: [path: string, text: string, isOurs: boolean, name: string | undefined][] = [
  ['/etc/hostname', '# by hand\none\n', true, 'one'],
  ['/etc/hostname', 'one.example.org\n', false, 'one.example.org'],
  ['/etc/hostname', 'two\n', true, undefined],
  ['/etc/hostname', 'no name at all!\n', false, 'no'],
  ['/etc/hostname', '-rf\n', false, undefined],
  ['/etc/HOSTNAME', 'one.example.org\n', false, 'one'],
  ['/etc/sysconfig/network', 'NETWORKING=yes\nHOSTNAME="one.example.org"\n', true, 'one'],
  ['/etc/sysconfig/network', 'HOSTNAME=one.example.org\n', false, 'one.example.org'],
  ['/etc/hosts', '127.0.1.1 one\n', true, undefined],
]

test('the kernel gets the name that it had by that file', () => {
  for (const [path, text, isOurs, name] of cases)
    assert.equal(find(path, text, isOurs), name, `${path} ${text}`)
})

test('an image has no kernel', () => {
  assert.equal(find('/etc/hostname', 'one\n', true, false), undefined)
})
