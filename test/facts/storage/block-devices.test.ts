// Devices as /sys shows them, by the names that they have in the field. Tables are made by sfdisk.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {closeSync, ftruncateSync, openSync, readSync, rmSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {readBlockDevice} from '../../../src/facts/storage/block-devices.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireTool} from '../../tools.ts'

type Part = {name: string; number: number; start: number; size: number}

/** A disk of so many sectors with its first sector as sfdisk wrote it, and partitions as the kernel shows them. */
function makeRoot(
  t: TestContext,
  disk: string,
  sectors: number,
  table: string,
  parts: readonly Part[],
): string {
  const at = `sys/class/block/${disk}`
  const shown = parts.flatMap(({name, number, start, size}) =>
    [`${at}/${name}`, `sys/class/block/${name}`].flatMap(place => [
      [`${place}/start`, `${start}\n`],
      [`${place}/size`, `${size}\n`],
      [`${place}/partition`, `${number}\n`],
    ]),
  )
  const root = makeDirectory(t, {
    [`${at}/size`]: `${sectors}\n`,
    [`${at}/queue/logical_block_size`]: '512\n',
    'sys/dev/block/.keep': '',
    [`dev/${disk.replaceAll('!', '/')}`]: firstSector(t, sectors, table),
    ...Object.fromEntries(shown),
  })
  for (const [index, {name}] of parts.entries()) {
    symlinkSync(`../../devices/pci0/block/${disk}/${name}`, join(root, `sys/dev/block/8:${index}`))
  }
  return root
}

function firstSector(t: TestContext, sectors: number, table: string): Buffer {
  const sector = Buffer.alloc(512)
  if (table === '') return sector
  const image = join(makeDirectory(t), 'image')
  const descriptor = openSync(image, 'w+')
  ftruncateSync(descriptor, Math.min(sectors, 2 ** 33) * 512)
  const environment = {PATH: '/usr/sbin:/usr/bin:/sbin:/bin'}
  execFileSync('sfdisk', ['--quiet', image], {
    input: table,
    env: environment,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  readSync(descriptor, sector, 0, 512, 0)
  closeSync(descriptor)
  rmSync(image)
  return sector
}

const mebibyte = 2 ** 20
const gpt = 'label: gpt\nstart=2048, size=2048\n'
const one = (name: string): Part[] => [{name, number: 1, start: 2048, size: 2048}]
/** Of a disk of 10 MiB: 2 of them are taken, and 33 sectors stay free. */
const gap = 8 * mebibyte - 33 * 512

const names: [disk: string, partition: string, path: string][] = [
  ['sda', 'sda1', '/dev/sda'],
  ['vdb', 'vdb1', '/dev/vdb'],
  ['xvda', 'xvda1', '/dev/xvda'],
  ['nvme0n1', 'nvme0n1p1', '/dev/nvme0n1'],
  ['mmcblk0', 'mmcblk0p1', '/dev/mmcblk0'],
  ['cciss!c0d0', 'cciss!c0d0p1', '/dev/cciss/c0d0'],
]

for (const [disk, name, path] of names) {
  test(`the space behind ${name}`, t => {
    if (!requireTool(t, 'sfdisk')) return
    const root = makeRoot(t, disk, 10 * 2048, gpt, one(name))
    const device = readBlockDevice(openSystem(root), '8:0')
    assert.equal(device?.path, `/dev/${name.replaceAll('!', '/')}`)
    assert.deepEqual(device?.partition, {disk: path, number: 1, gapBytes: gap, sectorBytes: 512})
  })
}

test('a device that /sys does not have', t => {
  assert.equal(readBlockDevice(openSystem(makeDirectory(t)), '8:0'), undefined)
})

test('a table of another kind', t => {
  const root = makeRoot(t, 'sda', 10 * 2048, '', one('sda1'))
  assert.equal(readBlockDevice(openSystem(root), '8:0')?.partition?.obstacle, 'table')
})

test('up to the next partition', t => {
  if (!requireTool(t, 'sfdisk')) return
  const parts = [...one('sda1'), {name: 'sda2', number: 2, start: 8192, size: 2048}]
  const root = makeRoot(t, 'sda', 10 * 2048, `${gpt}start=8192, size=2048\n`, parts)
  assert.equal(readBlockDevice(openSystem(root), '8:0')?.partition?.gapBytes, 2 * mebibyte)
})

test('MBR ends at 2 TiB, GPT does not', t => {
  if (!requireTool(t, 'sfdisk')) return
  const [sectors, taken] = [2 ** 33, 4096 * 512]
  const read = (table: string) =>
    readBlockDevice(openSystem(makeRoot(t, 'sda', sectors, table, one('sda1'))), '8:0')!.partition!.gapBytes
  assert.equal(read(gpt.replace('gpt', 'dos')), 2 ** 41 - taken)
  assert.equal(read(gpt), 2 ** 42 - taken - 33 * 512)
})

// The extended partition, from 2 to 8 MiB, has the size that the kernel shows of it.
const logicalTable =
  'label: dos\nstart=2048, size=2048\nstart=4096, size=12288, type=5\nstart=6144, size=2048, type=83\n'
const extended = {name: 'sda2', number: 2, start: 4096, size: 2}
const logical = {name: 'sda5', number: 5, start: 6144, size: 2048}

test('a logical partition grows with the extended one', t => {
  if (!requireTool(t, 'sfdisk')) return
  const parts = [logical, extended, ...one('sda1')]
  const root = makeRoot(t, 'sda', 10 * 2048, logicalTable, parts)
  const {partition} = readBlockDevice(openSystem(root), '8:0')!
  assert.deepEqual(partition?.extended, {number: 2, bytes: 6 * mebibyte, gapBytes: 2 * mebibyte - 33 * 512})
  assert.equal(partition?.gapBytes, 6 * mebibyte - 33 * 512)
  // The extended one cannot, and so the space within it is all there is.
  const behind = {name: 'sda3', number: 3, start: 16_384, size: 2048}
  const shut = makeRoot(t, 'sda', 10 * 2048, logicalTable, [...parts, behind])
  assert.equal(readBlockDevice(openSystem(shut), '8:0')?.partition?.gapBytes, 4 * mebibyte)
})

test('a logical partition with another one behind it does not grow: a table that the kernel does not show is between', t => {
  if (!requireTool(t, 'sfdisk')) return
  const next = {name: 'sda6', number: 6, start: 12_288, size: 2048}
  const root = makeRoot(t, 'sda', 10 * 2048, logicalTable, [logical, extended, next, ...one('sda1')])
  const {partition} = readBlockDevice(openSystem(root), '8:0')!
  assert.equal(partition?.obstacle, 'logical partition')
  assert.equal(partition?.extended, undefined)
})

test('nothing is free where another partition lies across the end', t => {
  if (!requireTool(t, 'sfdisk')) return
  const across = {name: 'sda2', number: 2, start: 4000, size: 2048}
  const root = makeRoot(t, 'sda', 10 * 2048, gpt, [...one('sda1'), across])
  assert.equal(readBlockDevice(openSystem(root), '8:0')?.partition?.gapBytes, 0)
})
