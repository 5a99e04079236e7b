// Which mounts in a tree are not part of the image: what a chroot borrows from the machine around it (/proc, a cache, its
// /tmp), what comes from a network, what lies in memory. They are never entered.

import type {MountFact} from '../../facts/storage/mounts.ts'

/** Gives the paths in the tree that something foreign is mounted on. `root` is a path of this machine, links resolved. */
export function listForeignMounts(mounts: readonly MountFact[], root: string): string[] {
  const prefix = root === '/' ? '/' : `${root}/`
  const isBelow = ({point}: MountFact) => point.startsWith(prefix) && point !== '/'
  const outside = mounts.filter(mount => !isBelow(mount) && mount.point !== root)
  const own = mounts.findLast(({point}) => point === root)
  return mounts
    .filter(isBelow)
    .filter(mount => !isPart(mount, own, outside))
    .map(({point}) => (root === '/' ? point : point.slice(root.length)))
}

/** A partition of its own is part of the image. A subvolume of the root's own btrfs is as well. */
function isPart(mount: MountFact, own: MountFact | undefined, outside: readonly MountFact[]): boolean {
  // The machine around the tree has it, too: it only borrows it to the tree.
  if (outside.some(({number, source}) => number === mount.number && source === mount.source)) return false
  if (!mount.source.startsWith('/dev/')) return false
  const isSubvolume = mount.type === 'btrfs' && mount.source === own?.source
  return mount.directory === '/' || isSubvolume
}

/** The mount that a path lies on, or that lies below it; undefined if none does. */
export function meetMount(foreign: readonly string[], path: string): string | undefined {
  return foreign.find(point => isWithin(path, point) || isWithin(point, path))
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}
