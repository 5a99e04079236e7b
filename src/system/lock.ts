// One agent at a time. The lock names its owner so exactly (process, its start time, boot) that a dead owner's lock
// is told from a living one's at once, even where process numbers have come round.

import {linkSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {readBootId, readStartTime} from './clock.ts'
import {attempt, codeOf, SystemError} from './errors.ts'
import {type Files, openFiles} from './files.ts'

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
 * @throws LockedError if a living agent holds it.
 */
export function takeLock(files: Files, path: string): () => void {
  files.makeDirectory(dirname(path))
  const lock = files.locate(path)
  const own = `${lock}.${process.pid}`
  const me = JSON.stringify(describeOwner(process.pid))
  // Whoever asks may know that somebody is at work.
  attempt(`write ${path}`, () => writeFileSync(own, me, {mode: 0o644}))
  try {
    for (let tries = 0; !takeName(own, lock); tries += 1) {
      if (tries > triesLimit) throw new SystemError(`take the lock ${path}`, 'it changes hands all the time')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  } finally {
    rmSync(own, {force: true})
  }
  return () => {
    if (readText(lock) === me) rmSync(lock, {force: true})
  }
}

/** Who holds the lock at a guest path, and whether that process is there; undefined if nobody does, or it is not told. */
export function readLockOwner(files: Files, path: string): {pid: number; isAlive: boolean} | undefined {
  const owner = parseOwner(readText(files.locate(path)))
  return owner && {pid: owner.pid, isAlive: isAlive(owner)}
}

/** So many milliseconds, about, several agents may take to agree on who takes a dead owner's lock over. */
const triesLimit = 2000

/** Tries once to make `own` the lock. */
function takeName(own: string, lock: string): boolean {
  if (linked(own, lock)) return true
  const text = readText(lock)
  // Released at this moment: whoever is quicker has it, and nobody's lock is taken over.
  if (text === undefined) return false
  refuseLiving(text)
  // Several may meet a dead owner's lock at once: the one that gets this second name takes it over.
  const takeover = `${lock}.takeover`
  if (!linked(own, takeover)) {
    if (!isAlive(parseOwner(readText(takeover)))) rmSync(takeover, {force: true})
    return false
  }
  try {
    if (readText(lock) !== text) return false
    attempt(`take the lock ${lock}`, () => {
      writeFileSync(`${own}.new`, readFileSync(own), {mode: 0o644})
      renameSync(`${own}.new`, lock)
    })
    return true
  } finally {
    rmSync(takeover, {force: true})
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

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
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
