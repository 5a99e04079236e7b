// Files of this machine that are too large to hold in memory.

import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {attempt, SystemError} from './errors.ts'

const pieceSize = 1024 * 1024

/**
 * Calls back with a regular file, piece by piece. Each piece is overwritten by the next.
 *
 * @param size how many bytes are wanted; without it, all there are.
 * @throws SystemError if it cannot be read, or has fewer.
 */
export function readPieces(path: string, take: (piece: Uint8Array) => void, size?: number): void {
  // A pipe would be waited for.
  const descriptor = attempt(`read ${path}`, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
  try {
    attempt(`read ${path}`, () => {
      if (!fstatSync(descriptor).isFile()) throw new Error('it is no regular file')
    })
    const buffer = Buffer.alloc(pieceSize)
    let left = size ?? Number.POSITIVE_INFINITY
    while (left > 0) {
      const read = () => readSync(descriptor, buffer, 0, Math.min(left, pieceSize), null)
      const count = attempt(`read ${path}`, read)
      if (count === 0) break
      take(buffer.subarray(0, count))
      left -= count
    }
    if (size !== undefined && left > 0)
      throw new SystemError(`read ${path}`, new Error('it has become shorter meanwhile'))
  } finally {
    closeSync(descriptor)
  }
}
