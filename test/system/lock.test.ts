import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {readBootId, readStartTime} from '../../src/system/clock.ts'
import {openFiles} from '../../src/system/files.ts'
import {LockedError, takeLock} from '../../src/system/lock.ts'
import {makeDirectory} from '../temporary.ts'

const path = '/run/vmcontext/lock'
const machine = openFiles('/')
const describe = (pid: number, change = {}) =>
  JSON.stringify({pid, startTime: readStartTime(machine, pid), bootId: readBootId(machine), ...change})

test('a lock is held until it is released', t => {
  const root = makeDirectory(t)
  const release = takeLock(openFiles(root), path)
  assert.throws(() => takeLock(openFiles(root), path), LockedError)
  release()
  assert.ok(!existsSync(join(root, path)))
  takeLock(openFiles(root), path)()
})

const stale: [what: string, lock: string][] = [
  ['of a process that is gone', describe(999_999_999, {startTime: '5'})],
  ['of a process number that came round', describe(process.pid, {startTime: '1'})],
  ['of another boot', describe(process.pid, {bootId: 'another'})],
  ['that is no lock', 'nonsense'],
  ['that is empty', ''],
]

for (const [what, lock] of stale) {
  test(`a lock ${what} is taken over at once`, t => {
    const root = makeDirectory(t, {[path.slice(1)]: lock})
    takeLock(openFiles(root), path)()
  })
}

test('the lock of a living process is respected and names it', async t => {
  const child = spawn('sleep', ['60'])
  t.after(() => child.kill())
  await once(child, 'spawn')
  const root = makeDirectory(t, {[path.slice(1)]: describe(child.pid!)})
  assert.throws(() => takeLock(openFiles(root), path), {
    pid: child.pid!,
    message: new RegExp(`process ${child.pid}`),
  })
})
