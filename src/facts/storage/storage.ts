// What the steps for disks have to know. On another root nothing is looked at: its disks are not this machine's.

import type {GrowRequest, Share} from '../../context/storage/disks.ts'
import {unlessRefused} from '../../system/errors.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'
import type {OrElse} from '../facts.ts'
import {isInContainer} from '../screen.ts'
import {type MountFact, readMounts} from './mounts.ts'
import {type PendingGrowth, readPendingGrowth} from './pending-growth.ts'
import {isLedAstray, type OwnShare, readOwnShares} from './shares.ts'
import {readSwapAreas, type SwapArea} from './swap.ts'
import {readVolumes, type Volume} from './volumes.ts'

/** What the context asks for decides what is looked at. */
export type StorageRequest = {
  growth: readonly GrowRequest[]
  usesSwap: boolean
  shares: readonly Share[]
}

export type Storage = {
  /** A container: its disks are its host's, and nothing is known of them. */
  isContained: boolean
  mounts: readonly MountFact[]
  /** By the path that was asked for. */
  volumes: ReadonlyMap<string, Volume>
  /** Logical volumes that a killed run left smaller than they were to be. */
  pendingGrowth: readonly PendingGrowth[]
  /** The programs that growing takes, of those that are there. */
  growTools: ReadonlySet<string>
  swapAreas: readonly SwapArea[]
  ownShares: readonly OwnShare[]
  /** By the path that was asked for the directory that it leads to. */
  sharePoints: ReadonlyMap<string, string>
  /** Those of them that a link leads to which others than root could have made. */
  plantedPoints: ReadonlySet<string>
}

export const growTools = [
  ...['growpart', 'sfdisk', 'partx', 'pvresize', 'lvextend', 'resize2fs', 'xfs_growfs', 'btrfs'],
] as const

export const nothingStored: Storage = {
  ...{
    isContained: false,
    mounts: [],
    volumes: new Map(),
    pendingGrowth: [],
    growTools: new Set(),
    swapAreas: [],
    ownShares: [],
    sharePoints: new Map(),
    plantedPoints: new Set(),
  },
}

/** Reads what is asked for. What cannot be read costs itself. */
export function readStorage(system: System, request: StorageRequest | undefined, orElse: OrElse): Storage {
  if (!system.live || request === undefined) return nothingStored
  const {files} = system
  const mounts = orElse(() => readMounts(system), [], ['disks', 'mounts'])
  // Its disks are its host's, whatever /sys shows. Nobody is told where even that cannot be seen: not much is lost.
  const isContained = unlessRefused(
    () => isInContainer(system),
    () => false,
  )
  const growth = isContained ? [] : request.growth
  const volumes = readVolumes(system, growth, mounts, orElse)
  const points = request.shares.map(({point}) => point)
  const hasDevice = [...volumes.values()].some(({device}) => device !== undefined)
  return {
    isContained,
    mounts,
    volumes,
    pendingGrowth: hasDevice ? readPendingGrowth(system) : [],
    growTools: new Set(
      hasDevice
        ? growTools.filter(tool => orElse(() => findProgram(system, tool), undefined) !== undefined)
        : [],
    ),
    swapAreas: request.usesSwap && !isContained ? orElse(() => readSwapAreas(system), []) : [],
    ownShares: readOwnShares(system),
    sharePoints: new Map(
      points.map(point => [point, orElse(() => files.followLinks(point), point, ['mounts'])]),
    ),
    plantedPoints: new Set(points.filter(point => orElse(() => isLedAstray(system, point), true))),
  }
}
