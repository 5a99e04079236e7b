import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, type TestContext, test} from 'node:test'
import {execa} from 'execa'
import {acquireSource} from '../../src/source/acquire.ts'
import {type IsoImage, openIso} from '../../src/source/iso/iso-source.ts'
import {readDisc} from '../../src/source/read-disc.ts'
import {openSystem} from '../../src/system/system.ts'
import {describeFiles} from '../image/disc/disc-tree.ts'
import {chooseSeed, Random} from '../random.ts'
import {makeDirectory} from '../temporary.ts'
import {requireTool} from '../tools.ts'

const {files} = openSystem('/')

/** An image that a program makes of files. */
async function makeImage(
  t: TestContext,
  content: Record<string, string>,
  argv: readonly [string, ...string[]] = ['genisoimage', '-quiet', '-J', '-R'],
): Promise<string> {
  const directory = makeDirectory(t)
  const top = join(directory, 'top')
  for (const [name, text] of Object.entries(content)) {
    mkdirSync(dirname(join(top, name)), {recursive: true})
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(top, name))
    else writeFileSync(join(top, name), text, {mode: 0o640})
  }
  const image = join(directory, 'disc.iso')
  const [program, ...words] = argv
  await execa(program, [...words, '-o', image, top])
  return image
}

function open(image: string): IsoImage {
  const opened = openIso(files, image)
  assert.ok(typeof opened !== 'string', String(opened))
  return opened
}

const plainFiles = {'CONTEXT.SH': 'A=1\n', 'INIT.SH': 'echo\n', 'DIR/FILE.TXT': 'x', EMPTY: ''}
const longFiles = {
  'context.sh': 'A=1\n',
  'A long name, with ä.text': 'x',
  'a/b/c/d/e/f/g/h/i/j/deep': 'deep',
  empty: '',
}
const xorriso = ['xorriso', '-no_rc', '-as', 'mkisofs'] as const

type Case = [
  what: string,
  content: Record<string, string>,
  argv: readonly [string, ...string[]],
  naming: string,
  mode: string,
]
const cases: Case[] = [
  ['genisoimage -J -R', longFiles, ['genisoimage', '-quiet', '-J', '-R'], 'Rock Ridge', '640'],
  ['genisoimage -R, with directories moved', longFiles, ['genisoimage', '-quiet', '-R'], 'Rock Ridge', '444'],
  ['genisoimage -D -R', longFiles, ['genisoimage', '-quiet', '-D', '-R'], 'Rock Ridge', '640'],
  [
    'genisoimage -J -D',
    longFiles,
    ['genisoimage', '-quiet', '-J', '-D', '-input-charset', 'utf-8'],
    'Joliet',
    '555',
  ],
  ['genisoimage alone', plainFiles, ['genisoimage', '-quiet'], 'ISO 9660', '555'],
  ['xorriso -J -R', longFiles, [...xorriso, '-J', '-R'], 'Rock Ridge', '640'],
  ['xorriso -R', longFiles, [...xorriso, '-R'], 'Rock Ridge', '640'],
]

describe('images of others are read as the kernel shows them', () => {
  for (const [what, content, argv, naming, mode] of cases) {
    test(what, async t => {
      if (!requireTool(t, argv[0])) return
      const image = await makeImage(t, content, argv)
      const opened = open(image)
      assert.equal(opened.volume.namings[0], naming)
      assert.deepEqual([opened.damage, opened.isCut], [[], false])
      // Without Rock Ridge ISO 9660 has small letters on Linux.
      const name = (path: string) => (naming === 'ISO 9660' ? path.toLowerCase() : path)
      const expected = Object.entries(content).map(
        ([path, text]) => `${JSON.stringify(name(path))} ${text.length}`,
      )
      const found = describeFiles(opened.files, image).map(line => line.replace(/ (\d+) (\d+) \w+$/, ' $2'))
      assert.deepEqual(found.sort(), expected.sort())
      if (mode !== '444')
        assert.ok(
          describeFiles(opened.files, image).every(line => line.includes(`" ${mode} `)),
          mode,
        )
    })
  }
})

test('what Joliet shows has the names of mkisofs -J, also long ones and beyond Latin', async t => {
  if (!requireTool(t, 'genisoimage')) return
  const content = {'日本語.txt': 'x', 'name with dots...': 'y', [`${'n'.repeat(60)}.sh`]: 'z'}
  const image = await makeImage(t, content, ['genisoimage', '-quiet', '-J', '-input-charset', 'utf-8'])
  // Windows has no dots at the end of a name, and so has Linux none there (get_joliet_fname).
  assert.deepEqual(open(image).files.list(image), ['name with dots', `${'n'.repeat(60)}.sh`, '日本語.txt'])
})

// Seen on a booted kernel 6.1: the piece with which a name would get 254 bytes or more is left out.
test('a name of 253 bytes is read, of a longer one the first piece', async t => {
  if (!requireTool(t, 'genisoimage')) return
  const image = await makeImage(t, {['n'.repeat(253)]: 'x', ['o'.repeat(254)]: 'y'})
  const [whole, cut] = open(image).files.list(image)
  assert.equal(whole, 'n'.repeat(253))
  assert.match(cut!, /^o{50,200}$/)
})

test('links are followed within the disc', async t => {
  if (!requireTool(t, 'genisoimage')) return
  const links = {
    inner: '-> real',
    up: '-> dir/../real',
    'dir/sibling': '-> ../real',
    'dir/deep': '-> ./deep',
    outside: '-> /etc/passwd',
    above: '-> ../../real',
    round: '-> round',
  }
  const image = await makeImage(t, {real: 'text', ...links})
  const {files} = open(image)
  const read = (path: string) => files.readText(`${image}/${path}`)
  assert.deepEqual(['inner', 'up', 'dir/sibling'].map(read), ['text', 'text', 'text'])
  assert.deepEqual(
    ['dir/deep', 'outside', 'above', 'round', 'none', 'real/none'].map(read),
    Array(6).fill(undefined),
  )
  assert.equal(files.readLink(`${image}/outside`), '/etc/passwd')
})

test('a directory is no file, and a file no directory', async t => {
  if (!requireTool(t, 'genisoimage')) return
  const image = await makeImage(t, {'dir/file': 'x'})
  const {files} = open(image)
  assert.throws(() => files.read(`${image}/dir`), /it is a directory/)
  assert.deepEqual(files.list(`${image}/dir/file`), [])
  assert.equal(files.status(`${image}/dir/file/x`), undefined)
})

test('--context IMAGE needs no mount where only looking is asked for', async t => {
  if (!requireTool(t, 'genisoimage')) return
  const path = await makeImage(t, {'context.sh': 'A="1"\n', 'init.sh': '#!/bin/sh\n'})
  const place = {
    directory: '/nowhere',
    layout: '/nowhere',
    prepare: () => assert.fail('mounts'),
    cleanUp() {},
  }
  const source = await acquireSource(openSystem(makeDirectory(t)), {
    path,
    waitMs: 0,
    waitForDisc: false,
    place,
  })
  assert.ok(source.state === 'found')
  const {disc} = readDisc(source)
  assert.equal(disc?.variables.get('A')?.value, '1')
  assert.deepEqual([disc?.hasFile('init.sh'), disc?.hasFile('none.sh'), disc?.names.length], [true, false, 2])
})

const damage: [what: string, break_: (image: Buffer) => Buffer, pattern: RegExp][] = [
  ['cut among its descriptors', image => image.subarray(0, 17 * 2048), /ends among its descriptors/],
  ['cut before them', image => image.subarray(0, 16 * 2048), /it is no ISO image/],
  ['blocks of 3000 bytes', image => withNumber(image, 0x8000 + 128, 3000), /blocks of \d+ bytes/],
  [
    'cut behind its directories',
    image => image.subarray(0, image.indexOf('the content of the file')),
    /beyond the end/,
  ],
  [
    'a root that lies beyond its end',
    image => withNumber(image, 0x8000 + 158, 0xffff_0000),
    /beyond the end/,
  ],
  ['a root of 4 GiB', image => withNumber(image, 0x8000 + 166, 0xffff_ffff), /larger than any/],
  [
    'a directory that holds itself',
    image => withRecord(image, 'DIR', 2, 0x8000 + 158),
    /stands in the tree already/,
  ],
]
for (const [what, break_, pattern] of damage) {
  test(`a damaged image says so: ${what}`, async t => {
    if (!requireTool(t, 'genisoimage')) return
    const image = await makeImage(t, {'DIR/FILE': 'the content of the file'}, ['genisoimage', '-quiet'])
    writeFileSync(image, break_(readFileSync(image)))
    const opened = openIso(files, image)
    const words = typeof opened === 'string' ? opened : opened.damage.map(({message}) => message).join('\n')
    assert.match(words, pattern)
  })
}

function withNumber(image: Buffer, at: number, value: number): Buffer {
  image.writeUInt32LE(value, at)
  return image
}

/** Lets the record of a name lead to where another number says. */
function withRecord(image: Buffer, name: string, offset: number, from: number): Buffer {
  const root = image.readUInt32LE(0x8000 + 158) * 2048
  const record = image.indexOf(name, root) - 33
  return withNumber(image, record + offset, image.readUInt32LE(from))
}

test('a file that claims to be larger than the image is named, and read by nobody', async t => {
  if (!requireTool(t, 'genisoimage')) return
  const image = await makeImage(t, {FILE: 'x'}, ['genisoimage', '-quiet'])
  const bytes = readFileSync(image)
  const record = bytes.indexOf('FILE', bytes.readUInt32LE(0x8000 + 158) * 2048) - 33
  writeFileSync(image, withNumber(bytes, record + 10, 0x0200_0000))
  const {damage, files: found} = open(image)
  assert.match(damage[0]!.message, /beyond the end/)
  assert.throws(() => found.read(`${image}/file`), /reaches beyond the end of the image/)
  writeFileSync(image, withNumber(bytes, record + 10, 0x7000_0000))
  // A sparse image of two gigabytes, which would not fit into memory.
  truncateSync(image, 0x7100_0000)
  assert.throws(() => open(image).files.read(`${image}/file`), /larger than 64 MiB/)
})

test(`whatever stands in an image, reading it ends (VMCONTEXT_SEED=${chooseSeed()})`, async t => {
  if (!requireTool(t, 'genisoimage')) return
  const content = {...longFiles, [`${'l'.repeat(250)}`]: 'x', link: '-> context.sh'}
  const images = [
    await makeImage(t, content),
    await makeImage(t, content, ['genisoimage', '-quiet', '-R']),
    await makeImage(t, content, ['genisoimage', '-quiet', '-J', '-D']),
  ]
  const random = new Random(chooseSeed())
  const target = join(makeDirectory(t), 'broken.iso')
  for (let round = 0; round < 600; round += 1) {
    const bytes = readFileSync(random.pick(images))
    // What is not content: descriptors, path tables, directories.
    for (let hits = 1 + random.below(8); hits > 0; hits -= 1)
      bytes[0x8000 + random.below(Math.min(bytes.length, 0x28000) - 0x8000)] = random.pick([
        0,
        1,
        255,
        random.below(256),
      ])
    writeFileSync(target, random.oneIn(5) ? bytes.subarray(0, random.below(bytes.length)) : bytes)
    const opened = openIso(files, target)
    if (typeof opened === 'string') continue
    const walk = (path: string): void => {
      for (const name of opened.files.list(path)) {
        const status = opened.files.status(`${path}/${name}`)
        if (status?.isDirectory() && opened.files.readLink(`${path}/${name}`) === undefined)
          walk(`${path}/${name}`)
      }
    }
    walk(target)
  }
})
