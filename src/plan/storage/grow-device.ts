// How a device grows: a partition by the space behind it, a logical volume by what its physical volumes gain. What is
// made of others in another way is left alone.

import type {Action} from '../../action.ts'
import type {BlockDevice, Partition, VolumeFact} from '../../facts/storage/block-devices.ts'
import {aimOf, countRoom, describeGrowth} from '../../facts/storage/pending-growth.ts'
import type {Storage} from '../../facts/storage/storage.ts'
import type {Problem} from '../../problem.ts'

/** Less is not worth a change of the partition table; growpart thinks so too. */
const leastGapBytes = 1024 * 1024

export type DevicePlan = {
  actions: Action[]
  /** How large it will be. */
  bytes: number
}

/** Plans the growth of a device and of what lies below it. */
export function planDevice(device: BlockDevice, storage: Storage, problems: Problem[]): DevicePlan {
  if (device.kind === 'partition') return planPartition(device, device.partition!, storage, problems)
  if (device.kind === 'logical volume' && device.volume !== undefined) {
    return planVolume(device, device.volume, storage, problems)
  }
  // As far as the disk below is concerned this is its end.
  if (device.below.some(hasGap)) {
    const what =
      device.kind === 'logical volume'
        ? 'a logical volume of an uncommon kind'
        : 'encrypted or made of several'
    const message = `there is free space behind ${device.path}, which is ${what} and is left alone`
    problems.push({code: 'deed-left-out', message})
  }
  return {actions: [], bytes: device.bytes}
}

/** How far the disks below a device reach: the same before it has grown and after. */
export function reachOf({name, bytes, partition, below}: BlockDevice): unknown {
  if (below.length > 0) return [name, ...below.map(reachOf)]
  return [name, bytes + Math.max(0, partition?.gapBytes ?? 0)]
}

function hasGap(device: BlockDevice): boolean {
  return (device.partition?.gapBytes ?? 0) > leastGapBytes || device.below.some(hasGap)
}

function planPartition(
  {name, path, bytes}: BlockDevice,
  {disk, number, gapBytes, sectorBytes, extended, obstacle}: Partition,
  {growTools}: Storage,
  problems: Problem[],
): DevicePlan {
  if (gapBytes <= leastGapBytes) return {actions: [], bytes}
  if (obstacle !== undefined) {
    const reason =
      obstacle === 'table' ? `${disk} has no partition table of a known kind` : `a ${obstacle} follows`
    problems.push({code: 'deed-left-out', message: `there is free space behind ${path}, but ${reason}`})
    return {actions: [], bytes}
  }
  const tools = (['growpart', 'sfdisk'] as const).filter(tool => growTools.has(tool))
  if (tools.length === 0) {
    const message = `there is free space behind ${path}, and neither growpart nor sfdisk to use it`
    const cure = 'install growpart (cloud-guest-utils, cloud-utils-growpart) or sfdisk (fdisk, util-linux)'
    problems.push({code: 'tool-missing', message, cure})
    return {actions: [], bytes}
  }
  const grow = {kind: 'grow-partition', disk, sectorBytes, tools} as const
  const outer =
    extended !== undefined && extended.gapBytes > leastGapBytes
      ? [
          {
            ...grow,
            number: extended.number,
            bytes: extended.bytes + extended.gapBytes,
            gapBytes: extended.gapBytes,
          },
        ]
      : []
  const inner = {...grow, number, name, bytes: bytes + gapBytes, gapBytes}
  return {actions: [...outer, inner], bytes: inner.bytes}
}

function planVolume(
  {name, path, bytes, below}: BlockDevice,
  volume: VolumeFact,
  storage: Storage,
  problems: Problem[],
): DevicePlan {
  const plans = below.map(device => ({path: device.path, ...planDevice(device, storage, problems)}))
  const bytesOf = (device: string) => plans.find(plan => plan.path === device)?.bytes ?? 0
  const before = storage.pendingGrowth.find(({id}) => id === volume.id) ?? describeGrowth(volume)
  const roomOf = (physical: VolumeFact['physicalVolumes'][number]) =>
    countRoom(physical, bytesOf(physical.path), volume.extentBytes)
  const gained = aimOf(volume, before, roomOf) - volume.extents
  // With less than an extent behind it nothing comes of a larger partition.
  if (gained === 0) return {actions: [], bytes}
  if (!storage.growTools.has('pvresize') || !storage.growTools.has('lvextend')) {
    const message = `there is free space behind ${path}, and no pvresize and lvextend to use it`
    problems.push({code: 'tool-missing', message, cure: 'install lvm2'})
    return {actions: [], bytes}
  }
  const grow: Action = {kind: 'grow-logical-volume', volume: volume.name, name, before}
  return {actions: [...plans.flatMap(plan => plan.actions), grow], bytes: bytes + gained * volume.extentBytes}
}
