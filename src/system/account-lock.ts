// The lock that shadow-utils takes before it edits an account file: FILE.lock beside it, a second name of a file with
// the owner's number in it (lib/commonio.c). Others look at a lock of fcntl(2) on /etc/.pwd.lock (lckpwdf(3)), which
// Node cannot take; a guest that has them has chpasswd, and then we edit nothing ourselves.

import {lstatSync} from 'node:fs'
import {readStartTime, readUptimeMs} from './clock.ts'
import {attempt, codeOf} from './errors.ts'
import {type Files, openFiles, unlinkEntry} from './files.ts'
import {linked, readText, writeOwn} from './lock.ts'
import {lookAt} from './status.ts'

/** The files that useradd locks, in its order. */
const lockedFiles = ['passwd', 'group', 'gshadow', 'subuid', 'subgid', 'shadow'].map(name => `/etc/${name}`)

/**
 * Takes away the locks that a killed tool has left. After a power cut their owner's number is soon somebody else's, and
 * the tools then take them for held: they wait 15 s and give up, at this boot and at each one after it.
 */
export function removeStaleLocks(files: Files): void {
  for (const path of lockedFiles) {
    const lock = `${files.locateEntry(path)}.lock`
    if (lookAt(lstatSync, lock)?.isFile() && isStale(lock))
      attempt(`remove ${path}.lock`, () => unlinkEntry(lock))
  }
}

/** Takes the lock of an account file and gives the function that releases it; undefined while another has it. */
export function takeAccountLock(files: Files, path: string): (() => void) | undefined {
  const lock = `${files.locate(path)}.lock`
  const own = `${files.locate(path)}.${process.pid}`
  return attempt(`lock ${path}`, () => {
    writeOwn(own, `${process.pid}\0`, 0o600)
    try {
      if (!linked(own, lock) && !(isStale(lock) && replaced(own, lock))) return undefined
      return () => attempt(`remove ${path}.lock`, () => unlinkEntry(lock))
    } finally {
      unlinkEntry(own)
    }
  })
}

function replaced(own: string, lock: string): boolean {
  unlinkEntry(lock)
  return linked(own, lock)
}

/** Its owner is gone, if only its number is somebody else's by now. Whatever has no number in it is somebody's all the same. */
function isStale(lock: string): boolean {
  try {
    const pid = Number.parseInt(readText(lock) ?? '', 10)
    if (!(pid > 0)) return false
    process.kill(pid, 0)
    return !canHaveMade(lock, pid)
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

const machine = openFiles('/')
const msPerTick = 10
/** The clocks of files, of processes and of the day tick differently. */
const slackMs = 250

/** Whether a process can have made a lock: it was there at the time, which is not still to come. */
function canHaveMade(lock: string, pid: number): boolean {
  const ticks = Number(readStartTime(machine, pid))
  const uptimeMs = readUptimeMs(machine)
  const madeMs = lookAt(lstatSync, lock)?.mtimeMs
  if (Number.isNaN(ticks) || uptimeMs === undefined || madeMs === undefined) return true
  const startMs = Date.now() - uptimeMs + ticks * msPerTick
  return startMs - slackMs <= madeMs && madeMs <= Date.now() + slackMs
}
