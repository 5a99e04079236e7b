// The other readers of what anybody can write onto a disk, send or hand over: superblocks, labels, partition tables, swap,
// LVM, bundles, answers of OneGate. Whatever the bytes are, each ends, with what it promises or a word about why not.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import {pack} from 'tar-stream'
import {describeAnswer} from '../../src/apply/cloud/onegate-answer.ts'
import {BundleError, unpackEntries} from '../../src/bundle/archive.ts'
import {measuredLength, measureFileSystem} from '../../src/facts/storage/file-system-size.ts'
import {readVolumeGroup} from '../../src/facts/storage/lvm.ts'
import {parsePartitionTable} from '../../src/facts/storage/partition-table.ts'
import {parseSwapHeader} from '../../src/facts/storage/swap-header.ts'
import {identifyVolume, superblockLength} from '../../src/source/superblock.ts'
import {rounds, tried} from '../campaign/rounds.ts'
import {chooseSeed, Random} from '../random.ts'

const seed = chooseSeed()
const random = new Random(seed)
const named = (what: string) => `${what} (VMCONTEXT_SEED=${seed})`

/** What each kind is known by, at its place: all of them in one device, so that every reader gets beyond its first look. */
const marks: [at: number, text: string][] = [
  [0, 'XFSB'],
  [54, 'FAT16'],
  [82, 'FAT32'],
  [510, '\x55\xaa'],
  [512, 'LABELONE'],
  [532, '\x20\0\0\0LVM2 001'],
  [1080, '\x53\xef'],
  [4086, 'SWAPSPACE2'],
  [0x8000, '\x01CD001'],
  [0x8800, '\x02BEA01'],
  [0x9000, '\x00NSR02'],
  [65_536 + 64, '_BHRfS_M'],
]

function makeDevice(): Buffer {
  const bytes = Buffer.alloc(measuredLength)
  for (const [at, text] of marks) if (random.oneIn(3)) bytes.write(text, at, 'latin1')
  for (let count = random.below(200); count > 0; count -= 1) {
    const [at] = random.pick(marks)
    bytes[Math.max(0, Math.min(bytes.length - 1, at - 100 + random.below(400)))] = random.pick([
      0,
      1,
      255,
      random.below(256),
    ])
  }
  return random.oneIn(4) ? bytes.subarray(0, random.below(bytes.length)) : bytes
}

const isCount = (number: number) => Number.isFinite(number) && number >= 0

test(named('probes of disks'), t => {
  const count = rounds(4000, 300_000)
  for (let round = 0; round < count; round += 1) {
    const bytes = makeDevice()
    const volume = identifyVolume(bytes.subarray(0, superblockLength))
    assert.ok(volume === undefined || volume.label.length <= 32)
    const size = measureFileSystem(bytes)
    if (size !== undefined)
      for (const number of [size.bytes ?? 0, size.slackBytes, size.logBytes ?? 0])
        assert.ok(isCount(number), `round ${round}: ${JSON.stringify(size)} ${number}`)
    const {extended} = parsePartitionTable(bytes.subarray(0, 512))
    assert.ok(extended === undefined || isCount(extended.start + extended.size))
    assert.ok((parseSwapHeader(bytes)?.label.length ?? 0) <= 16)
    readVolumeGroup(readFrom(bytes, round))
  }
  tried(t, count, 'disks of random bytes by all probes')
})

/** @returns what reads a device as the kernel does; nothing else may be asked for. */
function readFrom(bytes: Buffer, round: number) {
  return (offset: number, length: number) => {
    assert.ok(
      isCount(offset) && isCount(length) && length <= 64 * 1024 * 1024,
      `round ${round}: ${offset} ${length}`,
    )
    return bytes.subarray(offset, offset + length)
  }
}

const description = `group { id = "G" extent_size = 8192
  physical_volumes { pv0 { id = "${'P'.repeat(32)}" pe_start = 2048 pe_count = 127 } }
  logical_volumes { root { id = "R" segment1 { extent_count = 30 type = "striped" stripe_count = 1 } } } }`

/** A physical volume (lvm2, lib/format_text/layout.h) with a description in its ring. */
function makePhysicalVolume(text: string): Buffer {
  const bytes = Buffer.alloc(64 * 1024)
  bytes.write('LABELONE', 512)
  bytes.writeUInt32LE(32, 532)
  bytes.write('LVM2 001', 536)
  bytes.write('P'.repeat(32), 544)
  bytes.writeBigUInt64LE(2n ** 20n, 584)
  bytes.writeBigUInt64LE(4096n, 616)
  bytes.writeBigUInt64LE(32_768n, 624)
  bytes.write(' LVM2 x[5A%r0N*>', 4100)
  bytes.writeBigUInt64LE(512n, 4136)
  bytes.writeBigUInt64LE(BigInt(Buffer.byteLength(text)), 4144)
  bytes.write(text, 4608)
  return bytes
}

test(named('descriptions of LVM'), t => {
  assert.equal(readVolumeGroup(readFrom(makePhysicalVolume(description), 0))?.group.name, 'group')
  const count = rounds(3000, 300_000)
  for (let round = 0; round < count; round += 1) {
    const bytes = makePhysicalVolume(damageText(description))
    for (let hits = random.below(3); hits > 0; hits -= 1)
      bytes[random.pick([512, 580, 610, 4090, 4130]) + random.below(48)] = random.below(256)
    readVolumeGroup(readFrom(bytes, round))
  }
  tried(t, count, 'damaged descriptions of LVM')
})

const tokens = [
  '{',
  '}',
  '"',
  '\\',
  '=',
  '[',
  ']',
  '#',
  '\n',
  '__proto__',
  'constructor',
  'toString',
  '1e999',
  '-1',
  '0x7',
]

function damageText(text: string): string {
  let damaged = text
  for (let hits = random.below(5); hits > 0; hits -= 1) {
    const at = random.below(damaged.length)
    damaged = damaged.slice(0, at) + random.pick(tokens) + damaged.slice(at + random.below(12))
  }
  return damaged
}

type TarEntry = {
  name: string
  type?: 'file' | 'symlink' | 'link' | 'directory' | 'fifo' | 'block-device' | 'character-device'
  linkname?: string
  content?: string
}

async function makeTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack()
  for (const {content = '', ...header} of entries)
    if ((header.type ?? 'file') === 'file') tar.entry(header, content)
    else tar.entry(header)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const refused: [what: string, entry: TarEntry][] = [
  ['a way up', {name: '../x', content: 'x'}],
  ['a way up within', {name: 'a/../../x', content: 'x'}],
  ['an absolute name', {name: '/etc/passwd', content: 'x'}],
  ['a hard link', {name: 'x', type: 'link', linkname: '/etc/shadow'}],
  ['a pipe', {name: 'x', type: 'fifo'}],
  ['a device', {name: 'x', type: 'block-device'}],
  ['a directory', {name: 'x', type: 'directory'}],
]
for (const [what, entry] of refused) {
  test(`a bundle with ${what} is refused`, async () => {
    await assert.rejects(
      unpackEntries(gzipSync(await makeTar([{name: 'good', content: 'x'}, entry]))),
      BundleError,
    )
  })
}

test('a bundle that unpacks to gigabytes is refused before it does', async () => {
  await assert.rejects(unpackEntries(gzipSync(Buffer.alloc(300 * 1024 * 1024), {level: 1})), /256 MiB/)
})

test(named('damaged bundles'), async t => {
  const whole = await makeTar([
    {name: 'answers.json', content: '{}'},
    {name: `${'long/'.repeat(60)}x`, content: 'y'.repeat(3000)},
    {name: 'link', type: 'symlink', linkname: '/etc/passwd'},
  ])
  const count = rounds(800, 60_000)
  for (let round = 0; round < count; round += 1) {
    const tar = Buffer.from(whole)
    for (let hits = 1 + random.below(6); hits > 0; hits -= 1)
      tar[random.below(tar.length)] = random.pick([0, 0x80, 255, random.below(256)])
    // The sum of a header is wrong then; made right, what it says is believed.
    for (let at = 0; at + 512 <= tar.length; at += 512) if (random.oneIn(2)) mendSum(tar, at)
    const packed = gzipSync(random.oneIn(5) ? tar.subarray(0, random.below(tar.length)) : tar, {level: 1})
    try {
      for (const name of (await unpackEntries(packed)).keys()) {
        const parts = name.split('/')
        assert.ok(!parts.includes('..') && !parts.includes('') && !name.includes('\0'), JSON.stringify(name))
      }
    } catch (error) {
      if (!(error instanceof BundleError)) throw new Error(`round ${round}`, {cause: error})
    }
  }
  tried(t, count, 'damaged bundles')
})

function mendSum(tar: Buffer, at: number): void {
  if (tar.toString('latin1', at + 257, at + 262) !== 'ustar') return
  tar.fill(' ', at + 148, at + 156)
  let sum = 0
  for (const byte of tar.subarray(at, at + 512)) sum += byte
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1')
}

test(named('answers of OneGate'), t => {
  const count = rounds(2000, 100_000)
  const circumstances = {
    timeoutMs: 1000,
    hasAuthorityFile: false,
    now: new Date(0),
    mask: (text: string) => text,
  }
  for (let round = 0; round < count; round += 1) {
    const text = random.repeat(0, 300, () =>
      String.fromCharCode(random.below(random.pick([128, 256, 0x3000]))),
    )
    const status = random.pick([101, 301, 302, 400, 401, 403, 404, 408, 429, 500, 503, random.below(1000)])
    const refusal = describeAnswer({ended: 'answered', status, location: text, text}, circumstances)
    assert.match(refusal?.reason ?? '', /^[\x20-\x7e\u2026]{0,260}$/)
    const failure = describeAnswer(
      {ended: 'failed', code: random.pick(['', text, 'EPROTO']), cause: text},
      circumstances,
    )
    assert.match(failure?.reason ?? '', /^[\x20-\x7e\u2026]{0,260}$/)
  }
  tried(t, count, 'answers of OneGate')
})
