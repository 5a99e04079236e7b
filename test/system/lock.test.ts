import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, readFileSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {readBootId, readStartTime} from '../../src/system/clock.ts'
import {SystemError} from '../../src/system/errors.ts'
import {openFiles} from '../../src/system/files.ts'
import {LockedError, readLockOwner, takeLock} from '../../src/system/lock.ts'
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

test('of many that meet a dead lock at once one gets it', {timeout: 120_000}, async t => {
  const module = join(import.meta.dirname, '../../src/system')
  const script = `
    const {openFiles} = await import('${module}/files.ts')
    const {takeLock} = await import('${module}/lock.ts')
    process.on('message', ({directory, at}) => {
      while (Date.now() < at);
      try { takeLock(openFiles(directory), '/lock'); process.send(true) } catch { process.send(false) }
    })
    process.send('ready')`
  const args = ['--input-type=module', '-e', script]
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, args, {stdio: ['ignore', 'inherit', 'inherit', 'ipc']}),
  )
  t.after(() => {
    for (const child of children) child.kill()
  })
  await Promise.all(children.map(child => once(child, 'message')))
  for (let round = 0; round < 100; round += 1) {
    const directory = makeDirectory(t, {lock: describe(999_999_999, {startTime: '5'})})
    const answers = children.map(async child => (await once(child, 'message'))[0] as boolean)
    for (const child of children) child.send({directory, at: Date.now() + 3})
    assert.equal((await Promise.all(answers)).filter(Boolean).length, 1, `in round ${round}`)
  }
})

test('what was planted under the name of this process is not written through', t => {
  const root = makeDirectory(t, {'etc/passwd': 'root\n'})
  mkdirSync(join(root, 'run/vmcontext'), {recursive: true})
  for (const suffix of ['', '.new'])
    symlinkSync('../../etc/passwd', join(root, `run/vmcontext/lock.${process.pid}${suffix}`))
  takeLock(openFiles(root), '/run/vmcontext/lock')()
  assert.equal(readFileSync(join(root, 'etc/passwd'), 'utf8'), 'root\n')
})

test('where the machine does not even say what leads to a lock, that is its refusal and no defect', t => {
  const root = makeDirectory(t)
  symlinkSync('run', join(root, 'run'))
  const files = openFiles(root)
  assert.throws(() => files.locateEntry(path), SystemError)
  assert.throws(() => files.locateTarget(path), SystemError)
  assert.throws(() => readLockOwner(files, path), SystemError)
  assert.throws(() => takeLock(files, path), SystemError)
})
