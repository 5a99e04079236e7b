import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readContext} from '../../../src/context/context.ts'
import type {Facts} from '../../../src/facts/facts.ts'
import type {BlockDevice, VolumeFact} from '../../../src/facts/storage/block-devices.ts'
import {growTools, nothingStored, type Storage} from '../../../src/facts/storage/storage.ts'
import type {Volume} from '../../../src/facts/storage/volumes.ts'
import type {PlanInput} from '../../../src/plan/input.ts'
import {planDisks} from '../../../src/plan/storage/disks.ts'
import {planMounts} from '../../../src/plan/storage/mounts.ts'
import {planSwap} from '../../../src/plan/storage/swap.ts'
import {makeDisc} from '../../context/sample-disc.ts'

const gibibyte = 2 ** 30
const extentBytes = 4 * 2 ** 20

function plan(planner: typeof planDisks, text: string, storage: Partial<Storage>, live = true) {
  const {context, problems} = readContext(makeDisc(text))
  const facts = {live, accounts: [], storage: {...nothingStored, ...storage}} as unknown as Facts
  const step = planner({context, contextProblems: problems, facts} as PlanInput)
  const told = step.problems.map(({code, message}) => `${code}: ${message}`)
  return {...step, kinds: step.actions.map(({kind}) => kind).join(), told: told.join('\n')}
}

function partition(gapBytes: number, more: Partial<BlockDevice['partition']> = {}): BlockDevice {
  const about = {disk: '/dev/vda', number: 1, gapBytes, sectorBytes: 512, ...more}
  return {name: 'vda1', path: '/dev/vda1', bytes: gibibyte, kind: 'partition', partition: about, below: []}
}

function volume(device: BlockDevice | undefined, more: Partial<Volume> = {}): Volume {
  const size = {kind: 'ext', bytes: device?.bytes, slackBytes: 2 ** 20} as const
  return {point: '/', type: 'ext4', isReadOnly: false, device, size, ...more}
}

function grow(root: Volume | undefined, more: Partial<Storage> = {}, text = '') {
  const volumes = new Map(root === undefined ? [] : [['/', root]])
  return plan(planDisks, text, {volumes, growTools: new Set(growTools), ...more})
}

const both = 'grow-partition,grow-file-system'

test('space behind a partition is for it and its file system', () => {
  assert.equal(grow(volume(partition(gibibyte))).kinds, both)
})

test('less than a mebibyte is no space', () => {
  const {kinds, idle, told} = grow(volume(partition(2 ** 20)))
  assert.deepEqual({kinds, idle, told}, {kinds: '', idle: undefined, told: ''})
})

test('a file system that does not fill its partition grows alone', () => {
  const size = {kind: 'ext', bytes: gibibyte - 2 ** 22, slackBytes: 2 ** 20} as const
  assert.equal(grow(volume(partition(-5), {size})).kinds, 'grow-file-system')
})

test('the extended partition comes first', () => {
  const extended = {number: 2, bytes: gibibyte, gapBytes: gibibyte}
  const {actions} = grow(volume(partition(gibibyte, {number: 5, extended})))
  assert.deepEqual(
    actions.map(action => (action.kind === 'grow-partition' ? action.number : action.kind)),
    [2, 5, 'grow-file-system'],
  )
})

test('what was grown is not asked for anew, a larger disk is', () => {
  const request = (bytes: number, gapBytes: number) =>
    JSON.stringify(grow(volume({...partition(gapBytes), bytes})).request)
  assert.equal(request(gibibyte, gibibyte), request(2 * gibibyte, 0))
  assert.notEqual(request(gibibyte, gibibyte), request(2 * gibibyte, gibibyte))
})

const silent: [name: string, root: Volume | undefined][] = [
  ['nothing at / that is known', undefined],
  ['an overlay', volume(undefined, {type: 'overlay', size: undefined})],
  ['a device that is not to be seen', volume(undefined)],
  ['a kind that does not grow', volume(partition(gibibyte), {type: 'f2fs', size: undefined})],
]

for (const [name, root] of silent) {
  test(`${name}: nothing, in silence`, () => {
    const {kinds, idle, told} = grow(root)
    assert.deepEqual({kinds, idle, told}, {kinds: '', idle: 'not asked', told: ''})
  })
}

test('a container is told that its disks are not its own', () => {
  const {kinds, told} = plan(planDisks, "GROW_FS='/data'", {isContained: true})
  assert.deepEqual(
    [kinds, told],
    ['', "value-ignored: /data does not grow: the disks of a container are its host's"],
  )
})

const mapped: BlockDevice = {
  ...{name: 'dm-0', path: '/dev/mapper/crypt', bytes: gibibyte, kind: 'mapped'},
  below: [partition(gibibyte)],
}

const told: [name: string, root: Volume, missing: string[], kinds: string, told: RegExp][] = [
  ['growpart', volume(partition(gibibyte)), ['growpart'], both, /^$/],
  ['sfdisk', volume(partition(gibibyte)), ['sfdisk'], both, /^$/],
  [
    'both',
    volume(partition(gibibyte)),
    ['growpart', 'sfdisk'],
    '',
    /^tool-missing: .*neither growpart nor sfdisk/,
  ],
  [
    'resize2fs',
    volume(partition(gibibyte)),
    ['resize2fs'],
    'grow-partition',
    /^tool-missing: resize2fs is not there/,
  ],
  ['nothing, encrypted', volume(mapped), [], '', /^deed-left-out: .*\/dev\/mapper\/crypt.*left alone/],
  ['nothing, a strange table', volume(partition(gibibyte, {obstacle: 'table'})), [], '', /^deed-left-out/],
  [
    'nothing, with a neighbour',
    volume(partition(gibibyte, {obstacle: 'logical partition'})),
    [],
    '',
    /^deed-left-out: .* a logical partition follows/,
  ],
  [
    'nothing, read-only',
    volume(partition(gibibyte), {isReadOnly: true}),
    [],
    '',
    /^deed-left-out: \/ is mounted read-only/,
  ],
  ['nothing, read-only and full', volume(partition(0), {isReadOnly: true}), [], '', /^$/],
]

for (const [name, root, missing, kinds, message] of told) {
  test(`a guest that lacks ${name}`, () => {
    const tools = new Set<string>(growTools.filter(tool => !missing.includes(tool)))
    const found = grow(root, {growTools: tools})
    assert.equal(found.kinds, kinds)
    assert.match(found.told, message)
  })
}

const physical = {
  id: 'p',
  path: '/dev/vda1',
  bytes: gibibyte,
  startBytes: 2 ** 20,
  tailBytes: 0,
  extents: 255,
}
const fact: VolumeFact = {id: 'l', name: 'group/root', extents: 100, extentBytes, physicalVolumes: [physical]}

function logical(gapBytes: number, more: Partial<VolumeFact> | null = {}): BlockDevice {
  const about = {
    name: 'dm-0',
    path: '/dev/mapper/group-root',
    bytes: 100 * extentBytes,
    kind: 'logical volume',
  } as const
  return {...about, volume: more === null ? undefined : {...fact, ...more}, below: [partition(gapBytes)]}
}

const volumes: [name: string, device: BlockDevice, storage: Partial<Storage>, kinds: string][] = [
  ["whose group has free space that is somebody's", logical(0), {}, ''],
  ['whose disk has grown', logical(gibibyte), {}, 'grow-partition,grow-logical-volume,grow-file-system'],
  [
    'whose partition has grown',
    logical(0, {physicalVolumes: [{...physical, extents: 200}]}),
    {},
    'grow-logical-volume,grow-file-system',
  ],
  [
    'with less than an extent behind it',
    logical(1.5 * 2 ** 20, {physicalVolumes: [{...physical, startBytes: 2 ** 21}]}),
    {},
    '',
  ],
  [
    'left half done',
    logical(0),
    {pendingGrowth: [{id: 'l', extents: 100, physicalVolumes: {p: 200}}]},
    'grow-logical-volume,grow-file-system',
  ],
  [
    'beside another left half done',
    logical(0),
    {pendingGrowth: [{id: 'x', extents: 100, physicalVolumes: {p: 200}}]},
    '',
  ],
  [
    'that was left when all was done',
    logical(0),
    {pendingGrowth: [{id: 'l', extents: 45, physicalVolumes: {p: 200}}]},
    '',
  ],
  [
    'with a second description at the end of its disk',
    logical(0, {physicalVolumes: [{...physical, tailBytes: extentBytes, extents: 254}]}),
    {},
    '',
  ],
  ['of an uncommon kind', logical(gibibyte, null), {}, ''],
  ['without LVM', logical(gibibyte), {growTools: new Set(['growpart', 'resize2fs'])}, ''],
]

for (const [name, device, storage, kinds] of volumes) {
  test(`a logical volume ${name}`, () => assert.equal(grow(volume(device), storage).kinds, kinds))
}

test('what a physical volume gains is for the first that is named', () => {
  const other = {...logical(gibibyte, {id: 'm', name: 'group/data'}), name: 'dm-1'}
  const volumes = new Map([
    ['/', volume(logical(gibibyte))],
    ['/data', volume(other, {point: '/data'})],
  ])
  const found = plan(planDisks, "GROW_FS='/data'", {volumes, growTools: new Set(growTools)})
  assert.equal(found.kinds, 'grow-partition,grow-logical-volume,grow-file-system')
  assert.match(found.told, /^deed-left-out: \/data does not grow: what its disks gain is for \/$/)
})

test('two directories of one file system are grown once', () => {
  const found = volume(partition(gibibyte))
  const both = new Map([
    ['/', found],
    ['/data', {...found, point: '/data'}],
  ])
  const {actions} = plan(planDisks, "GROW_FS='/data'", {volumes: both, growTools: new Set(growTools)})
  assert.equal(actions.length, 2)
})

const areas = [
  {path: '/dev/vdb', state: 'free'},
  {path: '/dev/vdc', state: 'in use'},
  {path: '/dev/vdd', state: 'in fstab'},
] as const

test('swap that nobody uses is used', () => {
  const {actions, summary} = plan(planSwap, '', {swapAreas: areas})
  assert.deepEqual(actions, [{kind: 'swap-on', device: '/dev/vdb'}])
  assert.equal(summary, '/dev/vdb, /dev/vdc')
  assert.equal(plan(planSwap, "IGNORE_SWAP='YES'", {swapAreas: areas}).idle, 'not asked')
  assert.equal(plan(planSwap, '', {swapAreas: areas.slice(2)}).idle, 'not asked')
  const {kinds, told} = plan(planSwap, '', {swapAreas: [{path: '/dev/vde', state: 'doubtful'}]})
  assert.deepEqual([kinds, told.includes('/dev/vde is marked as swap and as something else')], ['', true])
})

const share = "DISK1_MOUNT_TAG='t'\nDISK1_MOUNT_POINT='/srv/t'\n"
const mounted = {
  type: 'virtiofs',
  source: 't',
  point: '/srv/t',
  number: '0:1',
  directory: '/',
  isReadOnly: false,
}
const ours = [{tag: 't', point: '/srv/t'}]

const mounts: [name: string, text: string, storage: Partial<Storage>, kinds: string, told?: RegExp][] = [
  ['one that is new', share, {}, 'mount-shared'],
  ['one that is there', share, {mounts: [mounted]}, ''],
  ['one that is gone from the context', 'A=1', {ownShares: ours, mounts: [mounted]}, 'unmount-shared'],
  ['one of somebody else', 'A=1', {mounts: [mounted]}, ''],
  ['one that may stand in what could not be read', 'DISK1_MOUNT_TAG=$(x)', {ownShares: ours}, ''],
  [
    'another at the same place',
    share.replace("'t'", "'u'"),
    {ownShares: ours},
    'unmount-shared,mount-shared',
  ],
  [
    'a link into the system',
    share,
    {sharePoints: new Map([['/srv/t', '/etc/x']])},
    '',
    /\/etc\/x is a directory of the system/,
  ],
  [
    'a link of somebody',
    share,
    {sharePoints: new Map([['/srv/t', '/opt/x']]), plantedPoints: new Set(['/srv/t'])},
    '',
    /could have been planted/,
  ],
  [
    'the home of the account',
    `${share.replace('/srv/t', '/home/joe')}USERNAME='joe'`,
    {},
    '',
    /the home of joe is there/,
  ],
  [
    'beside the home of the account',
    `${share.replace('/srv/t', '/home/jo')}USERNAME='joe'`,
    {},
    'mount-shared',
  ],
]

for (const [name, text, storage, kinds, message = /^$/] of mounts) {
  test(`mounts: ${name}`, () => {
    const found = plan(planMounts, text, storage)
    assert.equal(found.kinds, kinds)
    assert.match(found.told, message)
  })
}

test('mounts: a directory before those in it, and the other way round where they go', () => {
  const deep = "DISK0_MOUNT_TAG='d'\nDISK0_MOUNT_POINT='/srv/t/deep'\n"
  const points = (text: string, storage: Partial<Storage>) =>
    plan(planMounts, text, storage).actions.map(action => 'point' in action && action.point)
  assert.deepEqual(points(deep + share, {}), ['/srv/t', '/srv/t/deep'])
  const ownShares = [...ours, {tag: 'd', point: '/srv/t/deep'}]
  assert.deepEqual(points('A=1', {ownShares}), ['/srv/t/deep', '/srv/t'])
})
