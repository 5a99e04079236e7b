// A log that may be larger than memory, grows while it is read, and may be put aside for another one under its name.

import {closeSync, constants, fstatSync, openSync, readSync, type Stats} from 'node:fs'
import {attempt, codeOf} from './errors.ts'
import type {System} from './system.ts'

export type LogFile = {
  /** Bytes in it now. */
  size(): number
  /** At most so many bytes from an offset; fewer at its end. */
  read(offset: number, length: number): Buffer
  /** Another file has its name now, or none has. */
  isReplaced(): boolean
  close(): void
}

/**
 * Opens a regular file for reading; undefined if there is none.
 *
 * @throws SystemError if it may not be read, or is a symbolic link or a pipe: the agent writes neither.
 */
export function openLogFile({files}: System, path: string): LogFile | undefined {
  const {O_RDONLY, O_NOFOLLOW, O_NONBLOCK} = constants
  const entry = attempt(`read ${path}`, () => files.locateEntry(path))
  const descriptor = attempt(`read ${path}`, () => {
    try {
      return openSync(entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  })
  if (descriptor === undefined) return undefined
  const opened = fstatSync(descriptor)
  if (!opened.isFile()) {
    closeSync(descriptor)
    return attempt(`read ${path}`, () => {
      throw new Error('it is no regular file')
    })
  }
  return {
    size: () => fstatSync(descriptor).size,
    read: (offset, length) => attempt(`read ${path}`, () => readSlice(descriptor, offset, length)),
    isReplaced: () =>
      !isSame(
        opened,
        attempt(`look at ${path}`, () => files.linkStatus(path)),
      ),
    close: () => closeSync(descriptor),
  }
}

function readSlice(descriptor: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset))
}

function isSame(one: Stats, other: Stats | undefined): boolean {
  return other !== undefined && one.dev === other.dev && one.ino === other.ino
}
