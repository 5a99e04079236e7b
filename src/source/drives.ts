// The block devices of the guest and what each of them answers, without mounting anything.

import {isInContainer} from '../facts/screen.ts'
import {naturally} from '../natural-order.ts'
import {codeOf, describeCause} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {identifyVolume, superblockLength, type Volume} from './superblock.ts'

export type Drive = {
  /** The kernel's name: `sr0`, `vdb`, `sda1`. */
  name: string
  path: string
} & (
  | {state: 'volume'; volume: Volume}
  /** It answers, but what is on it is no file system that a context comes on. */
  | {state: 'other'}
  | {state: 'no medium'}
  /** It exists and does not answer yet: its driver or its device node is still to come. */
  | {state: 'not ready'}
  | {state: 'unreadable'; cause: string}
)

/** Devices that never carry a context and are many on some machines. */
const neverADisc = /^(ram|zram|nbd|md|fd)\d/

/** Looks at every block device: CD drives first, then in natural order (contract §1). */
export function readDrives(system: System): Drive[] {
  const names = system.files.list('/sys/class/block').filter(name => !neverADisc.test(name))
  const drives = names.toSorted(inOrderOfSearch).map(name => readDrive(system, name))
  return drives.filter(drive => drive !== undefined)
}

/** Looks at one device by its kernel name. Undefined if it is no drive that a disc could be in. */
export function readDrive(system: System, name: string): Drive | undefined {
  const path = `/dev/${name.replaceAll('!', '/')}`
  const isCdDrive = name.startsWith('sr')
  if (!isCdDrive && readSize(system, name) === 0) return undefined
  if (system.files.status(path) === undefined) {
    // A container sees its host's drives in /sys and has no device nodes for them: nothing to wait for.
    return isCdDrive && !isInContainer(system) ? {name, path, state: 'not ready'} : undefined
  }
  return {name, path, ...readState(system, path)}
}

function inOrderOfSearch(one: string, other: string): number {
  const rank = (name: string) => (name.startsWith('sr') ? 0 : 1)
  return rank(one) - rank(other) || naturally(one, other)
}

function readSize(system: System, name: string): number {
  return Number(system.files.readText(`/sys/class/block/${name}/size`) ?? 0)
}

function readState(system: System, path: string) {
  try {
    const volume = identifyVolume(system.files.readAt(path, 0, superblockLength) ?? Buffer.alloc(0))
    return volume === undefined ? ({state: 'other'} as const) : ({state: 'volume', volume} as const)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOMEDIUM') return {state: 'no medium'} as const
    if (['ENXIO', 'ENODEV', 'EAGAIN', 'EBUSY'].includes(code)) return {state: 'not ready'} as const
    return {state: 'unreadable', cause: describeCause((error as Error).cause)} as const
  }
}
