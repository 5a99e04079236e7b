import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  areSharesKnown,
  readGrowth,
  readShares,
  readUsesSwap,
  refuseMountPoint,
} from '../../../src/context/storage/disks.ts'
import type {Problem} from '../../../src/problem.ts'
import {makeDisc} from '../sample-disc.ts'

const growths: [text: string, paths: string, complaint?: RegExp][] = [
  ['', '/'],
  ["GROW_ROOTFS=''", '/'],
  ["GROW_ROOTFS='yes'", '/'],
  ["GROW_ROOTFS='No'", ''],
  ["GROW_ROOTFS='perhaps'", '', /neither YES nor NO/],
  // A NO may be what could not be read.
  ['GROW_ROOTFS=$(echo no)', ''],
  ["A='", ''],
  ["GROW_FS='/data /srv/ /'", '/ /data /srv'],
  ["GROW_FS='//data/./x /data/x //'", '/ /data/x'],
  ["GROW_ROOTFS=NO\nGROW_FS='\n /data\t/data\r\n'", '/data'],
  ["GROW_FS='/data var /dev/vdb1'", '/ /data /dev/vdb1', /"var" is no absolute path/],
  ["GROW_ROOTFS=NO\nGROW_FS='/'", '/'],
]

for (const [text, paths, complaint = /^$/] of growths) {
  test(`${JSON.stringify(text)} lets ${paths || 'nothing'} grow`, () => {
    const problems: Problem[] = []
    const requests = readGrowth(makeDisc(text), problems)
    assert.equal(requests.map(({path}) => path).join(' '), paths)
    assert.match(problems.map(({message}) => message).join(), complaint)
  })
}

const swaps: [text: string, isUsed: boolean][] = [
  ['', true],
  ["IGNORE_SWAP='NO'", true],
  ["IGNORE_SWAP='true'", false],
  ['IGNORE_SWAP=$(echo yes)', false],
]

for (const [text, isUsed] of swaps) {
  test(`${JSON.stringify(text)} ${isUsed ? 'uses' : 'leaves'} swap`, () => {
    assert.equal(readUsesSwap(makeDisc(text), []), isUsed)
  })
}

const both = (tag: string, point: string, disk = 1) =>
  `DISK${disk}_MOUNT_TAG='${tag}'\nDISK${disk}_MOUNT_POINT='${point}'\n`

const shares: [text: string, shares: string, complaint?: RegExp][] = [
  ['', ''],
  [both('one-tag-1', '/mnt/one-fs-1'), 'one-tag-1 at /mnt/one-fs-1'],
  [both('b', '/b', 10) + both('a', '/a', 9), 'a at /a, b at /b'],
  [both('a', '//srv//./a/'), 'a at /srv/a'],
  [both('', ''), ''],
  ["DISK1_MOUNT_TAG='a'", '', /no DISK1_MOUNT_POINT to it/],
  ["DISK1_MOUNT_POINT='/a'", '', /no DISK1_MOUNT_TAG to it/],
  ["DISK1_MOUNT_TAG='a'\nDISK1_MOUNT_POINT=$(x)", ''],
  [both('a', '/srv/x') + both('b', '/srv/x', 2), 'a at /srv/x', /DISK1_MOUNT_TAG has \/srv\/x already/],
  [both('-o', '/srv/x'), '', /"-o" cannot be the tag/],
  [both('x'.repeat(37), '/srv/x'), '', /cannot be the tag/],
  [both('a', '/srv/../etc'), '', /has `..` in it/],
  [both('a', 'srv'), '', /is no absolute path/],
  [both('a', '/etc'), '', /is a directory of the system itself/],
]

for (const [text, expected, complaint = /^$/] of shares) {
  test(`${JSON.stringify(text)} mounts ${expected || 'nothing'}`, () => {
    const problems: Problem[] = []
    const found = readShares(makeDisc(text), problems)
    assert.equal(found.map(({tag, point}) => `${tag} at ${point}`).join(', '), expected)
    assert.match(problems.map(({message}) => message).join(), complaint)
  })
}

test('what was dropped may have named a directory that is mounted', () => {
  assert.equal(areSharesKnown(makeDisc('DISK1_MOUNT_TAG=$(x)')), false)
  assert.equal(areSharesKnown(makeDisc('OTHER=$(x)')), true)
  assert.equal(areSharesKnown(makeDisc("A='")), false)
})

const refused = [
  '/',
  '//',
  '/./',
  '/usr',
  '/usr/local',
  '/usr/lib/x',
  '/proc/x',
  '/dev',
  '/lib64',
  '/var',
  '/home',
]
const accepted = [
  '/srv',
  '/mnt',
  '/mnt/x',
  '/opt',
  '/usr/local/share',
  '/var/www',
  '/var/lib/mysql',
  '/home/joe/x',
]

for (const path of [...refused, '/root/x', '/var/lib/vmcontext/kept', '/etcetera/../etc']) {
  test(`nothing is mounted at ${path}`, () => assert.notEqual(refuseMountPoint(path), undefined))
}

for (const path of [...accepted, '/etcetera', '/library', '/procs']) {
  test(`something may be mounted at ${path}`, () => assert.equal(refuseMountPoint(path), undefined))
}
