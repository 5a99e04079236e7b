// Growing the root file system on real partition tables with the real programs: loop devices of this machine's kernel.
// ext2 to ext4 grow in the booted machine: the kernel asks for CAP_SYS_RESOURCE there (fs/ext4/ioctl.c), which root of a
// container may not have.

import assert from 'node:assert/strict'
import {describe, test} from 'node:test'
import {type DiskGuest, type DiskOptions, startDiskGuest} from './disk-guest.ts'
import {skipWithout, skipWithoutGuest} from './host.ts'

const context = "HOSTNAME='x'"
const gpt = 'label: gpt\nstart=2048, size=300M\n'
const dos = gpt.replace('gpt', 'dos')
const logical = 'label: dos\nsize=20M\ntype=E\ntype=L\n'
const beforeExtended = `${dos}start=400M, size=100M, type=5\nstart=402M, size=20M\nstart=430M, size=20M\n`
const btrfs = ['mkfs.btrfs', '--quiet'] as const
const xfs = ['mkfs.xfs', '-q'] as const

const needed = ['growpart', 'sfdisk', 'losetup', 'mkfs.xfs', 'mkfs.btrfs']
const unmet = [skipWithoutGuest('namespace'), ...needed.map(skipWithout)].find(({skip}) => skip !== false)

/** The file system grows from 300 MiB, or so, to fill a disk of 600. */
type Case = Omit<DiskOptions, 'mebibytes'> & {
  mebibytes?: number
  name: string
  grown: readonly string[]
  check?: readonly [string, ...string[]]
}

const checkXfs = ['xfs_repair', '-n'] as const
const checkBtrfs = ['btrfs', 'check', '--readonly'] as const
const partition = 'partition 1 of /dev/DISK from 300.0 MiB to 599.0 MiB'
const cases: Case[] = [
  {
    name: 'xfs on GPT, by growpart',
    ...{table: gpt, partition: 1, make: xfs, check: checkXfs},
    grown: [partition, 'the xfs of / from 300.0 MiB to 599.0 MiB'],
  },
  {
    name: 'xfs on GPT, by sfdisk',
    ...{table: gpt, partition: 1, make: xfs, without: ['growpart'], check: checkXfs},
    grown: [partition, 'the xfs of / from 300.0 MiB to 599.0 MiB'],
  },
  {
    name: 'btrfs on MBR, by growpart',
    ...{table: dos, partition: 1, make: btrfs, check: checkBtrfs},
    grown: [partition, 'the btrfs of / from 300.0 MiB to 599.0 MiB'],
  },
  {
    name: 'btrfs on MBR, by sfdisk',
    ...{table: dos, partition: 1, make: btrfs, without: ['growpart'], check: checkBtrfs},
    grown: [partition, 'the btrfs of / from 300.0 MiB to 599.0 MiB'],
  },
  {
    name: 'btrfs on a logical partition, by growpart',
    ...{table: logical, partition: 5, make: btrfs, check: checkBtrfs},
    grown: [
      'partition 2 of /dev/DISK from 299.0 MiB to 579.0 MiB',
      'partition 5 of /dev/DISK from 298.0 MiB to 578.0 MiB',
      'the btrfs of / from 298.0 MiB to 578.0 MiB',
    ],
  },
  {
    name: 'btrfs on a logical partition, by sfdisk',
    ...{table: logical, partition: 5, make: btrfs, without: ['growpart'], check: checkBtrfs},
    grown: [
      'partition 2 of /dev/DISK from 299.0 MiB to 579.0 MiB',
      'partition 5 of /dev/DISK from 298.0 MiB to 578.0 MiB',
      'the btrfs of / from 298.0 MiB to 578.0 MiB',
    ],
  },
  {
    name: 'btrfs on a disk without partitions',
    ...{partition: 0, make: btrfs, check: checkBtrfs},
    grown: ['the btrfs of / from 320.0 MiB to 600.0 MiB'],
  },
  {
    name: 'a partition up to the one behind it, and no further',
    ...{table: `${dos}start=400M, size=10M\n`, partition: 1, mebibytes: 420, make: btrfs, check: checkBtrfs},
    grown: [
      'partition 1 of /dev/DISK from 300.0 MiB to 399.0 MiB',
      'the btrfs of / from 300.0 MiB to 399.0 MiB',
    ],
  },
  ...[[], ['growpart']].map(without => ({
    name: `a partition up to the extended one behind it, without ${without.join() || 'nothing'}`,
    ...{table: beforeExtended, partition: 1, mebibytes: 520, make: btrfs, without, check: checkBtrfs},
    grown: [
      'partition 1 of /dev/DISK from 300.0 MiB to 399.0 MiB',
      'the btrfs of / from 300.0 MiB to 399.0 MiB',
    ],
  })),
]

describe('a guest whose disk has grown', unmet ?? {}, () => {
  for (const each of cases) test(each.name, () => growAndLook(each))

  test('is told what to install where nothing can change its partitions', async () => {
    const without = ['growpart', 'sfdisk']
    await using guest = await startOnLargeDisk({
      name: '',
      table: gpt,
      partition: 1,
      make: btrfs,
      without,
      grown: [],
    })
    assert.match(
      await guest.grow(context),
      /warning: .* neither growpart nor sfdisk .*install growpart.*exit 0\n$/s,
    )
  })

  test('leaves a logical partition that has another one behind it, and says so', async () => {
    const table = `${logical.replace('type=L', 'size=300M, type=L')}start=400M, type=L\n`
    const options = {name: '', table, partition: 5, mebibytes: 500, make: btrfs, grown: []}
    await using guest = await startOnLargeDisk({...options, without: ['growpart']})
    const before = (await guest.run('sfdisk', '--dump', `/dev/${guest.disk}`)).output
    assert.match(before, /p6 : start= *819200/)
    assert.match(await guest.grow(context), /note: there is free space behind .*a logical partition follows/)
    assert.equal((await guest.run('sfdisk', '--dump', `/dev/${guest.disk}`)).output, before)
  })

  test('stays as it is with GROW_ROOTFS=NO', async () => {
    await using guest = await startOnLargeDisk({name: '', table: gpt, partition: 1, make: btrfs, grown: []})
    const before = (await guest.run('sfdisk', '--dump', `/dev/${guest.disk}`)).output
    assert.doesNotMatch(await guest.grow("GROW_ROOTFS='no'"), /disks +(un)?changed|grew/)
    // Nor does the answer count as YES if it stands where nothing could be read.
    assert.doesNotMatch(await guest.grow(`A='$(x'\nGROW_ROOTFS=$(echo no)`), /grew/)
    assert.equal((await guest.run('sfdisk', '--dump', `/dev/${guest.disk}`)).output, before)
  })

  test('stays as it is where / is mounted read-only, and says so', async () => {
    await using guest = await startOnLargeDisk({name: '', table: gpt, partition: 1, make: btrfs, grown: []})
    await guest.run('sh', '-c', 'mkdir -p /disc; echo HOSTNAME=x >/disc/context.sh; mount -o remount,ro /')
    const plan = await guest.run('vmcontext', 'plan', '--only', 'disks', '--context', '/disc')
    assert.match(plan.output, /\/ is mounted read-only, so it does not grow/)
    assert.match(plan.output, /Nothing to do/)
  })

  test('grows by the name of its device, and names what is not mounted', async () => {
    await using guest = await startOnLargeDisk({name: '', table: gpt, partition: 1, make: btrfs, grown: []})
    const said = await guest.grow(`GROW_ROOTFS=NO\nGROW_FS='/nowhere data /dev/${guest.disk}p1 / /proc'`)
    assert.match(said, /grew the btrfs of \/ from 300\.0 MiB to 599\.0 MiB/)
    assert.match(said, /context\.sh:2: GROW_FS: nothing is mounted at \/nowhere/)
    assert.match(said, /context\.sh:2: GROW_FS: "data" is no absolute path/)
    assert.match(said, /context\.sh:2: GROW_FS: \/proc is proc, which cannot grow here/)
    assert.equal(said.match(/grew the/g)?.length, 1)
  })
})

async function growAndLook(each: Case): Promise<void> {
  await using guest = await startOnLargeDisk(each)
  await guest.run('sh', '-c', 'seq 100000 >/file')
  const said = await guest.grow(context)
  const expected = each.grown.map(text => `grew ${text}`).sort()
  assert.deepEqual(said.match(/grew .*/g)?.sort(), expected)
  if (each.table !== undefined) {
    const verified = await guest.run('sfdisk', '--verify', `/dev/${guest.disk}`)
    assert.match(verified.output, /No errors detected/)
  }
  const again = await guest.grow(context)
  assert.match(again, /disks +unchanged \(\/\)/)
  assert.equal((await guest.run('sh', '-c', 'seq 100000 | cmp - /file')).exitCode, 0)
  if (each.check !== undefined) await guest.check(...each.check)
}

async function startOnLargeDisk({name: _, grown: __, check: ___, ...options}: Case): Promise<DiskGuest> {
  const guest = await startDiskGuest({mebibytes: 320, ...options})
  await guest.enlarge(600)
  return guest
}
