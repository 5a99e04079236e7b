// One agent at a time. The lock names its owner so exactly (process, its start time, boot) that a dead owner's lock
// is told from a living one's at once, even where process numbers have come round.

import {linkSync, rmSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {readBootId, readStartTime} from './clock.ts'
import {attempt, codeOf} from './errors.ts'
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
  attempt(`write ${path}`, () => writeFileSync(own, me, {mode: 0o600}))
  try {
    for (let tries = 0; !linked(own, lock, path); tries += 1) {
      const owner = readOwner(files, path)
      if (owner !== undefined && (isAlive(owner) || tries > 2)) throw new LockedError(owner.pid)
      rmSync(lock, {force: true})
    }
  } finally {
    rmSync(own, {force: true})
  }
  return () => {
    if (files.readText(path) === me) files.remove(path)
  }
}

// link(2) either takes the name or fails: there is no moment at which two can have it.
function linked(own: string, lock: string, path: string): boolean {
  try {
    linkSync(own, lock)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    return attempt(`take the lock ${path}`, () => {
      throw error
    })
  }
}

// Processes live on this machine whatever `--root` says.
const machine = openFiles('/')

function describeOwner(pid: number): Owner {
  return {pid, startTime: readStartTime(machine, pid), bootId: readBootId(machine)}
}

function isAlive(owner: Owner): boolean {
  const now = describeOwner(owner.pid)
  return now.startTime !== undefined && now.startTime === owner.startTime && now.bootId === owner.bootId
}

function readOwner(files: Files, path: string): Owner | undefined {
  try {
    return JSON.parse(files.readText(path) ?? '') as Owner
  } catch {
    return undefined
  }
}
