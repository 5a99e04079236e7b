// Which mounts in a tree belong to the image.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {MountFact} from '../../../src/facts/storage/mounts.ts'
import {listForeignMounts} from '../../../src/image/seal/foreign-mounts.ts'
import {listPartitions} from '../../../src/image/seal/partitions.ts'

const mount = (point: string, source: string, more: Partial<MountFact> = {}): MountFact => {
  return {point, source, type: 'ext4', number: source, directory: '/', isReadOnly: false, ...more}
}
const host = [
  mount('/', '/dev/vda1'),
  mount('/proc', 'proc', {type: 'proc'}),
  mount('/home', '/dev/vda2'),
  mount('/tmp', 'tmpfs', {type: 'tmpfs'}),
]

test('of a running guest partitions are part, what is in memory or from a network is not', () => {
  const nfs = mount('/srv', 'nas:/srv', {type: 'nfs'})
  const bind = mount('/opt/own', '/dev/vda1', {directory: '/usr/own'})
  const mounts = [...host, nfs, bind]
  assert.deepEqual(listForeignMounts(mounts, '/'), ['/proc', '/tmp', '/srv', '/opt/own'])
  assert.deepEqual(listPartitions(mounts, '/', listForeignMounts(mounts, '/')), ['/', '/home'])
})

test('of an image its own partitions are part, what the machine around it lends is not', () => {
  const mounts = [
    ...host,
    mount('/mnt', '/dev/loop0p1'),
    mount('/mnt/boot', '/dev/loop0p2'),
    mount('/mnt/dev', 'udev', {type: 'devtmpfs'}),
    mount('/mnt/home', '/dev/vda2'),
    mount('/mnt/var/cache', '/dev/vda1', {directory: '/var/cache'}),
  ]
  const foreign = listForeignMounts(mounts, '/mnt')
  assert.deepEqual(foreign, ['/dev', '/home', '/var/cache'])
  assert.deepEqual(listPartitions(mounts, '/mnt', foreign), ['/mnt', '/mnt/boot'])
})

test('subvolumes of the root are part of it', () => {
  const btrfs = {type: 'btrfs', number: '0:32'}
  const mounts = [
    mount('/', '/dev/vda1', {...btrfs, directory: '/@'}),
    mount('/home', '/dev/vda1', {...btrfs, directory: '/@home'}),
  ]
  assert.deepEqual(listForeignMounts(mounts, '/'), [])
  assert.deepEqual(listPartitions(mounts, '/', []), ['/'])
})

test('a directory of a disk that others use has no free space of its own', () => {
  assert.deepEqual(listPartitions(host, '/srv/tree', []), [])
})

test('nor has one that is mounted a second time', () => {
  const bound = [...host, mount('/mnt', '/dev/vda1', {directory: '/srv/tree'})]
  assert.deepEqual(listPartitions(bound, '/mnt', []), [])
  const hidden = [mount('/', '/dev/vda1'), mount('/mnt', '/dev/vdb1', {directory: '/srv/tree'})]
  assert.deepEqual(listPartitions(hidden, '/mnt', []), [])
})
