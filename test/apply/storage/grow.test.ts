// What does not end as it should: programs that hang, refuse, or do nothing. The real ones are in test/guests.

import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {GrowFileSystemAction, GrowPartitionAction} from '../../../src/action/storage.ts'
import {growFileSystemHandler} from '../../../src/apply/storage/grow-file-system.ts'
import {growLogicalVolumeHandler} from '../../../src/apply/storage/grow-logical-volume.ts'
import {growPartitionHandler} from '../../../src/apply/storage/grow-partition.ts'
import type {Workshop} from '../../../src/apply/workshop.ts'
import {forgetPendingGrowth, readPendingGrowth} from '../../../src/facts/storage/pending-growth.ts'
import type {Command, CommandResult} from '../../../src/system/commands.ts'
import {openSystem} from '../../../src/system/system.ts'
import {makeDirectory} from '../../temporary.ts'

const done: CommandResult = {ended: 'exited', exitCode: 0, output: ''}

/** A machine whose programs answer as they are told to, and whose partition grows when sfdisk or growpart says so. */
function openWorkshop(
  root: string,
  answer: (argv: readonly string[]) => CommandResult | Promise<CommandResult>,
) {
  const commands: string[] = []
  const system = {
    ...openSystem(root),
    run: async ({argv}: Command) => {
      commands.push(argv.join(' '))
      return answer(argv)
    },
  }
  return {workshop: {system, mayExecute: true} as unknown as Workshop, commands}
}

const fileSystem: GrowFileSystemAction = {
  ...{kind: 'grow-file-system', fileSystem: 'ext', type: 'ext4', point: '/', patienceMs: 1},
  ...{device: '/dev/vda1', name: 'vda1'},
}

test('a file system that takes long is left to grow by itself', async t => {
  const root = makeDirectory(t, {'sys/class/block/vda1/size': '2097152\n', 'dev/vda1': ''})
  const {workshop} = openWorkshop(root, () => new Promise(() => {}))
  const {status, detail} = await growFileSystemHandler.perform(fileSystem, workshop)
  assert.equal(status, 'changed')
  assert.match(detail, /the ext4 of \/ is growing from 0\.0 KiB to 1\.0 GiB; this goes on in the background/)
})

test('of what a program says its error is told', async t => {
  const root = makeDirectory(t, {'sys/class/block/vda1/size': '2097152\n', 'dev/vda1': ''})
  const output = 'resize2fs 1.47.0 (5-Feb-2023)\nresize2fs: No\nold_desc_blocks = 1, new_desc_blocks = 2\n'
  const {workshop} = openWorkshop(root, () => ({...done, exitCode: 1, output}))
  const {status, problems} = await growFileSystemHandler.perform({...fileSystem, patienceMs: 1000}, workshop)
  assert.equal(status, 'failed')
  assert.equal(problems?.[0]?.message, 'could not grow the ext4 of /: resize2fs exited with 1: resize2fs: No')
})

const partition: GrowPartitionAction = {
  ...{kind: 'grow-partition', disk: '/dev/vda', number: 1, name: 'vda1', gapBytes: 1},
  ...{bytes: 2 ** 20, sectorBytes: 512},
  tools: ['growpart', 'sfdisk'],
}
const noChange = {...done, exitCode: 1, output: 'NOCHANGE: partition 1 is size 9. it cannot be grown\n'}
const failure = {...done, exitCode: 2, output: 'FAILED: failed to make temp dir\n'}
const version = (text: string) => ({...done, output: `sfdisk from util-linux ${text}\n`})

const cases: [name: string, answers: CommandResult[], status: string, commands: number, told?: RegExp][] = [
  ['nothing to gain', [noChange], 'unchanged', 1],
  ['growpart refuses, sfdisk does it', [failure, version('2.38.1'), done, done], 'unchanged', 4],
  ['sfdisk of another age', [failure, version('2.23.2')], 'failed', 2, /temp dir; this sfdisk is too old/],
  ['sfdisk without a version', [failure, {...done, output: '?'}], 'failed', 2, /too old/],
  [
    'both refuse',
    [failure, version('2.40'), failure],
    'failed',
    3,
    /growpart exited with 2.*; sfdisk exited with 2/,
  ],
  [
    'the kernel is not told',
    [failure, version('2.40'), done, failure],
    'failed',
    4,
    /will see it at the next boot only/,
  ],
]

for (const [name, answers, status, count, told = /^$/] of cases) {
  test(`a partition: ${name}`, async t => {
    const {workshop, commands} = openWorkshop(makeDirectory(t), () => answers.shift() ?? done)
    const result = await growPartitionHandler.perform(partition, workshop)
    assert.equal(result.status, status)
    assert.equal(commands.length, count, commands.join('\n'))
    assert.match(result.problems?.[0]?.message ?? '', told)
  })
}

test('sfdisk is told a size, and nothing where the partition has it', async t => {
  const root = makeDirectory(t, {'sys/class/block/vda1/size': '2048\n'})
  const inputs: (string | undefined)[] = []
  const system = {
    ...openSystem(root),
    run: async ({input}: Command) => {
      inputs.push(input)
      return version('2.38.1')
    },
  }
  const workshop = {system, mayExecute: true} as unknown as Workshop
  const grow = (bytes: number) =>
    growPartitionHandler.perform({...partition, bytes, sectorBytes: 4096, tools: ['sfdisk']}, workshop)
  await grow(2 ** 21)
  assert.deepEqual(inputs, [undefined, ',512\n', undefined])
  assert.equal((await grow(2 ** 20)).status, 'unchanged')
  assert.equal(inputs.length, 3)
})

const before = (id: string) => ({id, extents: 1, physicalVolumes: {p: 1}})
const volume = (id: string) =>
  ({kind: 'grow-logical-volume', volume: `group/${id}`, name: 'dm-0', before: before(id)}) as const

test('sizes from before are noted of each volume, the first of them stay, and each is forgotten by itself', t => {
  const {workshop} = openWorkshop(makeDirectory(t), () => done)
  for (const id of ['a', 'b']) growLogicalVolumeHandler.prepare!(volume(id), workshop)
  growLogicalVolumeHandler.prepare!({...volume('a'), before: {...before('a'), extents: 9}}, workshop)
  assert.deepEqual(readPendingGrowth(workshop.system), [before('a'), before('b')])
  forgetPendingGrowth(workshop.system, 'a')
  assert.deepEqual(readPendingGrowth(workshop.system), [before('b')])
})

test('a full root, where nothing can be noted, does not keep a volume from growing', t => {
  const {workshop} = openWorkshop(makeDirectory(t, {'var/lib/vmcontext': 'no directory'}), () => done)
  growLogicalVolumeHandler.prepare!(volume('a'), workshop)
})
