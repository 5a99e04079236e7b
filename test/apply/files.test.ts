import assert from 'node:assert/strict'
import {chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {removeHandler, writeHandler} from '../../src/apply/files.ts'
import type {Workshop} from '../../src/apply/workshop.ts'
import {hashBytes, type Manifest, readManifest} from '../../src/report/manifest.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

const path = '/etc/hosts'

function makeWorkshop(t: TestContext, files: Record<string, string> = {}) {
  const root = makeDirectory(t, files)
  const system = openSystem(root)
  const workshop: Workshop = {system, manifest: readManifest(system, []), mayExecute: false}
  return {
    root,
    manifest: workshop.manifest,
    /** Prepares and performs a write, as a run does. */
    write(content: string, mode = 0o644) {
      const action = {kind: 'write', path, content, mode} as const
      writeHandler.prepare?.(action, workshop)
      return writeHandler.perform(action, workshop) as {status: string}
    },
    remove() {
      const action = {kind: 'remove', path} as const
      removeHandler.prepare?.(action, workshop)
      return removeHandler.perform(action, workshop) as {status: string}
    },
    read: () => readFileSync(join(root, path), 'latin1'),
    kept: (sha256: string | undefined) =>
      readFileSync(join(root, 'var/lib/vmcontext/kept', sha256 ?? ''), 'utf8'),
  }
}

const entryOf = (manifest: Manifest) => manifest.files[path]

test('a file that is already as it should be is not touched and not ours', t => {
  const shop = makeWorkshop(t, {'etc/hosts': 'same'})
  assert.equal(shop.write('same').status, 'unchanged')
  assert.equal(entryOf(shop.manifest), undefined)
  assert.ok(!existsSync(join(shop.root, 'var')))
})

test('of what was there before a copy is kept, for good', t => {
  const shop = makeWorkshop(t, {'etc/hosts': 'original'})
  shop.write('first')
  shop.write('second')
  assert.equal(shop.kept(entryOf(shop.manifest)?.previous?.sha256), 'original')
  assert.equal(entryOf(shop.manifest)?.sha256, hashBytes('second'))
  assert.equal(entryOf(shop.manifest)?.overwritten, undefined)
})

test('what somebody made of our file is kept besides', t => {
  const shop = makeWorkshop(t)
  shop.write('ours')
  writeFileSync(join(shop.root, path), 'edited by hand')
  shop.write('ours again')
  assert.equal(entryOf(shop.manifest)?.previous, null)
  assert.deepEqual(
    entryOf(shop.manifest)?.overwritten?.map(copy => shop.kept(copy.sha256)),
    ['edited by hand'],
  )
})

test('mode and owner of a file that is there stay', t => {
  const shop = makeWorkshop(t, {'etc/hosts': 'original'})
  chmodSync(join(shop.root, path), 0o600)
  shop.write('new')
  assert.equal(statSync(join(shop.root, path)).mode & 0o777, 0o600)
})

test('bytes that are no UTF-8 survive', t => {
  const shop = makeWorkshop(t)
  shop.write('# caf\xe9 \xff\n')
  assert.equal(shop.read(), '# caf\xe9 \xff\n')
})

test('a removed file is kept', t => {
  const shop = makeWorkshop(t, {'etc/hosts': 'original'})
  assert.equal(shop.remove().status, 'changed')
  assert.ok(!existsSync(join(shop.root, path)))
  assert.equal(shop.kept(entryOf(shop.manifest)?.previous?.sha256), 'original')
  assert.equal(shop.remove().status, 'unchanged')
})

test('what cannot be kept is not overwritten', t => {
  const shop = makeWorkshop(t, {'etc/hosts': 'original', 'var/lib/vmcontext': 'in the way'})
  assert.throws(() => shop.write('new'), /could not/)
  assert.equal(shop.read(), 'original')
})

test('a link to a missing directory is named and stays', t => {
  const shop = makeWorkshop(t, {'etc/other': ''})
  symlinkSync('/nowhere/hosts', join(shop.root, path))
  assert.equal(shop.write('new').status, 'failed')
})
