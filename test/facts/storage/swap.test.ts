// Swap as mkswap makes it, on devices that are files of a root in a directory.

import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {readSwapAreas} from '../../../src/facts/storage/swap.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'
import {requireTool} from '../../tools.ts'

const uuid = 'c0ffee00-1234-5678-9abc-def012345678'
const kibibytes = 512
const empty = 'Filename Type Size Used Priority\n'

type Guest = {
  name?: string
  fstab?: string
  swaps?: string
  files?: Record<string, string>
  change?: (bytes: Buffer) => void
}

/** A guest with one device on which there is swap. */
function readWith(t: TestContext, guest: Guest): string[] {
  const {name = 'vdb', fstab = '', swaps = empty, files = {}, change} = guest
  const device = `dev/${name.replaceAll('!', '/')}`
  const root = makeDirectory(t, {
    'proc/swaps': swaps,
    'etc/fstab': fstab,
    [`sys/class/block/${name}/size`]: `${kibibytes * 2}\n`,
    [`sys/class/block/${name}/ro`]: '0\n',
    ...files,
  })
  mkdirSync(join(root, dirname(device)), {recursive: true})
  writeFileSync(join(root, device), Buffer.alloc(kibibytes * 1024))
  const environment = {env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin'}, stdio: 'ignore'} as const
  execFileSync('mkswap', ['--quiet', '--label', 'SWAP', '--uuid', uuid, join(root, device)], environment)
  if (change !== undefined) {
    const bytes = readFileSync(join(root, device))
    change(bytes)
    writeFileSync(join(root, device), bytes)
  }
  mkdirSync(join(root, 'dev/disk/by-partuuid'), {recursive: true})
  symlinkSync(`../../${name}`, join(root, 'dev/disk/by-partuuid/aa-01'))
  return readSwapAreas(openSystem(root)).map(({path, state}) => `${path} ${state}`)
}

const cases: [name: string, guest: Guest, areas: string[]][] = [
  ['a disk of the cloud', {}, ['/dev/vdb free']],
  ['a partition', {name: 'sda2', files: {'sys/class/block/sda2/partition': '2\n'}}, ['/dev/sda2 free']],
  ['a disk on NVMe', {name: 'nvme1n1'}, ['/dev/nvme1n1 free']],
  ['a controller of old', {name: 'cciss!c0d1'}, ['/dev/cciss/c0d1 free']],
  [
    'a logical volume',
    {name: 'dm-1', files: {'sys/class/block/dm-1/dm/uuid': 'LVM-x\n'}},
    ['/dev/dm-1 free'],
  ],
  ['one in use', {swaps: `${empty}/dev/vdb partition 508 0 -2\n`}, ['/dev/vdb in use']],
  ['one of fstab', {fstab: '/dev/vdb none swap sw 0 0\n'}, ['/dev/vdb in fstab']],
  ['one of fstab that is not wanted', {fstab: `UUID="${uuid}" none swap noauto\n`}, ['/dev/vdb in fstab']],
  [
    'one of fstab by its UUID in capitals',
    {fstab: `UUID=${uuid.toUpperCase()} none swap\n`},
    ['/dev/vdb in fstab'],
  ],
  ['one of fstab by its label', {fstab: ' LABEL=SWAP\tswap\tswap\n'}, ['/dev/vdb in fstab']],
  ['one of fstab by its partition', {fstab: 'PARTUUID=aa-01 none swap sw 0 0\n'}, ['/dev/vdb in fstab']],
  [
    'another of fstab',
    {fstab: '#/dev/vdb none swap\n/dev/vdc none swap\n/dev/vdb / ext4\n'},
    ['/dev/vdb free'],
  ],
  ['one with memory of a guest that hibernates', {change: bytes => bytes.write('S1SUSPEND\0', 4086)}, []],
  ['a read-only disk', {files: {'sys/class/block/vdb/ro': '1\n'}}, []],
  ['an empty drive', {files: {'sys/class/block/vdb/size': '0\n'}}, []],
  ['part of something else', {files: {'sys/class/block/vdb/holders/md0/dev': ''}}, []],
  ['a mirror at rest', {change: bytes => bytes.writeUInt32LE(0xa92b4efc, kibibytes * 1024 - 8192)}, []],
  [
    'a mirror of old at rest',
    {change: bytes => bytes.writeUInt32LE(0xa92b4efc, kibibytes * 1024 - 65536)},
    [],
  ],
  ['what is of LVM by now', {change: bytes => bytes.write('LABELONE', 512)}, ['/dev/vdb doubtful']],
  [
    'what is encrypted by now',
    {change: bytes => bytes.write('LUKS\xba\xbe', 0, 'latin1')},
    ['/dev/vdb doubtful'],
  ],
  ['what is xfs by now', {change: bytes => bytes.write('XFSB', 0)}, ['/dev/vdb doubtful']],
  ['what is btrfs by now', {change: bytes => bytes.write('_BHRfS_M', 65_600)}, ['/dev/vdb doubtful']],
  ['what is ext4 by now', {change: bytes => bytes.writeUInt16LE(0xef53, 1080)}, ['/dev/vdb doubtful']],
  [
    'what is in use whatever else it may be',
    {swaps: `${empty}/dev/vdb partition 508 0 -2\n`, change: bytes => bytes.write('XFSB', 0)},
    ['/dev/vdb in use'],
  ],
  ['a disk with partitions', {name: 'vdb', files: {'sys/class/block/vdb1/size': '0\n'}}, []],
  ['memory that is compressed', {name: 'zram0'}, []],
  ['a floppy', {name: 'fd0'}, []],
  ['a CD', {name: 'sr0'}, []],
  ['an encrypted disk', {name: 'dm-2', files: {'sys/class/block/dm-2/dm/uuid': 'CRYPT-x\n'}}, []],
]

for (const [name, guest, areas] of cases) {
  test(name, t => {
    if (requireTool(t, 'mkswap')) assert.deepEqual(readWith(t, guest), areas)
  })
}

test('a device without its node, as a container sees its host', t => {
  const root = makeDirectory(t, {'sys/class/block/vdb/size': '9\n', 'sys/class/block/vdb/ro': '0\n'})
  assert.deepEqual(readSwapAreas(openSystem(root)), [])
})
