import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {editLocked} from '../../../src/apply/login/account-lock.ts'
import {removeStaleLocks} from '../../../src/system/account-lock.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireRoot, requireTool} from '../../tools.ts'

const paths = ['/etc/passwd', '/etc/shadow']

test('the account files are locked as shadow-utils does it, and released', async t => {
  const directory = makeDirectory(t, {'etc/passwd': '', 'etc/shadow': ''})
  const lock = await editLocked(openSystem(directory), paths, () =>
    readFileSync(join(directory, 'etc/shadow.lock'), 'utf8'),
  )
  assert.equal(Number.parseInt(lock, 10), process.pid)
  assert.deepEqual(readdirSync(join(directory, 'etc')), ['passwd', 'shadow'])
})

test('a failed edit releases them, too', async t => {
  const directory = makeDirectory(t, {'etc/passwd': '', 'etc/shadow': ''})
  const fail = () => {
    throw new Error('disk full')
  }
  await assert.rejects(editLocked(openSystem(directory), paths, fail), /disk full/)
  assert.deepEqual(readdirSync(join(directory, 'etc')), ['passwd', 'shadow'])
})

test('another tool that has a lock is not disturbed', async t => {
  const directory = makeDirectory(t, {'etc/shadow.lock': `${process.pid}\0`})
  const edit = editLocked(openSystem(directory), paths, () => assert.fail('nothing is edited'), 0)
  await assert.rejects(edit, /could not edit \/etc\/shadow: another tool has locked it/)
  assert.deepEqual(readdirSync(join(directory, 'etc')), ['shadow.lock'])
})

test('a lock whose owner is dead is taken over', async t => {
  const dead = execFileSync('sh', ['-c', 'echo $$'], {encoding: 'utf8'}).trim()
  const directory = makeDirectory(t, {'etc/shadow.lock': `${dead}\0`})
  assert.equal(await editLocked(openSystem(directory), paths, () => 'edited', 0), 'edited')
  assert.equal(existsSync(join(directory, 'etc/shadow.lock')), false)
})

test('a lock of a dead owner goes, even where its number is somebody else by now', t => {
  const held = {'etc/passwd.lock': `${process.pid}\0`, 'etc/group.lock': `${process.pid}\0`}
  const directory = makeDirectory(t, {...held, 'etc/subuid.lock': 'no number'})
  // Before this process was there, and in a time that is still to come: a clock that stood wrong.
  utimesSync(join(directory, 'etc/passwd.lock'), 1_000_000_000, 1_000_000_000)
  const system = openSystem(directory)
  removeStaleLocks(system.files)
  assert.deepEqual(readdirSync(join(directory, 'etc')), ['group.lock', 'subuid.lock'])
  const later = Date.now() / 1000 + 3600
  utimesSync(join(directory, 'etc/group.lock'), later, later)
  removeStaleLocks(system.files)
  assert.deepEqual(readdirSync(join(directory, 'etc')), ['subuid.lock'])
})

test('useradd respects our lock', async t => {
  if (!requireRoot(t) || !requireTool(t, 'useradd')) return
  const files = {'etc/passwd': 'root:x:0:0::/root:/bin/sh\n', 'etc/group': 'root:x:0:\n', 'etc/shadow': ''}
  const directory = makeDirectory(t, files)
  const add = () => execFileSync('useradd', ['-R', directory, 'joe'], {stdio: 'pipe'})
  await editLocked(openSystem(directory), paths, () => assert.throws(add, /already used by PID|cannot lock/))
  assert.doesNotMatch(readFileSync(join(directory, 'etc/passwd'), 'utf8'), /joe/)
  add()
  assert.match(readFileSync(join(directory, 'etc/passwd'), 'utf8'), /^joe:/m)
})
