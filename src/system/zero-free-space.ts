// Filling what a file system has free with zeros, so that its image can be packed or made sparse. The file has no name
// from the moment it is made: whatever ends this program, the kernel gives its space back.

import {constants, statfsSync} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import {join} from 'node:path'
import {attempt, codeOf, SystemError} from './errors.ts'
import {unlinkEntry} from './files.ts'

export type ZeroOptions = {
  /** Told after each piece, of bytes done and to be done. */
  onProgress: (done: number, total: number) => void
  /** Ends it early: what is written by then is given back. */
  signal: AbortSignal
  /** Left as it is, so that what runs there meanwhile does not meet a full disk. */
  marginBytes: number
}

const pieceBytes = 4 * 1024 * 1024

/**
 * Writes zeros over the free space of a file system, all but the margin. `directory` is a path on this machine.
 *
 * Nobody may write what a file system keeps for itself: ext4 two in a hundred blocks. A trim reaches those as well.
 *
 * @returns how many bytes.
 * @throws SystemError if nothing can be written there.
 */
export async function zeroFreeSpace(
  directory: string,
  {onProgress, signal, marginBytes}: ZeroOptions,
): Promise<number> {
  const name = join(directory, '.vmcontext-zero')
  // One of a run that was killed between making it and taking its name away.
  attempt(`remove ${name}`, () => unlinkEntry(name))
  const total = attempt(`look at ${directory}`, () => Math.max(0, readFree(directory) - marginBytes))
  const files: FileHandle[] = []
  let done = 0
  try {
    while (done < total && !signal.aborted) {
      files.push(await openNameless(name))
      const before = done
      const tell = (bytes: number) => onProgress(before + bytes, total)
      const {written, isFull} = await fill(files.at(-1)!, total - done, {signal, onProgress: tell})
      done += written
      if (isFull || written === 0) break
    }
  } finally {
    for (const file of files) await file.close()
    await commit(directory)
  }
  return done
}

function readFree(directory: string): number {
  // With what is reserved for root, who we are.
  const {bfree, bsize} = statfsSync(directory)
  return bfree * bsize
}

/** Until the file system has written it down, the blocks count as taken: a trim would pass them over. */
async function commit(directory: string): Promise<void> {
  const handle = await open(directory)
  // Some file systems know no fsync for a directory.
  await handle.sync().catch(() => undefined)
  await handle.close()
}

async function openNameless(name: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  try {
    const file = await open(name, flags, 0o600)
    unlinkEntry(name)
    return file
  } catch (error) {
    throw new SystemError(`write ${name}`, error)
  }
}

type FillOptions = {signal: AbortSignal; onProgress: (bytes: number) => void}

/** Fills one file, until there is enough or the file system takes no more: the disk is full, or the file (FAT: 4 GiB). */
async function fill(file: FileHandle, limit: number, {signal, onProgress}: FillOptions) {
  const zeros = Buffer.alloc(Math.min(pieceBytes, limit))
  let written = 0
  let isFull = false
  try {
    while (written < limit && !signal.aborted) {
      const {bytesWritten} = await file.write(zeros, 0, Math.min(zeros.length, limit - written))
      written += bytesWritten
      onProgress(written)
    }
  } catch (error) {
    isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(error))
    if (!isFull && codeOf(error) !== 'EFBIG') throw new SystemError('write zeros', error)
  }
  // Until they are on the disk they are nowhere.
  if (!signal.aborted) await file.sync()
  return {written, isFull}
}
