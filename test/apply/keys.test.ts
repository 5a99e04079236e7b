import assert from 'node:assert/strict'
import {chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {authorizeKeysHandler} from '../../src/apply/keys.ts'
import {parseKeys} from '../../src/context/authorized-key.ts'
import {readManifest} from '../../src/report/manifest.ts'
import {asUser} from '../../src/system/identity.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeKey} from '../keys.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot} from '../tools.ts'

const uid = 12_345
const {keys} = parseKeys(makeKey('alice'))

/** A root in which joe has a home that is his, and the keys installed there. */
function makeHome(t: TestContext, files: Record<string, string> = {}) {
  const root = makeDirectory(t, {'etc/passwd': `joe:x:${uid}:${uid}::/home/joe:/bin/sh\n`, ...files})
  mkdirSync(join(root, 'home/joe'), {recursive: true})
  chownSync(join(root, 'home/joe'), uid, uid)
  const system = openSystem(root)
  const manifest = readManifest(system, [])
  return {
    root,
    home: join(root, 'home/joe'),
    manifest,
    install: () =>
      authorizeKeysHandler.perform(
        {kind: 'authorize-keys', account: 'joe', keys, revokes: true},
        {system, manifest, mayExecute: false},
      ),
  }
}

test('what is made in a home belongs to its owner and is open to nobody else', async t => {
  if (!requireRoot(t)) return
  const {home, install} = makeHome(t)
  assert.equal((await install()).status, 'changed')
  const [directory, file] = [statSync(join(home, '.ssh')), statSync(join(home, '.ssh/authorized_keys'))]
  assert.deepEqual([directory.uid, directory.gid, directory.mode & 0o777], [uid, uid, 0o700])
  assert.deepEqual([file.uid, file.gid, file.mode & 0o777], [uid, uid, 0o600])
})

test('the rights are given back, also after an error', t => {
  if (!requireRoot(t)) return
  const groups = process.getgroups?.()
  assert.throws(() =>
    asUser({uid, gid: uid}, () => {
      assert.equal(process.geteuid?.(), uid)
      assert.deepEqual(process.getgroups?.(), [uid])
      throw new Error('inside')
    }),
  )
  assert.deepEqual([process.geteuid?.(), process.getegid?.(), process.getgroups?.()], [0, 0, groups])
})

test('a link to /etc in the place of .ssh is not followed', async t => {
  if (!requireRoot(t)) return
  const {root, home, install} = makeHome(t)
  symlinkSync('/etc', join(home, '.ssh'))
  assert.equal((await install()).status, 'failed')
  assert.ok(!existsSync(join(root, 'etc/authorized_keys')))
})

test('a link in the place of authorized_keys is not followed', async t => {
  if (!requireRoot(t)) return
  const {root, home, install} = makeHome(t, {'etc/shadow': 'secret\n'})
  mkdirSync(join(home, '.ssh'))
  chownSync(join(home, '.ssh'), uid, uid)
  symlinkSync('/etc/shadow', join(home, '.ssh/authorized_keys'))
  assert.equal((await install()).status, 'failed')
  assert.equal(readFileSync(join(root, 'etc/shadow'), 'utf8'), 'secret\n')
})

test('a directory that belongs to root is not written to for a user', async t => {
  if (!requireRoot(t)) return
  const {home, install} = makeHome(t)
  mkdirSync(join(home, '.ssh'))
  chmodSync(join(home, '.ssh'), 0o755)
  await assert.rejects(async () => install(), /permission denied/)
})

test('a home below a directory that only root may enter is reached all the same', async t => {
  if (!requireRoot(t)) return
  const {root, install} = makeHome(t)
  chmodSync(root, 0o700)
  assert.equal((await install()).status, 'changed')
})
