// The account files are edited by one at a time. Another tool is waited for, not for ever: a boot goes on.

import {setTimeout as sleep} from 'node:timers/promises'
import {removeStaleLocks, takeAccountLock} from '../../system/account-lock.ts'
import type {CommandResult} from '../../system/commands.ts'
import {SystemError} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'

/** As long as shadow-utils waits for /etc/.pwd.lock (lckpwdf(3)). */
const lockWaitMs = 15_000
/** For what is not waited for: FILE.lock by shadow-utils, anything by busybox. */
const retryMs = 5000
const pollMs = 200

export const lockCure =
  'another tool holds /etc/.pwd.lock, /etc/passwd.lock or /etc/shadow.lock; once it is done, or its lock is removed, run vmcontext boot again'

/** What to do where a step needs an account that is not there. */
export function missingAccountCure(name: string): string {
  return `see why the step \`account\` did not make ${name}, and run vmcontext boot again`
}

/** Tells whether a tool gave up because another one is editing the account files. */
export function isLockedOut({output}: CommandResult): boolean {
  return /(cannot|unable to|can't|couldn't) lock|lock busy/i.test(output)
}

/**
 * Runs a tool, again while another one is editing the account files.
 *
 * @throws SystemError if nobody is, and no lock can be written: shadow-utils says the same of a read-only file system.
 */
export async function retryWhileLocked(
  {files}: System,
  run: () => Promise<CommandResult>,
): Promise<CommandResult> {
  removeStaleLocks(files)
  const deadline = performance.now() + retryMs
  for (;;) {
    const result = await run()
    if (!isLockedOut(result)) return result
    takeAccountLock(files, '/etc/passwd')?.()
    if (performance.now() >= deadline) return result
    await sleep(pollMs)
  }
}

/**
 * Edits account files, alone among those who keep to the lock of shadow-utils.
 *
 * @throws SystemError if another tool holds a lock for too long.
 */
export async function editLocked<T>(
  {files}: System,
  paths: readonly string[],
  edit: () => T,
  waitMs = lockWaitMs,
): Promise<T> {
  const deadline = performance.now() + waitMs
  const releases: (() => void)[] = []
  try {
    for (const path of paths) {
      let release = takeAccountLock(files, path)
      while (release === undefined) {
        if (performance.now() >= deadline) throw new SystemError(`edit ${path}`, 'another tool has locked it')
        await sleep(pollMs)
        release = takeAccountLock(files, path)
      }
      releases.push(release)
    }
    return edit()
  } finally {
    for (const release of releases.reverse()) release()
  }
}
