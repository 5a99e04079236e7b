// A logical volume on its way to a larger size. It is to have what its physical volumes gain, and once they have
// gained it (growpart resizes them by itself) nothing tells that from space which somebody keeps free in the group. So
// the sizes from before are noted before anything grows, also for the run after a killed one.

import type {System} from '../system/system.ts'
import type {VolumeFact} from './block-devices.ts'

/** How many extents a volume and its physical volumes had, by their ids. */
export type PendingGrowth = {id: string; extents: number; physicalVolumes: Readonly<Record<string, number>>}

const notePath = '/var/lib/vmcontext/growing.json'

/** What is to be noted of a volume. */
export function describeGrowth({id, extents, physicalVolumes}: VolumeFact): PendingGrowth {
  return {
    id,
    extents,
    physicalVolumes: Object.fromEntries(physicalVolumes.map(each => [each.id, each.extents])),
  }
}

/**
 * How many extents a volume is to have. `bytesOf` gives the size of a physical volume's device; those that came to the
 * group later count for nothing.
 */
export function aimOf(
  volume: VolumeFact,
  before: PendingGrowth | undefined,
  bytesOf: (path: string) => number,
): number {
  const from = before?.id === volume.id ? before : describeGrowth(volume)
  const gained = volume.physicalVolumes.map(({id, path, startBytes}) => {
    const room = Math.floor((bytesOf(path) - startBytes) / volume.extentBytes)
    return Math.max(0, room - (from.physicalVolumes[id] ?? room))
  })
  return Math.max(volume.extents, from.extents + gained.reduce((sum, count) => sum + count, 0))
}

/** Reads the note; undefined if nothing was left half done. */
export function readPendingGrowth({files}: System): PendingGrowth | undefined {
  try {
    const note = JSON.parse(files.readText(notePath) ?? 'null') as PendingGrowth | null
    const isWhole = Number.isSafeInteger(note?.extents) && typeof note?.physicalVolumes === 'object'
    return isWhole && typeof note?.id === 'string' ? note : undefined
  } catch {
    return undefined
  }
}

export function writePendingGrowth({files}: System, growth: PendingGrowth): void {
  files.makeDirectory('/var/lib/vmcontext', 0o700)
  files.write(notePath, JSON.stringify(growth), {mode: 0o600})
}

export function forgetPendingGrowth({files}: System): void {
  if (files.status(notePath) !== undefined) files.remove(notePath)
}
