import assert from 'node:assert/strict'
import {chmodSync, chownSync, mkdirSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openFiles} from '../../src/system/files.ts'
import {isWayOurs, requireOwnDirectory} from '../../src/system/own-place.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot} from '../tools.ts'

test('a directory is used if only root could have made it what it is', t => {
  if (!requireRoot(t)) return
  const root = makeDirectory(t, {'run/ours/a': '', 'data/ours/a': '', 'run/file': ''})
  const files = openFiles(root)
  const check = (name: string) => () => requireOwnDirectory(files, `/run/${name}`)
  symlinkSync('../data/ours', join(root, 'run/linked'))
  for (const name of ['ours', 'file', 'missing', 'linked']) check(name)()
  chmodSync(join(root, 'data/ours'), 0o777)
  assert.throws(
    check('linked'),
    /could not use \/data\/ours: it can be written by others .*; move it away, or trust .*: chown root \/data\/ours; chmod go-w \/data\/ours$/,
  )
  // What is there already nobody else can move; what is not, anybody could make.
  chmodSync(join(root, 'run'), 0o1777)
  check('ours')()
  assert.throws(check('missing'), /\/run can be written by others than root, .*chmod go-w \/run$/)
  assert.throws(check('linked'), /it is no directory/)
  chmodSync(join(root, 'run'), 0o777)
  assert.throws(check('ours'), /chmod go-w \/run$/)
})

test('on another root its own root counts as well, on the running one nobody else', t => {
  if (!requireRoot(t)) return
  const root = makeDirectory(t, {'run/ours/a': ''})
  for (const path of ['', 'run', 'run/ours']) chownSync(join(root, path), 100_000, 100_000)
  requireOwnDirectory(openFiles(root), '/run/ours')
  assert.throws(
    () => requireOwnDirectory(openFiles('/'), join(root, 'run/ours')),
    /belongs to the user 100000/,
  )
})

test('below a directory of a user the way is not ours', t => {
  if (!requireRoot(t)) return
  const root = makeDirectory(t)
  mkdirSync(join(root, 'home/joe/share'), {recursive: true})
  chownSync(join(root, 'home/joe'), 12_345, 12_345)
  const ways = ['/home/joe', '/home/joe/share', '/mnt'].map(path => isWayOurs(openFiles(root), path))
  assert.deepEqual(ways, [true, false, true])
})
