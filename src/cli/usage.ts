// What a command can say of its arguments only by looking at the machine.

import {resolve} from 'node:path'
import {findForeignPlaces} from '../report/own-places.ts'
import {openSystem, type System} from '../system/system.ts'

/** Something about the command line is wrong: exit code 2. */
export class UsageError extends Error {}

/**
 * Opens the guest whose root directory an option names.
 *
 * @throws UsageError if it cannot be one; SystemError if others could have made or changed its records.
 */
export function openGuest(path: string): System {
  const system = openSystem(openRoot(path))
  const [foreign] = findForeignPlaces(system)
  if (foreign !== undefined) throw foreign
  return system
}

/** Gives the path of the root directory that an option names. @throws UsageError if it cannot be one. */
export function openRoot(path: string): string {
  const {files} = openSystem('/')
  const root = resolve(refuseEmpty('--root', path))
  const [status, running] = [files.status(root), files.status('/')]
  if (!status?.isDirectory()) {
    const cure = status === undefined ? '' : '; an image has to be mounted first'
    throw new UsageError(`--root: ${path} is no directory${cure}`)
  }
  const isRunning = status.dev === running?.dev && status.ino === running.ino
  if (isRunning && root !== '/') throw new UsageError(`--root: ${path} is the running system; leave it out`)
  return root
}

/** A variable of a script that was not set must not mean the directory that happens to be the current one. */
export function refuseEmpty(option: string, path: string): string {
  if (path === '') throw new UsageError(`${option}: the path is empty`)
  return path
}
