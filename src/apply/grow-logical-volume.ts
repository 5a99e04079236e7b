// Growing a logical volume by what its physical volumes gain from larger partitions or disks, and by nothing else:
// space that somebody keeps free in the group stays free.

import type {GrowLogicalVolumeAction} from '../action.ts'
import {readDeviceBytes, readDeviceNamed, type VolumeFact} from '../facts/block-devices.ts'
import {
  aimOf,
  describeGrowth,
  forgetPendingGrowth,
  readPendingGrowth,
  writePendingGrowth,
} from '../facts/pending-growth.ts'
import {formatBytes} from '../report/sizes.ts'
import {describeEnd, succeeded} from '../system/commands.ts'
import type {System} from '../system/system.ts'
import {failed, type Handler, leftOut} from './workshop.ts'

const timeoutMs = 10_000

export const growLogicalVolumeHandler: Handler<GrowLogicalVolumeAction> = {
  prepare({name}, {system, mayExecute}) {
    const volume = mayExecute ? readDeviceNamed(system, name)?.volume : undefined
    const isNoted = volume === undefined || readPendingGrowth(system)?.id === volume.id
    if (!isNoted) writePendingGrowth(system, describeGrowth(volume))
  },

  async perform({volume: shown, name}, {system, mayExecute}) {
    const what = `the logical volume ${shown}`
    if (!mayExecute) return leftOut(`grow ${what}`, 'nothing of another root is executed')
    // As it is now: a partition may have grown a moment ago.
    const volume = readDeviceNamed(system, name)?.volume
    if (volume === undefined) return failed(what, `could not grow ${what}: it is no longer there`)
    const before = readDeviceBytes(system, name)
    const {physicalVolumes, extents} = volume
    const aim = aimOf(volume, readPendingGrowth(system), path => bytesOf(physicalVolumes, path))
    const obstacle = aim > extents ? await grow(system, volume, aim) : undefined
    if (obstacle !== undefined) return failed(what, `could not grow ${what}: ${obstacle}`)
    forgetPendingGrowth(system)
    if (aim <= extents) return {status: 'unchanged', detail: what}
    const after = readDeviceBytes(system, name)
    return {status: 'changed', detail: `grew ${what} from ${formatBytes(before)} to ${formatBytes(after)}`}
  },
}

function bytesOf(physicalVolumes: VolumeFact['physicalVolumes'], path: string): number {
  return physicalVolumes.find(physical => physical.path === path)?.bytes ?? 0
}

async function grow(system: System, volume: VolumeFact, extents: number): Promise<string | undefined> {
  for (const {path, bytes, startBytes, extents: known} of volume.physicalVolumes) {
    if (Math.floor((bytes - startBytes) / volume.extentBytes) <= known) continue
    const resized = await system.run({argv: ['pvresize', path], timeoutMs})
    if (!succeeded(resized)) return `pvresize ${path} ${describeEnd(resized)}`
  }
  const argv = ['lvextend', '--extents', `${extents}`, volume.name] as const
  const extended = await system.run({argv, timeoutMs})
  // Killed it is tried again by the next run; what it refused it would refuse again.
  if (extended.ended === 'exited') forgetPendingGrowth(system)
  return succeeded(extended) ? undefined : `lvextend ${describeEnd(extended)}`
}
