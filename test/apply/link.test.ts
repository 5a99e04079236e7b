import assert from 'node:assert/strict'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {linkHandler} from '../../src/apply/link.ts'
import type {Workshop} from '../../src/apply/workshop.ts'
import {forgetGivenBack, readManifest, readOriginals, writeManifest} from '../../src/report/manifest.ts'
import {SystemError} from '../../src/system/errors.ts'
import {openSystem} from '../../src/system/system.ts'
import {makeDirectory} from '../temporary.ts'

const path = '/etc/localtime'
const zone = (name: string) => `../usr/share/zoneinfo/${name}`

function makeWorkshop(t: TestContext, files: Record<string, string> = {}) {
  const root = makeDirectory(t, files)
  mkdirSync(join(root, 'etc'), {recursive: true})
  const system = openSystem(root)
  const workshop: Workshop = {system, manifest: readManifest(system, []), mayExecute: false}
  return {
    root,
    system,
    manifest: workshop.manifest,
    link(name: string) {
      const action = {kind: 'link', path, target: zone(name)} as const
      linkHandler.prepare?.(action, workshop)
      return (linkHandler.perform(action, workshop) as {status: string}).status
    },
    /** Somebody else makes the link. */
    relink: (target: string) => system.files.link(path, target),
    target: () => readlinkSync(join(root, path)),
    entry: () => workshop.manifest.files[path],
  }
}

test('a link is made where nothing stood, and is unchanged the second time', t => {
  const shop = makeWorkshop(t)
  assert.equal(shop.link('UTC'), 'changed')
  assert.equal(shop.target(), zone('UTC'))
  assert.deepEqual(shop.entry(), {previous: null, sha256: null, link: zone('UTC')})
  assert.equal(shop.link('UTC'), 'unchanged')
  assert.deepEqual(readdirSync(join(shop.root, 'etc')), ['localtime'])
})

test('a link that is so already is not ours', t => {
  const shop = makeWorkshop(t)
  symlinkSync(zone('UTC'), join(shop.root, path))
  assert.equal(shop.link('UTC'), 'unchanged')
  assert.equal(shop.entry(), undefined)
})

test('where the first link led stays known, and what others make of ours is kept besides', t => {
  const shop = makeWorkshop(t)
  shop.relink('/first')
  shop.link('UTC')
  shop.link('Europe/Berlin')
  assert.deepEqual(shop.entry(), {previous: {link: '/first'}, sha256: null, link: zone('Europe/Berlin')})
  shop.relink('/by/hand')
  shop.link('UTC')
  shop.link('Europe/Berlin')
  assert.deepEqual(shop.entry()?.overwritten, [{link: '/by/hand'}])
})

test('of a file in its place a copy is kept', t => {
  const shop = makeWorkshop(t, {'etc/localtime': 'TZif2'})
  shop.link('UTC')
  const {previous} = shop.entry()!
  assert.equal(
    readFileSync(join(shop.root, 'var/lib/vmcontext/kept', previous?.sha256 ?? ''), 'utf8'),
    'TZif2',
  )
  assert.equal(readOriginals(shop.system, shop.manifest).get(path)?.content, 'TZif2')
})

test('a link to what it was before we came is no longer ours; another one is', t => {
  const shop = makeWorkshop(t)
  shop.relink(zone('UTC'))
  shop.link('Europe/Berlin')
  forgetGivenBack(shop.system, shop.manifest)
  assert.notEqual(shop.entry(), undefined)
  assert.equal(readOriginals(shop.system, shop.manifest).get(path), undefined)
  shop.link('UTC')
  forgetGivenBack(shop.system, shop.manifest)
  assert.equal(shop.entry(), undefined)
})

test('the manifest is read again as it was written', t => {
  const shop = makeWorkshop(t)
  shop.relink('/first')
  shop.link('UTC')
  writeManifest(shop.system, shop.manifest)
  assert.deepEqual(readManifest(shop.system, []), shop.manifest)
})

test('what a killed run left beside it is replaced', t => {
  const shop = makeWorkshop(t, {'etc/.localtime.vmcontext-new': 'half'})
  assert.equal(shop.link('UTC'), 'changed')
  assert.deepEqual(readdirSync(join(shop.root, 'etc')), ['localtime'])
})

test('a directory in its place stays, and the error says so', t => {
  const shop = makeWorkshop(t)
  mkdirSync(join(shop.root, path))
  writeFileSync(join(shop.root, path, 'file'), '')
  assert.throws(() => shop.link('UTC'), SystemError)
  assert.ok(lstatSync(join(shop.root, path)).isDirectory())
  assert.deepEqual(readdirSync(join(shop.root, 'etc')), ['localtime'])
})
