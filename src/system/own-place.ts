// Directories in which the agent keeps what it relies upon. Whoever else could write there, or lead the path elsewhere,
// would tell it what is ours, and where to write: such a directory is not used.

import type {Stats} from 'node:fs'
import {dirname} from 'node:path'
import {SystemError} from './errors.ts'
import type {Files} from './files.ts'

/** A directory that others could have put something in, or something else in the place of. */
export class ForeignPlaceError extends SystemError {
  readonly path: string
  /** Completes "as": "it belongs to the user 12345, so what is in it may be a trap". */
  readonly why: string
  readonly cure: string

  constructor(path: string, why: string, cure: string) {
    super(`use ${path}`, new Error(`${why}; ${cure}`))
    this.path = path
    this.why = why
    this.cure = cure
  }
}

/**
 * Sees that a directory is root's, or of whoever runs this, and that nobody else may write it or move it away. One that is
 * not there yet must not be one that somebody else can make.
 *
 * @throws ForeignPlaceError with what is to be done about it.
 */
export function requireOwnDirectory(files: Files, path: string): void {
  const parent = dirname(path)
  const [above, entry] = [files.status(parent), files.linkStatus(path)]
  // In a sticky directory what is there is moved by its owner alone (unlink(2)).
  const isFixed = entry !== undefined && ((above?.mode ?? 0) & 0o1000) !== 0
  const loose = above && !isFixed ? findFault(files, above) : undefined
  if (loose !== undefined) {
    const cure = `chown root ${parent}; chmod go-w ${parent}`
    throw new ForeignPlaceError(path, `${parent} ${loose}, who could put anything there`, cure)
  }
  if (entry === undefined) return
  // Through a file nothing is reached.
  if (entry.isFile()) return
  if (entry.isSymbolicLink() && !isFixed) {
    requireOwnDirectory(files, files.followLinks(path))
    return
  }
  const fault = entry.isDirectory() ? findFault(files, entry) : 'is no directory'
  if (fault === undefined) return
  const trust = entry.isDirectory() ? `, or trust what is in it: chown root ${path}; chmod go-w ${path}` : ''
  throw new ForeignPlaceError(path, `it ${fault}, so what is in it may be a trap`, `move it away${trust}`)
}

/** What follows "it": others than its maker could have written something. Undefined if nobody could. */
export function findFault(files: Files, {uid, gid, mode}: Stats): string | undefined {
  if (!listOwners(files).includes(uid)) return `belongs to the user ${uid}`
  const isOpen = (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0)
  return isOpen ? 'can be written by others than root' : undefined
}

/** Tells whether nobody else could put another directory in the place of one on the way to a path. */
export function isWayOurs(files: Files, path: string): boolean {
  const place = dirname(path)
  const status = files.status(place)
  const isSafe =
    status === undefined || (status.mode & 0o1000) !== 0 || findFault(files, status) === undefined
  return isSafe && (place === path || isWayOurs(files, place))
}

/** A root in a directory may have been unpacked by somebody, or be of a container whose root has another number. */
function listOwners(files: Files): (number | undefined)[] {
  return [0, process.geteuid?.(), ...(files.root === '/' ? [] : [files.status('/')?.uid])]
}
