// Reading a file that somebody else may exchange, or let grow, meanwhile: never more than a limit, and what is said of
// it is of the file that was read.

import {fstatSync, readSync, type Stats} from 'node:fs'

/** The bytes of a file, and what stat(2) says of it. */
export type ReadFile = {bytes: Buffer; status: Stats}

/** No file that the agent has to do with is larger; a larger one would take the memory of a small guest. */
export const readLimit = 256 * 1024 * 1024

/**
 * Reads an open file to its end; undefined if it is no regular file.
 *
 * @throws Error if there is more than the limit.
 */
export function readOpened(descriptor: number, limit = readLimit): ReadFile | undefined {
  const status = fstatSync(descriptor)
  if (!status.isFile()) return undefined
  if (status.size > limit) throw tooLarge(limit)
  // Of /proc and /sys the size is not told.
  let buffer = Buffer.allocUnsafe(Math.min(limit, Math.max(status.size, leastLength)) + 1)
  let filled = 0
  for (;;) {
    const count = readSync(descriptor, buffer, filled, buffer.length - filled, null)
    if (count === 0) return {bytes: buffer.subarray(0, filled), status}
    filled += count
    if (filled > limit) throw tooLarge(limit)
    if (filled === buffer.length) buffer = Buffer.concat([buffer], Math.min(limit, 2 * buffer.length) + 1)
  }
}

const leastLength = 4096

function tooLarge(limit: number): Error {
  return new Error(`it is too large, of more than ${limit} bytes`)
}
