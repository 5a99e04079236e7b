// One agent at a time. The lock names its owner so exactly (process, its start time, boot) that a dead owner's lock
// is told from a living one's at once, even where process numbers have come round.

import {closeSync, constants, linkSync, lstatSync, openSync, renameSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {readOpened} from './bounded.ts'
import {readBootId, readStartTime} from './clock.ts'
import {attempt, codeOf, SystemError} from './errors.ts'
import {type Files, openFiles, unlinkEntry} from './files.ts'
import {requireOwnDirectory} from './own-place.ts'
import {lookAt} from './status.ts'

type Owner = {pid: number; startTime: string | undefined; bootId: string | undefined}

/** Held by another living agent. */
export class LockedError extends Error {
  readonly pid: number

  constructor(pid: number) {
    super(`another vmcontext is at work on this guest (process ${pid})`)
    this.name = 'LockedError'
    this.pid = pid
  }
}

/**
 * Takes the lock at a guest path and gives the function that releases it.
 *
 * @throws LockedError if a living agent holds it; SystemError if others could write where it lies.
 */
export function takeLock(files: Files, path: string): () => void {
  files.makeDirectory(dirname(path))
  requireOwnDirectory(files, dirname(path))
  const lock = files.locateEntry(path)
  const own = `${lock}.${process.pid}`
  const me = JSON.stringify(describeOwner(process.pid))
  // Whoever asks may know that somebody is at work.
  attempt(`write ${path}`, () => writeOwn(own, me, 0o644))
  try {
    for (let tries = 0; !takeName(own, lock); tries += 1) {
      if (tries > triesLimit) throw new SystemError(`take the lock ${path}`, 'it changes hands all the time')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  } finally {
    leave(own)
  }
  return () => {
    if (readText(lock) === me) leave(lock)
  }
}

/** Who holds the lock at a guest path, and whether that process is there; undefined if nobody does, or it is not told. */
export function readLockOwner(files: Files, path: string): {pid: number; isAlive: boolean} | undefined {
  const owner = parseOwner(readText(files.locateEntry(path)))
  return owner && {pid: owner.pid, isAlive: isAlive(owner)}
}

/** Takes a name away. One that stays does no harm: its owner is dead a moment later, and nobody waits for the dead. */
function leave(name: string): void {
  try {
    unlinkEntry(name)
  } catch {
    // A disk that refuses this has refused more important things, which are told.
  }
}

/** So many milliseconds, about, several agents may take to agree on who takes a dead owner's lock over. */
const triesLimit = 2000

/** Tries once to make `own` the lock. */
function takeName(own: string, lock: string): boolean {
  if (linked(own, lock)) return true
  const text = readText(lock)
  // Released at this moment: whoever is quicker has it, and nobody's lock is taken over.
  if (text === undefined) return refuseOther(lock)
  refuseLiving(text)
  // Several may meet a dead owner's lock at once: the one that gets this second name takes it over.
  const takeover = `${lock}.takeover`
  if (!linked(own, takeover)) {
    if (!isAlive(parseOwner(readText(takeover)))) unlinkEntry(takeover)
    return false
  }
  try {
    if (readText(lock) !== text) return false
    attempt(`take the lock ${lock}`, () => {
      writeOwn(`${own}.new`, readText(own) ?? '', 0o644)
      renameSync(`${own}.new`, lock)
    })
    return true
  } finally {
    leave(takeover)
  }
}

function refuseLiving(text: string): void {
  const owner = parseOwner(text)
  if (owner !== undefined && isAlive(owner)) throw new LockedError(owner.pid)
}

/**
 * Gives a file a second name; false if that is taken. link(2) either takes a name or fails: there is no moment at which
 * two can have it.
 */
export function linked(own: string, name: string): boolean {
  try {
    linkSync(own, name)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw new SystemError(`take the lock ${name}`, error)
  }
}

/** Makes a file by a name of this process; what a killed one of the same number has left goes, and a link with it. */
export function writeOwn(path: string, text: string, mode: number): void {
  unlinkEntry(path)
  writeFileSync(path, text, {mode, flag: 'wx'})
}

/** The text of a regular file; a link is not followed, and no pipe waited for. */
export function readText(path: string): string | undefined {
  const {O_RDONLY, O_NOFOLLOW, O_NONBLOCK} = constants
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    return readOpened(descriptor, lengthLimit)?.bytes.toString('utf8')
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) leaveOpened(descriptor)
  }
}

/** What was read is read, whatever the disk says when it is closed. */
function leaveOpened(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {
    // It is closed all the same (close(2)).
  }
}

/** No lock has more in it. */
const lengthLimit = 4096

/** False where the lock has gone. @throws SystemError if something stands there that is no lock, and never goes. */
function refuseOther(lock: string): boolean {
  const status = lookAt(lstatSync, lock)
  if (status === undefined || (status.isFile() && status.size <= lengthLimit)) return false
  throw new SystemError(`take the lock ${lock}`, 'something else is in its place; remove it')
}

// Processes live on this machine whatever `--root` says.
const machine = openFiles('/')

function describeOwner(pid: number): Owner {
  return {pid, startTime: readStartTime(machine, pid), bootId: readBootId(machine)}
}

function isAlive(owner: Owner | undefined): boolean {
  if (owner === undefined) return false
  const now = describeOwner(owner.pid)
  return now.startTime !== undefined && now.startTime === owner.startTime && now.bootId === owner.bootId
}

function parseOwner(text: string | undefined): Owner | undefined {
  try {
    const owner = JSON.parse(text ?? '') as Owner | null
    return Number.isInteger(owner?.pid) ? owner! : undefined
  } catch {
    return undefined
  }
}
