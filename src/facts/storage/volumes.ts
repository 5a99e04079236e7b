// The file systems that are to fill their disks: how large each is, and what lies below it.

import type {GrowRequest} from '../../context/storage/disks.ts'
import {type SystemError, unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import type {OrElse} from '../facts.ts'
import {type BlockDevice, readBlockDevice} from './block-devices.ts'
import {type FileSystemSize, measuredLength, measureFileSystem} from './file-system-size.ts'
import {findMount, type MountFact} from './mounts.ts'

/** A mounted file system. */
export type Volume = {
  point: string
  /** As the kernel names it: `ext4`, `overlay`. */
  type: string
  isReadOnly: boolean
  /** Undefined where there is no device that is this guest's, as below an overlay or in a container. */
  device?: BlockDevice | undefined
  /** Undefined if it is of no kind that grows while it is mounted. */
  size?: FileSystemSize | undefined
}

/** Reads what is asked for, by the path it was asked for under; what is not mounted is absent. */
export function readVolumes(
  system: System,
  requests: readonly GrowRequest[],
  mounts: readonly MountFact[],
  orElse: OrElse,
): ReadonlyMap<string, Volume> {
  const volumes = new Map<string, Volume>()
  for (const {path} of requests) {
    const mount = findMount(mounts, path) ?? findDevice(system, path, mounts)
    if (mount === undefined) continue
    const {point, type, isReadOnly} = mount
    volumes.set(
      path,
      orElse(() => readVolume(system, mount), {point, type, isReadOnly}),
    )
  }
  return volumes
}

/** How many bytes a file system has by now; undefined if it cannot be told. */
export function readFileSystemBytes(system: System, device: string, point: string): number | undefined {
  const bytes = readStart(system, device)
  const size = bytes && measureFileSystem(bytes)
  if (size?.kind !== 'xfs') return size?.bytes
  const space = system.files.space(point)
  return space && space + (size.logBytes ?? 0)
}

function readVolume(system: System, mount: MountFact): Volume {
  const {point, type, isReadOnly} = mount
  const about = {point, type, isReadOnly}
  if (!/^(ext[234]|xfs|btrfs)$/.test(type)) return about
  const number = deviceNumber(system, mount)
  const device = number === undefined ? undefined : readBlockDevice(system, number)
  const bytes = device && unlessRefused(() => readStart(system, device.path), notAllowed)
  // Without its node, or if not even root may open that, the device is not this guest's to change: a container sees
  // the disks of its host in /sys.
  if (device === undefined || bytes === undefined) return about
  const size = measureFileSystem(bytes)
  return {...about, device, size: size && {...size, bytes: readFileSystemBytes(system, device.path, point)}}
}

function readStart({files}: System, device: string): Buffer | undefined {
  return files.readAt(device, 0, measuredLength)
}

/** What the kernel says where cgroups forbid a device; an ordinary user is told otherwise. */
function notAllowed(refusal: SystemError): undefined {
  if (refusal.code !== 'EPERM') throw refusal
}

/** What is mounted from a device that was named instead of a directory. */
function findDevice(system: System, path: string, mounts: readonly MountFact[]): MountFact | undefined {
  const number = numberOf(system, path)
  return number === undefined ? undefined : mounts.find(mount => deviceNumber(system, mount) === number)
}

function deviceNumber(system: System, {type, source, number, directory}: MountFact): string | undefined {
  // btrfs has a number of its own, and its mounts are subvolumes; of others a part of one is a container's root.
  if (type !== 'btrfs') return directory === '/' ? number : undefined
  return numberOf(system, source) ?? onlyBtrfs(system)
}

/** The number of a device by its path, as /sys spells it; undefined if it is no block device. */
function numberOf({files}: System, path: string): string | undefined {
  const status = path.startsWith('/dev/') ? files.status(path) : undefined
  if (!status?.isBlockDevice()) return undefined
  // makedev(3), as glibc packs it.
  const major = Math.floor(status.rdev / 256) & 0xfff
  const minor = (status.rdev & 0xff) + Math.floor(status.rdev / 2 ** 20) * 256
  return `${major}:${minor}`
}

/** A root that the kernel mounted by itself comes from /dev/root, which is not there: the only btrfs is meant. */
function onlyBtrfs({files}: System): string | undefined {
  const devices = files
    .list('/sys/fs/btrfs')
    .flatMap(id => files.list(`/sys/fs/btrfs/${id}/devices`).map(name => `/sys/class/block/${name}/dev`))
  return devices.length === 1 ? files.readText(devices[0]!)?.trim() : undefined
}
