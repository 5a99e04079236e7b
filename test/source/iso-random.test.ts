// Whatever stands in an image: reading it ends, asks for no more than bounded work, names nothing that lies outside, and
// what it reads of an image that nobody has touched is what was put into it.

import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {execa} from 'execa'
import {buildDiscImage} from '../../src/image/disc/build-image.ts'
import {listDiscFiles} from '../../src/image/disc/disc-files.ts'
import {openIso} from '../../src/source/iso/iso-source.ts'
import {isFileName} from '../../src/source/iso/names.ts'
import type {IsoDirectory} from '../../src/source/iso/tree.ts'
import {SystemError} from '../../src/system/errors.ts'
import {openSystem} from '../../src/system/system.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed, Random} from '../random.ts'
import {makeDirectory} from '../temporary.ts'
import {requireTool} from '../tools.ts'
import {damageImage, type Sample} from './damaged-image.ts'
import {goesOn, makeEndlessLink, makeImage, makeRecord} from './hostile-image.ts'
import {findFields} from './iso-fields.ts'

const content: Record<string, string> = {
  'context.sh': "HOSTNAME='web'\n",
  'init.sh': '#!/bin/sh\n',
  'A long name, with ä and blanks.text': 'x'.repeat(3000),
  [`${'n'.repeat(240)}`]: 'long',
  'a/b/c/d/e/f/g/h/i/deep': 'deep',
  'many/one': '1',
  'many/two': '2',
  'many/three': '3',
  empty: '',
  link: '-> context.sh',
  up: '-> a/../many/./one',
  outside: '-> /etc/passwd',
  above: '-> ../../etc/passwd',
  long: `-> ${'many/../'.repeat(60)}init.sh`,
}

type Writer = readonly [program: string, argv: (image: string, top: string) => readonly string[]]
const mkisofs = (...words: string[]): Writer => [
  'genisoimage',
  (image, top) => ['-quiet', '-no-pad', '-input-charset', 'utf-8', ...words, '-o', image, top],
]
const writers: readonly Writer[] = [
  mkisofs('-J', '-R'),
  mkisofs('-R'),
  mkisofs('-J', '-joliet-long', '-D'),
  mkisofs('-D'),
  mkisofs('-R', '-b', 'init.sh', '-no-emul-boot', '-c', 'boot.cat'),
  [
    'xorriso',
    (image, top) => ['-no_rc', '-as', 'mkisofs', '-no-pad', '-quiet', '-J', '-R', '-o', image, top],
  ],
  ['bsdtar', (image, top) => ['-cf', image, '--format', 'iso9660', '-C', top, '.']],
]

function layOut(top: string): void {
  for (const [name, text] of Object.entries(content)) {
    mkdirSync(dirname(join(top, name)), {recursive: true})
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(top, name))
    else writeFileSync(join(top, name), text)
  }
}

/** An image by each program that writes them, and by our own writer. */
async function makeSamples(t: TestContext): Promise<Sample[]> {
  const directory = makeDirectory(t)
  const top = join(directory, 'top')
  layOut(top)
  const images: string[] = []
  for (const [index, [program, argv]] of writers.entries()) {
    if (!requireTool(t, program)) continue
    const image = join(directory, `${index}.iso`)
    await execa(program, argv(image, top))
    images.push(image)
  }
  const own = join(directory, 'own.iso')
  const files = Object.entries(content).filter(([, text]) => !text.startsWith('-> '))
  const entries = files.map(([path, text]) => ({path, content: Buffer.from(text), mode: 0o644}))
  await buildDiscImage(openSystem('/'), {output: own, label: 'CONTEXT', entries, tool: 'vmcontext'})
  return [...images, own].map(image => {
    const bytes = readFileSync(image)
    return {image: bytes, fields: findFields(bytes)}
  })
}

const path = '/disc.iso'

/** What reading an image asked of the machine. */
type Work = {reads: number; bytes: number; largest: number}

/** Opens an image in memory. Nothing but a place within the machine's numbers may be asked for. */
function open(image: Buffer) {
  const work: Work = {reads: 0, bytes: 0, largest: 0}
  const readAt = (_: string, offset: number, length: number) => {
    assert.ok(Number.isSafeInteger(offset) && offset >= 0, `reads at ${offset}`)
    assert.ok(Number.isSafeInteger(length) && length >= 0, `reads ${length} bytes`)
    work.reads += 1
    work.bytes += length
    work.largest = Math.max(work.largest, length)
    return Buffer.from(image.subarray(offset, offset + length))
  }
  return {work, opened: openIso({readAt}, path)}
}

const mebibyte = 1024 * 1024

/** Looks at all of an image as the commands do, and at its bounds. */
function examine(image: Buffer): void {
  const {work, opened} = open(image)
  // Directories and what continues their records: the limit of the tree, and some for descriptors.
  assert.ok(work.bytes <= 66 * mebibyte && work.reads <= 500_000, JSON.stringify(work))
  if (typeof opened === 'string') {
    assert.match(opened, /^(it is no ISO image|it ends among its descriptors|it has blocks of \d+ bytes, as)/)
    return
  }
  assert.ok(opened.damage.length <= 1100)
  examineNames(opened.tree.root)
  const found = listDiscFiles(opened.files, path)
  for (const {path: name, kind} of found) {
    assert.ok(name.split('/').every(isFileName), JSON.stringify(name))
    if (kind !== 'directory') readWhole(opened.files, `${path}/${name}`)
  }
  assert.ok(work.largest <= 64 * mebibyte, JSON.stringify(work))
}

function examineNames({entries}: IsoDirectory): void {
  for (const [name, entry] of entries) {
    assert.ok(isFileName(name), JSON.stringify(name))
    if (entry.kind === 'directory') examineNames(entry)
    if (entry.kind === 'link') assert.ok(Buffer.byteLength(entry.target) < 4096)
  }
}

/** All of a file, or a word about why not: never a part, never something else. */
function readWhole(files: Parameters<typeof listDiscFiles>[0], name: string): void {
  const status = files.status(name)
  try {
    const bytes = files.read(name)
    if (bytes !== undefined) assert.equal(bytes.length, status?.size)
    else assert.equal(status, undefined)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
}

const seed = chooseSeed()

test('images that nobody has touched hold what was put into them', async t => {
  for (const {image} of await makeSamples(t)) {
    const {opened} = open(image)
    assert.ok(typeof opened !== 'string')
    assert.deepEqual([opened.damage, opened.isCut], [[], false])
    assert.equal(opened.files.readText(`${path}/context.sh`), content['context.sh'])
    const found = listDiscFiles(opened.files, path).filter(({kind}) => kind === 'file')
    const texts = found.map(file => file.content?.toString()).filter(text => text !== undefined)
    const expected = Object.values(content).filter(text => !text.startsWith('-> '))
    // An image that starts a machine has its catalogue besides, and patches nothing else.
    assert.deepEqual(
      expected.filter(text => !texts.includes(text)),
      [],
    )
    examine(image)
  }
})

test(`damaged images are read within bounds (VMCONTEXT_SEED=${seed})`, async t => {
  const samples = await makeSamples(t)
  const random = new Random(seed)
  const count = rounds(10_000, 500_000)
  for (let round = 0; round < count; round += 1) {
    const image = damageImage(random.pick(samples), random)
    try {
      examine(image)
    } catch (error) {
      const kept = join('/tmp', `vmcontext-iso-${seed}-${round}.iso`)
      writeFileSync(kept, image)
      throw new Error(`round ${round} of VMCONTEXT_SEED=${seed}, kept as ${kept}`, {cause: error})
    }
  }
  tried(t, count, 'damaged ISO images')
})

test('images cut at every sector are read within bounds', async t => {
  let count = 0
  for (const {image} of await makeSamples(t)) {
    for (let length = 0; length < image.length; length += 2048) {
      for (const end of [length, length + 1]) {
        examine(image.subarray(0, end))
        count += 1
      }
    }
  }
  tried(t, count, 'ISO images cut at a sector')
})

// What a small image can make of itself, each found by having it done.

test('a file of millions of pieces costs its directory, not all memory', () => {
  const image = makeImage(8 * mebibyte, () => makeRecord({name: 'A', flags: 0x80}))
  const {opened} = open(image)
  assert.ok(typeof opened !== 'string')
  const [file] = opened.tree.root.entries.values()
  assert.ok(file?.kind === 'file' && file.extents.length <= 4096)
  assert.deepEqual(opened.damage, [{path: '', message: 'this directory is damaged'}])
})

test('no more records are taken apart than are looked at', () => {
  const image = makeImage(16 * mebibyte, index => makeRecord({name: `F${index}`}))
  const {opened} = open(image)
  assert.ok(typeof opened !== 'string')
  assert.equal(opened.tree.root.entries.size, 100_000)
  assert.match(opened.damage[0]!.message, /only the first 100000 entries/)
})

test('links that all go on in the same block do not fill the memory with its copies', () => {
  const link = (index: number, behind: number) => makeRecord({name: `L${index}`, area: goesOn(behind)})
  const image = makeImage(8 * mebibyte, link, makeEndlessLink)
  examine(image)
  const {opened, work} = open(image)
  assert.ok(typeof opened !== 'string')
  assert.ok(work.reads < 40_000, JSON.stringify(work))
  assert.match(opened.damage[0]!.message, /more than any disc has/)
  const targets = [...opened.tree.root.entries.values()].map(entry => entry.kind === 'link' && entry.target)
  assert.ok(targets.every(target => target === false || target.length < 4096))
})

test('a link without a target leads nowhere, and not to the directory it is in', () => {
  const mode = Buffer.from('PX\x24\x01\xff\xa1', 'latin1')
  const image = makeImage(2048, () => makeRecord({name: 'L', area: Buffer.concat([mode], 36)}))
  const {opened} = open(image)
  assert.ok(typeof opened !== 'string')
  assert.equal(opened.files.readLink(`${path}/l`), '')
  assert.equal(opened.files.status(`${path}/l`), undefined)
  assert.deepEqual(opened.files.list(`${path}/l`), [])
})
