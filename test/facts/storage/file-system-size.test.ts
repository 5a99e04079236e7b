// File systems made, and grown, by their own programs in images of odd sizes.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {closeSync, ftruncateSync, openSync, readSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {measuredLength, measureFileSystem} from '../../../src/facts/storage/file-system-size.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireTool} from '../../tools.ts'

const mebibyte = 1024 * 1024
const environment = {env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin'}, stdio: 'ignore'} as const

const kinds: [program: string, options: string[], kind: string][] = [
  ['mke2fs', ['-t', 'ext2', '-b', '1024'], 'ext'],
  ['mke2fs', ['-t', 'ext3'], 'ext'],
  ['mke2fs', ['-t', 'ext4', '-I', '128', '-i', '4096'], 'ext'],
  ['mke2fs', ['-t', 'ext4', '-O', '^resize_inode,meta_bg'], 'ext'],
  ['mkfs.btrfs', [], 'btrfs'],
]

for (const [program, options, kind] of kinds) {
  test(`what ${[program, ...options].join(' ')} makes has the size of its image`, t => {
    if (!requireTool(t, program)) return
    const image = join(makeDirectory(t), 'image')
    resize(image, 300 * mebibyte)
    execFileSync(program, [...options, '-q', image], environment)
    const size = measure(image)
    assert.equal(size?.kind, kind)
    assert.equal(size?.bytes, 300 * mebibyte)
  })
}

test('xfs has the rest of its size from the kernel', t => {
  if (!requireTool(t, 'mkfs.xfs')) return
  const image = join(makeDirectory(t), 'image')
  resize(image, 300 * mebibyte)
  execFileSync('mkfs.xfs', ['-q', '-l', 'size=64m', image], environment)
  const size = measure(image)
  assert.equal(size?.bytes, undefined)
  assert.equal(size?.logBytes, 64 * mebibyte)
})

// Every 4 KiB over a group of blocks would take long; these are around where resize2fs leaves a last group out.
const sizes = [129, 130, 131, 133, 136, 140, 150, 256, 257, 259, 262, 270, 300, 385]

for (const options of [[], ['-I', '256', '-i', '2048'], ['-b', '1024'], ['-O', '^resize_inode,meta_bg']]) {
  test(`resize2fs leaves no more than the slack: ${options.join(' ') || 'the usual'}`, t => {
    if (!requireTool(t, 'resize2fs')) return
    const image = join(makeDirectory(t), 'image')
    resize(image, 100 * mebibyte)
    execFileSync('mke2fs', ['-t', 'ext4', ...options, '-q', image], environment)
    for (const mebibytes of sizes) {
      resize(image, mebibytes * mebibyte)
      execFileSync('resize2fs', ['-f', image], environment)
      const {bytes, slackBytes} = measure(image)!
      const left = mebibytes * mebibyte - bytes!
      assert.ok(left <= slackBytes, `${mebibytes} MiB: ${left} are left, the slack is ${slackBytes}`)
    }
  })
}

test('anything else is none', () => {
  for (const length of [0, 512, 2000, measuredLength]) {
    assert.equal(measureFileSystem(Buffer.alloc(length)), undefined)
    assert.equal(measureFileSystem(Buffer.alloc(length, 0xff)), undefined)
  }
})

function measure(image: string) {
  const descriptor = openSync(image, 'r')
  const bytes = Buffer.alloc(measuredLength)
  readSync(descriptor, bytes, 0, measuredLength, 0)
  closeSync(descriptor)
  return measureFileSystem(bytes)
}

function resize(path: string, bytes: number): void {
  const descriptor = openSync(path, 'a')
  ftruncateSync(descriptor, bytes)
  closeSync(descriptor)
}

test('an ext superblock with blocks of no size there is stays one, whose size is not told', () => {
  const bytes = Buffer.alloc(measuredLength)
  bytes.writeUInt16LE(0xef53, 1024 + 56)
  bytes.writeUInt32LE(0xffff_ffff, 1024 + 24)
  assert.deepEqual(measureFileSystem(bytes), {kind: 'ext', slackBytes: mebibyte})
})
