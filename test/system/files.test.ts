import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {openFiles} from '../../src/system/files.ts'
import {makeDirectory} from '../temporary.ts'
import {requireRoot} from '../tools.ts'

test('a write leaves the text, the mode and no temporary file', t => {
  const root = makeDirectory(t)
  openFiles(root).write('/a', 'text', {mode: 0o640})
  assert.equal(readFileSync(join(root, 'a'), 'utf8'), 'text')
  assert.equal(statSync(join(root, 'a')).mode & 0o777, 0o640)
  assert.deepEqual(readdirSync(root), ['a'])
})

test('what a killed run left of a write is replaced', t => {
  const root = makeDirectory(t, {a: 'old', '.a.vmcontext-new': 'half'})
  openFiles(root).write('/a', 'new', {mode: 0o600})
  assert.deepEqual(readdirSync(root), ['a'])
  assert.equal(readFileSync(join(root, 'a'), 'utf8'), 'new')
})

test('a link at the place of a temporary file is not followed', t => {
  const root = makeDirectory(t, {victim: 'safe'})
  symlinkSync('victim', join(root, '.a.vmcontext-new'))
  openFiles(root).write('/a', 'new', {mode: 0o600})
  assert.equal(readFileSync(join(root, 'victim'), 'utf8'), 'safe')
})

test('a symbolic link stays, its target gets the text', t => {
  const root = makeDirectory(t, {'run/target': 'old'})
  symlinkSync('/run/target', join(root, 'link'))
  openFiles(root).write('/link', 'new', {mode: 0o644})
  assert.ok(lstatSync(join(root, 'link')).isSymbolicLink())
  assert.equal(readFileSync(join(root, 'run/target'), 'utf8'), 'new')
})

test('what cannot be written is named with its cause, and the old text stays', t => {
  const root = makeDirectory(t, {'a/b': 'old'})
  assert.throws(
    () => openFiles(root).write('/a/b/c', 'x', {mode: 0o600}),
    /could not write \/a\/b\/c: .*not a directory/,
  )
  assert.equal(readFileSync(join(root, 'a/b'), 'utf8'), 'old')
})

test('what is not there reads as undefined, lists as nothing', t => {
  const files = openFiles(makeDirectory(t, {file: ''}))
  assert.equal(files.read('/none'), undefined)
  assert.equal(files.read('/file/below'), undefined)
  assert.equal(files.status('/none'), undefined)
  assert.deepEqual(files.list('/none'), [])
})

test('a link is read as it is written, anything else is none', t => {
  const root = makeDirectory(t, {file: ''})
  symlinkSync('file', join(root, 'link'))
  const files = openFiles(root)
  assert.deepEqual(
    ['/link', '/file', '/none', '/'].map(path => files.readLink(path)),
    ['file', undefined, undefined, undefined],
  )
})

test('a log is for its owner alone from birth and not opened through a link', t => {
  const root = makeDirectory(t, {victim: ''})
  symlinkSync('victim', join(root, 'link'))
  const files = openFiles(root)
  files.append('/log', 'one\n')
  files.append('/log', 'two\n')
  assert.equal(readFileSync(join(root, 'log'), 'utf8'), 'one\ntwo\n')
  assert.equal(statSync(join(root, 'log')).mode & 0o777, 0o600)
  assert.throws(() => files.append('/link', 'x'), /symbolic link/)
})

test('a pipe in the place of a log is neither written nor waited for', t => {
  const root = makeDirectory(t)
  const pipe = join(root, 'pipe')
  execFileSync('mkfifo', [pipe])
  const append = () => openFiles(root).append('/pipe', 'x')
  assert.throws(append, /could not write \/pipe/)
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  assert.throws(append, /no regular file/)
  closeSync(reader)
})

test('a slice ends where the file does', t => {
  const root = makeDirectory(t)
  writeFileSync(join(root, 'a'), '0123456789')
  chmodSync(join(root, 'a'), 0o400)
  assert.equal(openFiles(root).readAt('/a', 8, 10)?.toString(), '89')
})

test('a log that has another name, too, or is of somebody who may write beside it, gets no text', t => {
  if (!requireRoot(t)) return
  const root = makeDirectory(t, {'log/one': '', 'etc/shadow': ''})
  const {append} = openFiles(root)
  linkSync(join(root, 'etc/shadow'), join(root, 'log/linked'))
  assert.throws(
    () => append('/log/linked', 'text'),
    /could not write \/log\/linked: it has another name, too/,
  )
  chownSync(join(root, 'log/one'), 12_345, 0)
  append('/log/one', 'text')
  chmodSync(join(root, 'log'), 0o777)
  assert.throws(() => append('/log/one', 'text'), /it belongs to the user 12345$/)
})

test('a piece of a pipe is not waited for', t => {
  const root = makeDirectory(t)
  execFileSync('mkfifo', [join(root, 'pipe')])
  assert.throws(() => openFiles(root).readAt('/pipe', 0, 1), /it is no regular file/)
})
