// Growing a logical volume by what its physical volumes gain from larger partitions or disks, and by nothing else:
// space that somebody keeps free in the group stays free.

import type {GrowLogicalVolumeAction} from '../../action/storage.ts'
import {readDeviceBytes, readDeviceNamed, type VolumeFact} from '../../facts/storage/block-devices.ts'
import {
  aimOf,
  countRoom,
  forgetPendingGrowth,
  type PendingGrowth,
  readPendingGrowth,
  writePendingGrowth,
} from '../../facts/storage/pending-growth.ts'
import {formatBytes} from '../../report/sizes.ts'
import {describeEnd, succeeded} from '../../system/commands.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {failed, type Handler, leftOut} from '../workshop.ts'

const timeoutMs = 10_000

export const growLogicalVolumeHandler: Handler<GrowLogicalVolumeAction> = {
  prepare({before}, {system, mayExecute}) {
    if (!mayExecute || readPendingGrowth(system).some(({id}) => id === before.id)) return
    // Where the root is full nothing can be noted, and it is to grow for that very reason.
    unlessRefused(
      () => writePendingGrowth(system, before),
      () => undefined,
    )
  },

  async perform({volume: shown, name, before}, {system, mayExecute}) {
    const what = `the logical volume ${shown}`
    if (!mayExecute) return leftOut(`grow ${what}`, 'nothing of another root is executed')
    const bytes = readDeviceBytes(system, name)
    const obstacle = await grow(system, name, before)
    if (obstacle !== undefined) return failed(what, `could not grow ${what}: ${obstacle}`)
    forgetPendingGrowth(system, before.id)
    const after = readDeviceBytes(system, name)
    if (after <= bytes) return {status: 'unchanged', detail: what}
    return {status: 'changed', detail: `grew ${what} from ${formatBytes(bytes)} to ${formatBytes(after)}`}
  },
}

async function grow(system: System, name: string, before: PendingGrowth): Promise<string | undefined> {
  // As it is now: a partition may have grown a moment ago.
  const found = readDeviceNamed(system, name)?.volume
  for (const physical of found?.physicalVolumes ?? []) {
    const {path, bytes, extents} = physical
    if (countRoom(physical, bytes, found!.extentBytes) <= extents) continue
    const resized = await system.run({argv: ['pvresize', path], timeoutMs})
    if (!succeeded(resized)) return `pvresize ${path} ${describeEnd(resized)}`
  }
  // What LVM made of it counts, not what we think it should have.
  const volume = readDeviceNamed(system, name)?.volume
  if (volume === undefined) return 'it is no longer there'
  const aim = aimOf(volume, before, ({extents}) => extents)
  return aim > volume.extents ? await extend(system, volume, aim) : undefined
}

/** Extends it on the physical volumes that it has: others of the group were not asked for. */
async function extend(system: System, volume: VolumeFact, extents: number): Promise<string | undefined> {
  const paths = volume.physicalVolumes.map(({path}) => path)
  const extended = await system.run({
    argv: ['lvextend', '--extents', `${extents}`, volume.name, ...paths],
    timeoutMs,
  })
  // Killed it is tried again by the next run; what it refused it would refuse again.
  if (extended.ended === 'exited') forgetPendingGrowth(system, volume.id)
  return succeeded(extended) ? undefined : `lvextend ${describeEnd(extended)}`
}
