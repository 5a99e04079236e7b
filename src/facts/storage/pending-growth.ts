// A logical volume on its way to a larger size. It is to have what its physical volumes gain, and once they have
// gained it (growpart resizes them by itself) nothing tells that from space which somebody keeps free in the group. So
// the sizes from before are noted before anything grows, also for the run after a killed one.

import type {System} from '../../system/system.ts'
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

type OwnVolume = VolumeFact['physicalVolumes'][number]

/**
 * How many extents a volume is to have. `extentsOf` gives those of a physical volume; ones that came to the group later
 * count for nothing.
 */
export function aimOf(
  {extents, physicalVolumes}: VolumeFact,
  before: PendingGrowth,
  extentsOf: (physicalVolume: OwnVolume) => number,
): number {
  const gained = physicalVolumes.map(each => {
    const known = before.physicalVolumes[each.id]
    return known === undefined ? 0 : Math.max(0, extentsOf(each) - known)
  })
  return Math.max(extents, before.extents + gained.reduce((sum, count) => sum + count, 0))
}

/** How many extents a physical volume can have on a device of so many bytes. */
export function countRoom({startBytes, tailBytes}: OwnVolume, bytes: number, extentBytes: number): number {
  return Math.floor((bytes - startBytes - tailBytes) / extentBytes)
}

/** Reads the notes; none if nothing was left half done. */
export function readPendingGrowth({files}: System): PendingGrowth[] {
  try {
    const notes: unknown = JSON.parse(files.readText(notePath) ?? '[]')
    return Array.isArray(notes) ? notes.filter(isNote) : []
  } catch {
    return []
  }
}

export function writePendingGrowth(system: System, growth: PendingGrowth): void {
  system.files.makeDirectory('/var/lib/vmcontext', 0o700)
  keepNotes(system, [...readPendingGrowth(system).filter(({id}) => id !== growth.id), growth])
}

export function forgetPendingGrowth(system: System, id: string): void {
  if (system.files.status(notePath) === undefined) return
  const others = readPendingGrowth(system).filter(note => note.id !== id)
  if (others.length === 0) system.files.remove(notePath)
  else keepNotes(system, others)
}

function keepNotes({files}: System, notes: readonly PendingGrowth[]): void {
  files.write(notePath, JSON.stringify(notes), {mode: 0o600})
}

function isNote(note: Partial<PendingGrowth> | null): note is PendingGrowth {
  const {id, extents, physicalVolumes} = note ?? {}
  const isWhole =
    Number.isSafeInteger(extents) && typeof physicalVolumes === 'object' && physicalVolumes !== null
  return isWhole && typeof id === 'string'
}
