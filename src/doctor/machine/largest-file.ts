// What fills a disk mostly lies in one of a few places; they are looked into, and nothing else is searched for it.

import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'

export type LargeFile = {path: string; bytes: number}

const usualPlaces = [
  '/var/log',
  '/var/log/vmcontext',
  '/var/cache/apt/archives',
  '/var/cache/dnf',
  '/var/spool',
  '/var/crash',
  '/var/tmp',
  '/tmp',
  '/root',
  '/',
]
/** A smaller one is not worth naming. */
const leastBytes = 256 * 1024

/** The largest file in the usual places of a file system, links not followed; undefined if none is large. */
export function findLargestFile({files}: System, device: number): LargeFile | undefined {
  const paths = usualPlaces.flatMap(directory =>
    quietly(() => files.list(directory), []).map(name => `${directory === '/' ? '' : directory}/${name}`),
  )
  const found = paths.flatMap(path => {
    const status = quietly(() => files.linkStatus(path), undefined)
    // What it takes on the disk: a file of holes is larger than that.
    return status?.isFile() && status.dev === device ? [{path, bytes: status.blocks * 512}] : []
  })
  const largest = found.sort((one, other) => other.bytes - one.bytes)[0]
  return largest !== undefined && largest.bytes >= leastBytes ? largest : undefined
}

function quietly<T>(read: () => T, otherwise: T): T {
  return unlessRefused(read, () => otherwise)
}
