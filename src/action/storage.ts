// Deeds on disks, and on what is mounted.

import type {PendingGrowth} from '../facts/storage/pending-growth.ts'

export type StorageAction =
  | GrowPartitionAction
  | GrowLogicalVolumeAction
  | GrowFileSystemAction
  | SwapOnAction
  | MountSharedAction
  | UnmountSharedAction

/** Lets a partition have the free space directly behind it. */
export type GrowPartitionAction = {
  kind: 'grow-partition'
  disk: string
  number: number
  /** The kernel's name of it; undefined for an extended partition, which the kernel shows no size of. */
  name?: string | undefined
  gapBytes: number
  /** How large it is to be. */
  bytes: number
  /** The unit in which the table counts. */
  sectorBytes: number
  /** With what, the first that manages. */
  tools: readonly ('growpart' | 'sfdisk')[]
}

/** Lets a logical volume have what its physical volumes gain, and nothing else that its group has free. */
export type GrowLogicalVolumeAction = {
  kind: 'grow-logical-volume'
  /** As people know it: `GROUP/NAME`. */
  volume: string
  /** The kernel's name of it. */
  name: string
  /** The sizes from before anything grew. */
  before: PendingGrowth
}

/** Lets a mounted file system fill its device. */
export type GrowFileSystemAction = {
  kind: 'grow-file-system'
  fileSystem: 'ext' | 'xfs' | 'btrfs'
  /** As the kernel names it: `ext4`. */
  type: string
  point: string
  device: string
  /** The kernel's name of the device. */
  name: string
  /** The number that btrfs has for it. */
  deviceId?: number | undefined
  /** So long it is waited for; then it goes on by itself. */
  patienceMs: number
}

/** Lets the kernel use a device as swap. */
export type SwapOnAction = {kind: 'swap-on'; device: string}

/** Mounts a directory that the host shares under a tag (virtiofs); the mount point is made if it is missing. */
export type MountSharedAction = {kind: 'mount-shared'; tag: string; point: string}

/** Unmounts one that the agent mounted in this boot. */
export type UnmountSharedAction = {kind: 'unmount-shared'; tag: string; point: string}
