import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {authorizeKeysHandler} from '../../../src/apply/login/keys.ts'
import type {Result, Workshop} from '../../../src/apply/workshop.ts'
import {parseKeys} from '../../../src/context/login/authorized-key.ts'
import {readManifest} from '../../../src/report/manifest.ts'
import {asUser} from '../../../src/system/identity.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeKey} from '../../keys.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot} from '../../tools.ts'

const uid = 12_345
const {keys} = parseKeys(makeKey('alice'))

/** A root in which joe has a home that is his, and the keys installed there. */
function makeHome(t: TestContext, files: Record<string, string> = {}) {
  const root = makeDirectory(t, {'etc/passwd': `joe:x:${uid}:${uid}::/home/joe:/bin/sh\n`, ...files})
  mkdirSync(join(root, 'home/joe'), {recursive: true})
  execFileSync('chown', ['-R', '--no-dereference', `${uid}:${uid}`, join(root, 'home/joe')])
  const system = openSystem(root)
  const manifest = readManifest(system, [])
  /** Installs the keys where sshd looks for them, as a run does. */
  const install = (paths = '.ssh/authorized_keys', wanted = keys, revokes = true) => {
    const files = {paths: paths.split(' '), isForOne: false}
    const action = {kind: 'authorize-keys', account: 'joe', keys: wanted, revokes, files} as const
    const workshop = {system, manifest, mayExecute: false} as Workshop
    authorizeKeysHandler.prepare?.(action, workshop)
    return authorizeKeysHandler.perform(action, workshop) as Result
  }
  return {root, home: join(root, 'home/joe'), manifest, install}
}

test('what is made in a home belongs to its owner and is open to nobody else', t => {
  if (!requireRoot(t)) return
  const {home, install} = makeHome(t)
  assert.equal(install().status, 'changed')
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

test('a link to /etc in the place of .ssh is not followed', t => {
  if (!requireRoot(t)) return
  const {root, home, install} = makeHome(t)
  symlinkSync('/etc', join(home, '.ssh'))
  assert.equal(install().status, 'failed')
  assert.ok(!existsSync(join(root, 'etc/authorized_keys')))
})

test('a link in the place of authorized_keys is not followed', t => {
  if (!requireRoot(t)) return
  const {root, home, install} = makeHome(t, {'etc/shadow': 'secret\n'})
  mkdirSync(join(home, '.ssh'))
  chownSync(join(home, '.ssh'), uid, uid)
  symlinkSync('/etc/shadow', join(home, '.ssh/authorized_keys'))
  assert.equal(install().status, 'failed')
  assert.equal(readFileSync(join(root, 'etc/shadow'), 'utf8'), 'secret\n')
})

test('a directory that belongs to root is not written to for a user', t => {
  if (!requireRoot(t)) return
  const {home, install} = makeHome(t)
  mkdirSync(join(home, '.ssh'))
  chmodSync(join(home, '.ssh'), 0o755)
  assert.throws(() => install(), /permission denied/)
})

test('a home below a directory that only root may enter is reached all the same', t => {
  if (!requireRoot(t)) return
  const {root, install} = makeHome(t)
  chmodSync(root, 0o700)
  assert.equal(install().status, 'changed')
})

const text = (path: string) => readFileSync(path, 'latin1')
const line = `${makeKey('alice')}\n`

for (const [what, make] of [
  ['a directory', 'mkdir authorized_keys'],
  ['a pipe', 'mkfifo authorized_keys'],
  ['a link to itself', 'ln -s authorized_keys authorized_keys'],
  ['more than anybody has of keys', 'truncate -s 8G authorized_keys'],
] as const) {
  test(`${what} in the place of authorized_keys is not read, and left as it is`, t => {
    if (!requireRoot(t)) return
    const {home, install} = makeHome(t, {'home/joe/.ssh/mine': ''})
    execFileSync('sh', ['-c', make], {cwd: join(home, '.ssh')})
    const {status, problems} = install()
    assert.equal(status, 'failed')
    assert.match(problems?.[0]?.message ?? '', /could not install the keys for joe: \/home\/joe\/.ssh\/auth/)
    execFileSync('sh', ['-c', '! find -newer mine -name "*vmcontext*" | grep .'], {cwd: join(home, '.ssh')})
  })
}

test('a directory where the new file is to be made is named as what it is', t => {
  if (!requireRoot(t)) return
  const {home, install} = makeHome(t, {'home/joe/.ssh/.authorized_keys.vmcontext-new/mine': ''})
  assert.throws(
    () => install(),
    /could not write \/home\/joe\/.ssh\/authorized_keys: a directory is in its way$/,
  )
  assert.ok(!existsSync(join(home, '.ssh/authorized_keys')))
})

test('what a planted hard link leads to is neither read nor written', t => {
  if (!requireRoot(t)) return
  const {root, home, install} = makeHome(t, {'etc/shadow': 'secret\n', 'home/joe/.ssh/mine': ''})
  chmodSync(join(root, 'etc/shadow'), 0o600)
  linkSync(join(root, 'etc/shadow'), join(home, '.ssh/authorized_keys'))
  assert.throws(() => install(), /permission denied/)
  chmodSync(join(root, 'etc/shadow'), 0o644)
  assert.equal(install().status, 'changed')
  assert.equal(text(join(root, 'etc/shadow')), 'secret\n')
  assert.equal(text(join(home, '.ssh/authorized_keys')), `secret\n${line}`)
})

test('directories above a place further down are made for the owner alone', t => {
  if (!requireRoot(t)) return
  const {home, install} = makeHome(t)
  assert.equal(install('.config/ssh/keys').status, 'changed')
  for (const name of ['.config', '.config/ssh']) {
    const {mode, uid: owner} = statSync(join(home, name))
    assert.deepEqual([mode & 0o777, owner], [0o700, uid])
  }
  assert.equal(text(join(home, '.config/ssh/keys')), line)
})

test('keys follow when sshd looks elsewhere, and are revoked there', t => {
  if (!requireRoot(t)) return
  const {root, home, manifest, install} = makeHome(t, {'home/joe/.ssh/authorized_keys': 'ssh-x by hand\n'})
  install()
  assert.equal(install('/etc/ssh/keys/%u').status, 'changed')
  assert.equal(text(join(home, '.ssh/authorized_keys')), 'ssh-x by hand\n')
  assert.equal(text(join(root, 'etc/ssh/keys/joe')), line)
  assert.deepEqual(manifest.keys, {joe: {'/etc/ssh/keys/joe': [line.trim()]}})
  assert.equal(install('/etc/ssh/keys/%u').status, 'unchanged')
  assert.equal(install('.ssh/authorized_keys', []).status, 'changed')
  assert.equal(text(join(root, 'etc/ssh/keys/joe')), '')
  assert.deepEqual(manifest.keys, {})
})

test('where keys can be put nowhere, those that are wanted stay and others are revoked', t => {
  if (!requireRoot(t)) return
  const {home, install} = makeHome(t)
  const both = [...keys, ...parseKeys(makeKey('bob')).keys]
  install('.ssh/authorized_keys', both)
  assert.equal(install('none').status, 'changed')
  assert.equal(text(join(home, '.ssh/authorized_keys')), line)
})

test('a key that was there by hand is not ours: it stays when the context no longer names it', t => {
  if (!requireRoot(t)) return
  const {home, manifest, install} = makeHome(t, {'home/joe/.ssh/authorized_keys': line})
  assert.equal(install().status, 'unchanged')
  assert.deepEqual(manifest.keys, {})
  install('.ssh/authorized_keys', [])
  assert.equal(text(join(home, '.ssh/authorized_keys')), line)
})

test('a file outside the homes is not written below a directory that somebody else may write', t => {
  if (!requireRoot(t)) return
  for (const spoil of ['chmod 777 keys', 'chown 12345 keys', 'rm -r keys && ln -s ../home/joe keys']) {
    const {root, install} = makeHome(t, {'keys/other': ''})
    execFileSync('sh', ['-c', spoil], {cwd: root})
    const {status, problems} = install('/keys/%u')
    assert.equal(status, 'failed')
    assert.match(problems?.[0]?.cure ?? '', /a directory of root that nobody else may write/)
  }
})

test('a link in the place of such a file is not followed', t => {
  if (!requireRoot(t)) return
  const {root, install} = makeHome(t, {'keys/other': '', 'etc/shadow': 'secret\n'})
  symlinkSync('/etc/shadow', join(root, 'keys/joe'))
  assert.equal(install('/keys/%u').status, 'failed')
  assert.equal(text(join(root, 'etc/shadow')), 'secret\n')
})

test('a key that root has by hand is not taken for that of an account that is yet to be made', t => {
  if (!requireRoot(t)) return
  for (const [place, path] of [
    ['/keys/%U', 'keys/0'],
    ['/keys/%u', 'keys/joe'],
  ] as const) {
    const {root, manifest, install} = makeHome(t, {[path]: line})
    const passwd = text(join(root, 'etc/passwd'))
    writeFileSync(join(root, 'etc/passwd'), '')
    // The account is made between what is noted and what is done.
    assert.match(install(place).problems?.[0]?.message ?? '', /no such account/)
    writeFileSync(join(root, 'etc/passwd'), passwd)
    install(place)
    install(place, [])
    assert.equal(text(join(root, path)), line)
    assert.deepEqual(manifest.keys, {})
  }
})

test('a manifest of the first version is understood: blobs of keys in the usual place', t => {
  if (!requireRoot(t)) return
  const {root, home} = makeHome(t, {'home/joe/.ssh/authorized_keys': line})
  const old = {version: 1, files: {}, accounts: {}, keys: {joe: [keys[0]!.blob]}, nics: {}, hosts: []}
  mkdirSync(join(root, 'var/lib/vmcontext'), {recursive: true})
  writeFileSync(join(root, 'var/lib/vmcontext/manifest.json'), JSON.stringify(old))
  const system = openSystem(root)
  const manifest = readManifest(system, [])
  const files = {paths: ['.ssh/authorized_keys'], isForOne: false}
  const action = {kind: 'authorize-keys', account: 'joe', keys: [], revokes: true, files} as const
  const result = authorizeKeysHandler.perform(action, {system, manifest, mayExecute: false} as Workshop)
  assert.equal((result as Result).status, 'changed')
  assert.equal(text(join(home, '.ssh/authorized_keys')), '')
})
