// The file systems that the agent writes to, and what is left of them.

import {dirname} from 'node:path'
import {findMount, type MountFact, readMounts} from '../../facts/storage/mounts.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {Capacity} from '../../system/files.ts'
import type {System} from '../../system/system.ts'

/** A file system that the agent writes to. */
export type Volume = Capacity & {
  /** Where it is mounted; of a tree the first of the paths. */
  point: string
  /** What of ours lies on it. */
  paths: readonly string[]
  isReadOnly: boolean
  device: number
}

/** Lists the file systems that paths lie on. What may not be looked at is left out. */
export function listVolumes(system: System, paths: readonly string[]): Volume[] {
  const mounts = system.live ? readMounts(system) : []
  const found = [...new Set(paths)].flatMap(path => readVolume(system, mounts, path) ?? [])
  const groups = Map.groupBy(found, ({point, device}) => (system.live ? point : device))
  return [...groups.values()].map(group => ({...group[0]!, paths: group.flatMap(({paths}) => paths)}))
}

function readVolume(system: System, mounts: readonly MountFact[], path: string): Volume | undefined {
  const {files} = system
  return unlessRefused(
    () => {
      const place = files.followLinks(path)
      const [status, capacity] = [files.status(place), files.capacity(place)]
      if (status === undefined || capacity === undefined) return undefined
      const mount = findMountAbove(mounts, place)
      // What is mounted in a tree is not of the guest.
      const point = mount?.point ?? (system.live ? '/' : path)
      return {...capacity, point, paths: [path], isReadOnly: mount?.isReadOnly ?? false, device: status.dev}
    },
    () => undefined,
  )
}

function findMountAbove(mounts: readonly MountFact[], path: string): MountFact | undefined {
  return findMount(mounts, path) ?? (path === '/' ? undefined : findMountAbove(mounts, dirname(path)))
}
