import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {describe, test} from 'node:test'
import {execa} from 'execa'
import {buildDiscImage, type DiscEntry} from '../../../src/image/disc/build-image.ts'
import {isoTools} from '../../../src/image/disc/iso-tool.ts'
import {weighProblem} from '../../../src/problem.ts'
import {SystemError} from '../../../src/system/errors.ts'
import {openSystem} from '../../../src/system/system.ts'
import {chooseSeed, Random} from '../../random.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireTool} from '../../tools.ts'
import {describeDirectory, describeEntries, describeImage} from './disc-tree.ts'
import {makeEntries} from './random-disc.ts'

const machine = openSystem('/')
const file = (path: string, content = 'x', mode = 0o644): DiscEntry => ({
  path,
  content: Buffer.from(content),
  mode,
})
const build = (
  output: string,
  entries: readonly DiscEntry[],
  tool: 'vmcontext' | (typeof isoTools)[number],
) => buildDiscImage(machine, {output, label: 'CONTEXT', entries, tool})

describe('what goes onto a disc comes from it', () => {
  const seed = chooseSeed()
  for (const tool of ['vmcontext', ...isoTools] as const) {
    test(`random trees, written by ${tool} (VMCONTEXT_SEED=${seed})`, async t => {
      if (tool !== 'vmcontext' && !requireTool(t, tool)) return
      const random = new Random(seed)
      const output = join(makeDirectory(t), 'disc.iso')
      for (let round = tool === 'vmcontext' ? 40 : 8; round > 0; round -= 1) {
        const entries = makeEntries(random)
        const {problems} = await build(output, entries, tool)
        assert.deepEqual(
          problems.filter(problem => weighProblem(problem) === 'failure'),
          [],
        )
        assert.deepEqual(describeImage(output), describeEntries(entries))
      }
    })
  }
})

// Names that these take apart or write otherwise are tried with our own reader above.
const entries = [
  file('context.sh', "A='1'\n"),
  file('init.sh', '#!/bin/sh\n', 0o755),
  file('secret', 'x', 0o600),
  file('empty', ''),
  file('sector', 's'.repeat(2048)),
  file(`${'l'.repeat(200)}.txt`, 'long'),
  file('Ünïcödé.txt'),
  file('a/b/c/d/e/f/g/h/i/j/k/deep.txt', 'deep'),
  ...Array.from({length: 300}, (_, index) => file(`many/file-number-${index}.txt`, `${index}`)),
]

describe('others read what our own writer has written', () => {
  const readers: [program: string, argv: (image: string, directory: string) => string[]][] = [
    ['bsdtar', (image, directory) => ['-xpf', image, '-C', directory]],
    [
      'xorriso',
      (image, directory) => ['-no_rc', '-osirrox', 'on', '-indev', image, '-extract', '/', directory],
    ],
  ]
  for (const [program, argv] of readers) {
    test(`${program} unpacks it`, async t => {
      if (!requireTool(t, program)) return
      const directory = makeDirectory(t)
      await build(join(directory, 'disc.iso'), entries, 'vmcontext')
      mkdirSync(join(directory, 'out'))
      const environment = {LC_ALL: 'C.UTF-8', PATH: process.env.PATH}
      await execa(program, argv(join(directory, 'disc.iso'), join(directory, 'out')), {env: environment})
      assert.deepEqual(describeDirectory(join(directory, 'out')), describeEntries(entries))
    })
  }

  test('isoinfo finds the label, Joliet and Rock Ridge, and everything is of root', async t => {
    if (!requireTool(t, 'isoinfo')) return
    const image = join(makeDirectory(t), 'disc.iso')
    await build(image, entries, 'vmcontext')
    const {stdout: about} = await execa('isoinfo', ['-d', '-i', image])
    assert.match(
      about,
      /Volume id: CONTEXT\n[\s\S]*Joliet with UCS level 3 found\nRock Ridge signatures version 1 found/,
    )
    const {stdout: list} = await execa('isoinfo', ['-R', '-l', '-i', image])
    assert.match(list, /^-rwxr-xr-x +1 +0 +0 +10 .* init.sh *$/m)
    const {stdout: joliet} = await execa('isoinfo', ['-J', '-f', '-i', image], {encoding: 'latin1'})
    assert.match(joliet, /^\/Ünïcödé\.txt;1$/m)
    const {stdout: plain} = await execa('isoinfo', ['-f', '-i', image])
    assert.match(plain, /^\/CONTEXT\.SH;1$/m)
  })
})

test('the same files make the same image', async t => {
  const directory = makeDirectory(t)
  const paths = ['one', 'other'].map(name => join(directory, name))
  for (const path of paths) await build(path, entries, 'vmcontext')
  assert.ok(readFileSync(paths[0]!).equals(readFileSync(paths[1]!)))
})

test('without a word about its label it is CDROM, as that of OpenNebula 2.2', async t => {
  const image = join(makeDirectory(t), 'disc.iso')
  for (const tool of ['vmcontext', 'genisoimage', 'xorriso'] as const) {
    if (tool !== 'vmcontext' && !requireTool(t, tool)) return
    await buildDiscImage(machine, {output: image, label: undefined, entries: [file('context.sh')], tool})
    assert.equal(readFileSync(image).toString('latin1', 0x8028, 0x8028 + 6), 'CDROM ')
  }
})

const unfit: [what: string, entries: DiscEntry[], weight: string, message: RegExp][] = [
  ['a name of 256 bytes', [file('z'.repeat(256))], 'failure', /at most 255 bytes/],
  [
    'two files of one name',
    [file('a'), file('a')],
    'failure',
    /"a" is not on the disc: something of this name/,
  ],
  ['a file that is a directory, too', [file('a'), file('a/b')], 'failure', /a is a file already/],
  ['a directory that is a file, too', [file('a/b'), file('a')], 'failure', /"a" is not on the disc/],
  ['a path that leads out', [file('../a')], 'failure', /this is no path on a disc/],
  ['an absolute path', [file('/etc/passwd')], 'failure', /this is no path on a disc/],
  ['a NUL in a name', [file('a\0b')], 'failure', /NUL/],
  [
    'a file that is not there',
    [{path: 'a', content: {from: '/nowhere'}, mode: 0o644}],
    'failure',
    /no file \/nowhere/,
  ],
  ['a device', [{path: 'a', content: {from: '/dev/zero'}, mode: 0o644}], 'failure', /no regular file/],
  ['a name of 254 bytes', [file('z'.repeat(254))], 'warning', /Linux cuts the name of/],
  ['65 letters', [file('l'.repeat(65))], 'note', /on Linux only: Joliet/],
  ['a colon', [file('a:b')], 'note', /on Linux only: Joliet/],
]
for (const [what, entries, weight, message] of unfit) {
  test(`what a disc cannot hold is named, and the rest is on it: ${what}`, async t => {
    const image = join(makeDirectory(t), 'disc.iso')
    const {problems} = await build(image, [file('context.sh'), ...entries], 'vmcontext')
    assert.deepEqual(problems.map(weighProblem), [weight])
    assert.match(problems[0]!.message, message)
    assert.match(describeImage(image).join('\n'), /"context.sh"/)
  })
}

test('names that Joliet and ISO 9660 make equal stay apart', async t => {
  if (!requireTool(t, 'isoinfo')) return
  const image = join(makeDirectory(t), 'disc.iso')
  const long = 'l'.repeat(64)
  const names = [`${long}1`, `${long}2`, 'readme.text', 'README.txt', 'README.TXT', 'a:b', 'a*b']
  await build(
    image,
    names.map(name => file(name)),
    'vmcontext',
  )
  for (const tree of [['-J'], []]) {
    const {stdout} = await execa('isoinfo', [...tree, '-f', '-i', image])
    const found = stdout.split('\n')
    assert.equal(new Set(found.map(name => name.toLowerCase())).size, names.length, stdout)
  }
})

const refused: [
  what: string,
  prepare: (directory: string) => {output: string; label?: string},
  message: RegExp,
][] = [
  ['a device', () => ({output: '/dev/null'}), /something that is no file is there/],
  ['a directory', directory => ({output: directory}), /something that is no file is there/],
  [
    'a directory that is not there',
    directory => ({output: join(directory, 'no/disc.iso')}),
    /could not write/,
  ],
  ['a label of 33 letters', directory => ({output: join(directory, 'd'), label: 'L'.repeat(33)}), /1 to 32/],
]
for (const [what, prepare, message] of refused) {
  test(`nothing is written: ${what}`, async t => {
    const directory = makeDirectory(t)
    const {output, label = 'CONTEXT'} = prepare(directory)
    const request = {output, label, entries: [file('context.sh')], tool: 'vmcontext'} as const
    await assert.rejects(buildDiscImage(machine, request), (error: Error) => {
      return error instanceof SystemError && message.test(error.message)
    })
    assert.deepEqual(readdirSync(directory), [])
    assert.ok(statSync('/dev/null').isCharacterDevice())
  })
}

test('a tool that fails leaves the image to our own writer, which is said', async t => {
  const directory = makeDirectory(t)
  const broken = {
    ...machine,
    run: () => Promise.resolve({ended: 'exited', exitCode: 5, output: 'no\n'} as const),
  }
  const request = {output: join(directory, 'disc.iso'), label: 'CONTEXT', entries, tool: 'xorriso'} as const
  const {tool, problems} = await buildDiscImage(broken, request)
  assert.equal(statSync(request.output).mode & 0o777, 0o600)
  assert.equal(tool, 'vmcontext')
  assert.match(problems.at(-1)!.message, /xorriso exited with 5: no; the image is written without it/)
  assert.deepEqual(readdirSync(directory), ['disc.iso'])
  assert.deepEqual(describeImage(request.output), describeEntries(entries))
})

test('no program is sent into a directory that somebody else has made meanwhile', async t => {
  const directory = makeDirectory(t, {victim: 'precious'})
  const output = join(directory, 'disc.iso')
  // It comes back whenever it has been removed.
  const beside = join(directory, '.disc.iso.vmcontext-files')
  const trapped = {
    ...machine,
    files: {
      ...machine.files,
      locateTarget(path: string) {
        if (!existsSync(beside)) {
          mkdirSync(beside)
          symlinkSync('../victim', join(beside, 'image'))
        }
        return machine.files.locateTarget(path)
      },
    },
  }
  const request = {output, label: 'CONTEXT', entries: [file('context.sh')], tool: 'xorriso'} as const
  const {tool, problems} = await buildDiscImage(trapped, request)
  assert.equal(tool, 'vmcontext')
  assert.match(problems.at(-1)!.message, /xorriso could not be used: .*vmcontext-files/)
  assert.equal(readFileSync(join(directory, 'victim'), 'utf8'), 'precious')
})

test('an image that is there is replaced as a whole, and what a killed run has left goes', async t => {
  const directory = makeDirectory(t, {'disc.iso': 'old', '.disc.iso.vmcontext-new': 'half'})
  const output = join(directory, 'disc.iso')
  for (const tool of ['vmcontext', 'genisoimage'] as const) {
    if (tool !== 'vmcontext' && !requireTool(t, tool)) return
    mkdirSync(join(directory, '.disc.iso.vmcontext-files/disc'), {recursive: true})
    await build(output, entries, tool)
    if (tool !== 'vmcontext') assert.deepEqual(readdirSync(directory), ['disc.iso'])
    assert.deepEqual(describeImage(output), describeEntries(entries))
  }
})

test('a file that shrinks meanwhile leaves nothing half-written', async t => {
  const directory = makeDirectory(t, {data: 'x'.repeat(5000)})
  const from = join(directory, 'data')
  // The size is asked before the content is read.
  const shrinking = {
    ...machine,
    files: {
      ...machine.files,
      status(path: string) {
        const status = machine.files.status(path)
        if (path === from) writeFileSync(from, 'x')
        return status
      },
    },
  }
  const output = join(directory, 'disc.iso')
  const request = {
    output,
    label: 'CONTEXT',
    entries: [{path: 'a', content: {from}, mode: 0o644}],
    tool: 'vmcontext',
  } as const
  await assert.rejects(buildDiscImage(shrinking, request), /it has become shorter meanwhile/)
  assert.ok(!existsSync(output))
  assert.deepEqual(readdirSync(directory), ['data'])
})

test('a file of more than 4 GiB stands there in pieces', async t => {
  // Sparse, and read by the first and the last of its bytes: the image itself is never held in memory.
  const directory = makeDirectory(t, {large: ''})
  const from = join(directory, 'large')
  truncateSync(from, 4 * 1024 ** 3 + 5000)
  const {nameTree, listFiles, piecesOf} = await import('../../../src/image/disc/iso-layout.ts')
  const {growTree} = await import('../../../src/image/disc/entries.ts')
  const {root} = growTree(machine.files, [{path: 'large', content: {from}, mode: 0o644}])
  const [placed] = listFiles(nameTree(root))
  assert.deepEqual(piecesOf(placed!), [
    {block: 0, size: 0xffff_f800},
    {block: 0x1f_ffff, size: 5000 + 2048},
  ])
})
