// The lock that shadow-utils takes before it edits an account file: FILE.lock beside it, a second name of a file with
// the owner's number in it (lib/commonio.c). Others look at a lock of fcntl(2) on /etc/.pwd.lock (lckpwdf(3)), which
// Node cannot take; a guest that has them has chpasswd, and then we edit nothing ourselves.

import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {attempt, codeOf} from './errors.ts'
import type {Files} from './files.ts'
import {linked} from './lock.ts'

/** Takes the lock of an account file and gives the function that releases it; undefined while another has it. */
export function takeAccountLock(files: Files, path: string): (() => void) | undefined {
  const lock = `${files.locate(path)}.lock`
  const own = `${files.locate(path)}.${process.pid}`
  return attempt(`lock ${path}`, () => {
    writeFileSync(own, `${process.pid}\0`, {mode: 0o600})
    try {
      if (!linked(own, lock) && !(isStale(lock) && replaced(own, lock))) return undefined
      return () => rmSync(lock, {force: true})
    } finally {
      rmSync(own, {force: true})
    }
  })
}

function replaced(own: string, lock: string): boolean {
  rmSync(lock, {force: true})
  return linked(own, lock)
}

/** Its owner is gone. Whatever has no number in it is somebody's all the same. */
function isStale(lock: string): boolean {
  try {
    const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10)
    if (!(pid > 0)) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}
