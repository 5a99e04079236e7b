import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {closeSync, ftruncateSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {
  type FileSystemType,
  identifyVolume,
  readOnlyOptions,
  superblockLength,
} from '../../src/source/superblock.ts'
import {makeDirectory} from '../temporary.ts'
import {requireTool} from '../tools.ts'

// Each image is made by the program that makes such discs in the field.
const images: [type: FileSystemType, label: string, program: string, args: (image: string) => string[]][] = [
  ['iso9660', 'CDROM', 'genisoimage', image => ['-quiet', '-J', '-R', '-o', image, '.']],
  ['iso9660', 'CONTEXT', 'genisoimage', image => ['-quiet', '-V', 'CONTEXT', '-J', '-R', '-o', image, '.']],
  ['ext2', 'CONTEXT', 'mke2fs', image => ['-q', '-t', 'ext2', '-L', 'CONTEXT', image]],
  ['ext3', 'CONTEXT', 'mke2fs', image => ['-q', '-t', 'ext3', '-L', 'CONTEXT', image]],
  ['ext4', 'CONTEXT', 'mke2fs', image => ['-q', '-t', 'ext4', '-L', 'CONTEXT', image]],
  ['vfat', 'CONTEXT', 'mkfs.vfat', image => ['-n', 'CONTEXT', image]],
]

for (const [type, label, program, args] of images) {
  test(`${type} labelled ${label}, made by ${program}`, t => {
    if (!requireTool(t, program)) return
    const directory = makeDirectory(t, {'disc/context.sh': 'A=1\n'})
    const image = join(directory, 'image')
    if (program !== 'genisoimage') makeSparse(image, 16 * 1024 * 1024)
    const options = {
      cwd: join(directory, 'disc'),
      env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin'},
      stdio: 'ignore',
    } as const
    execFileSync(program, args(image), options)
    assert.deepEqual(identifyVolume(readFileSync(image).subarray(0, superblockLength)), {type, label})
  })
}

const others: [what: string, bytes: Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(superblockLength)],
  ['ones', Buffer.alloc(superblockLength, 0xff)],
  ['a text', Buffer.from('# Context variables\nA=1\n')],
]

for (const [what, bytes] of others) {
  test(`${what} is no volume`, () => assert.equal(identifyVolume(bytes), undefined))
}

test('a dirty journal is not replayed', () => {
  assert.equal(readOnlyOptions('ext4'), 'ro,nosuid,nodev,noload')
  assert.equal(readOnlyOptions('xfs'), 'ro,nosuid,nodev,norecovery')
  assert.equal(readOnlyOptions('iso9660'), 'ro,nosuid,nodev')
})

function makeSparse(path: string, size: number): void {
  const descriptor = openSync(path, 'w')
  ftruncateSync(descriptor, size)
  closeSync(descriptor)
}
