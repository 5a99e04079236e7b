import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readLoginFacts} from '../../../src/facts/login/login.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const libxcrypt = '$y$ $gy$ $7$ $2b$ $2a$ $2x$ $2y$ $6$ $5$ $sha1$ $md5 $1$ _'
const ofGlibc = {'usr/lib64/libcrypt-2.17.so': '$6$ $5$ $1$'}
const ofMusl = {'lib/ld-musl-x86_64.so.1': '$2a$00$abc'}

for (const [what, files, scheme, expected] of [
  ['yescrypt by libxcrypt', {'usr/lib/x86_64-linux-gnu/libcrypt.so.1': libxcrypt}, '$y$', true],
  ['yescrypt by an older libxcrypt', {'usr/lib64/libcrypt.so.1.1.0': '$2b$ $6$'}, '$y$', false],
  ['yescrypt by glibc', ofGlibc, '$y$', false],
  ['bcrypt by glibc', ofGlibc, '$2b$', false],
  ['SHA-512 by glibc', ofGlibc, '$6$', true],
  ['DES by anyone', ofGlibc, '', true],
  ['bcrypt by musl', ofMusl, '$2y$', true],
  ['yescrypt by musl', ofMusl, '$y$', false],
  ['SHA-512 by musl', ofMusl, '$6$', true],
  ['yescrypt by nobody who can be found', {}, '$y$', true],
] as const) {
  test(`a hash is known or not: ${what}`, t => {
    const system = openSystem(makeDirectory(t, files))
    assert.equal(readLoginFacts(system, {hasAccount: false, scheme}, read => read()).knowsScheme, expected)
  })
}

// As sudo 1.9.13 was seen to take them.
for (const [text, expected] of [
  ['#includedir /etc/sudoers.d\n', true],
  ['@includedir /etc/sudoers.d\n', true],
  ['  @includedir\t"/etc/sudoers.d/"  \n', true],
  ['#includedir /etc/sudoers.d # ours\n', true],
  ['@includedir sudoers.d\n', true],
  ['root ALL=(ALL) ALL\n', false],
  ['  #includedir /etc/sudoers.d\n', false],
  ['@includedir /usr/etc/sudoers.d\n', false],
  ['# includedir /etc/sudoers.d\n', false],
  ['## #includedir /etc/sudoers.d\n', false],
  ['#includedir /etc/sudoers.d.old\n', false],
] as const) {
  test(`sudoers reads its directory or not: ${JSON.stringify(text)}`, t => {
    const system = openSystem(makeDirectory(t, {'usr/bin/sudo': '', 'etc/sudoers': text}))
    assert.equal(readLoginFacts(system, {hasAccount: true}, read => read()).sudo.readsDirectory, expected)
  })
}

test('numbers of people begin where login.defs says', t => {
  const first = (text: string) =>
    readLoginFacts(openSystem(makeDirectory(t, {'etc/login.defs': text})), {hasAccount: true}, read => read())
      .firstUid
  assert.equal(first('UID_MIN\t\t  500\nSYS_UID_MIN 201\n'), 500)
  assert.equal(first('#UID_MIN 500\n'), 1000)
})
