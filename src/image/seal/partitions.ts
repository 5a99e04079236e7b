// The file systems that an image consists of, so far as they are mounted.

import {findMount, type MountFact} from '../../facts/storage/mounts.ts'
import {meetMount} from './foreign-mounts.ts'

/**
 * Gives the mount points, on this machine, of the file systems of a tree, each once. None if the tree is a directory of
 * a file system that others use as well.
 */
export function listPartitions(
  mounts: readonly MountFact[],
  root: string,
  foreign: readonly string[],
): string[] {
  const own = findMount(mounts, root)
  if (own === undefined || isShared(own, mounts)) return []
  const prefix = root === '/' ? '/' : `${root}/`
  const below = mounts.filter(({point}) => point.startsWith(prefix) && point !== root)
  const parts = below.filter(({point}) => {
    return meetMount(foreign, root === '/' ? point : point.slice(root.length)) === undefined
  })
  const writable = [own, ...parts].filter(({isReadOnly, point}) => !isReadOnly && findMount(mounts, point))
  const byDevice = Map.groupBy(writable, ({number, source}) => `${number} ${source}`)
  return [...byDevice.values()].map(mounts => mounts[0]!.point)
}

/** A directory of a file system, mounted in a second place. A subvolume is one unless others of its disk are mounted. */
function isShared(
  {point, type, number, source, directory}: MountFact,
  mounts: readonly MountFact[],
): boolean {
  if (point === '/' || directory === '/') return false
  if (type !== 'btrfs') return true
  const isBelow = (other: MountFact) => other.point === point || other.point.startsWith(`${point}/`)
  return mounts.some(other => !isBelow(other) && other.number === number && other.source === source)
}
