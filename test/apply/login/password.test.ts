// Passwords on a root that does not run: nothing of it is executed, and the tools of this machine make the hash.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {setPasswordHandler} from '../../../src/apply/login/password.ts'
import {readManifest} from '../../../src/report/manifest.ts'
import {Secret} from '../../../src/secret.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot, requireTool} from '../../tools.ts'

const passwd = 'root:x:0:0:root:/root:/bin/sh\n'

const withShadow = {'etc/passwd': passwd, 'etc/shadow': 'root:*:14000:0:99999:7:::\n'}

for (const [what, text, files] of [
  ['for shadow', 'hunt er:2', withShadow],
  ['for passwd where there is no shadow', 'hunt er:2', {'etc/passwd': passwd.replace('x', '*')}],
  ['also where it is longer than openssl takes', 'x'.repeat(300), withShadow],
] as const) {
  test(`a plain password is hashed ${what}`, async t => {
    if (!requireRoot(t) || !requireTool(t, 'openssl') || !requireTool(t, 'perl')) return
    const directory = makeDirectory(t, files)
    const system = openSystem(directory)
    const manifest = readManifest(system, [])
    const password = {kind: 'plain', secret: new Secret(text)} as const
    const result = await setPasswordHandler.perform(
      {kind: 'set-password', account: 'root', password},
      {system, manifest, mayExecute: false},
    )
    assert.equal(result.status, 'changed')
    const file = 'etc/shadow' in files ? 'etc/shadow' : 'etc/passwd'
    const hash = /^root:([^:]*):/.exec(readFileSync(join(directory, file), 'utf8'))![1]!
    assert.match(hash, /^\$6\$/)
    const perl = ['-e', 'print crypt($ARGV[0], $ARGV[1])', text, hash]
    assert.equal(execFileSync('perl', perl, {encoding: 'utf8'}), hash)
    assert.ok(manifest.passwords.root)
  })
}

test('an account that is missing is told', async t => {
  const system = openSystem(makeDirectory(t, {'etc/passwd': passwd}))
  const manifest = readManifest(system, [])
  const password = {kind: 'none', secret: new Secret('*')} as const
  const result = await setPasswordHandler.perform(
    {kind: 'set-password', account: 'joe', password},
    {system, manifest, mayExecute: false},
  )
  assert.match(result.problems![0]!.message, /could not set the password of joe: there is no such account/)
  assert.deepEqual(manifest.passwords, {})
})
