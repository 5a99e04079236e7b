// Errors of the machine in words. Typed so that callers can tell them from a defect of ours.

import {isRoot} from './privilege.ts'

/** What the kernel answered, in words that a person who is not a programmer understands. */
const words: Record<string, string> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'it would become larger than a file may be',
  EINVAL: 'the kernel does not accept that',
  EIO: 'input/output error, the disk may be damaged',
  EISDIR: 'it is a directory',
  ERR_FS_EISDIR: 'a directory is in its way',
  EMEDIUMTYPE: 'the disc in the drive is of a kind that it cannot read',
  ELOOP: 'it is a symbolic link, or links lead in a circle',
  EMFILE: 'too many open files',
  EMLINK: 'its directory takes no more entries',
  ENAMETOOLONG: 'its path is too long',
  ENFILE: 'too many open files on this machine',
  ENODEV: 'there is no such device',
  ENOENT: 'there is no such file',
  ENOMEDIUM: 'there is no disc in the drive',
  ENOMEM: 'there is not enough memory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a directory',
  ENXIO: 'there is no such device',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ESTALE: 'its file system has gone',
  ETXTBSY: 'it is being executed',
  EUCLEAN: 'the file system is damaged',
}

/** Something the machine refused. `deed` completes "could not": "write /etc/hosts". */
export class SystemError extends Error {
  readonly code: string
  /** What was not to be looked at, if that is what was refused for want of rights. */
  readonly unseen: string | undefined

  /** `isPrivileged`: whoever was refused may read every file. */
  constructor(deed: string, cause: unknown, isPrivileged = isRoot()) {
    super(`could not ${deed}: ${describeCause(cause)}`, {cause})
    this.name = 'SystemError'
    this.code = codeOf(cause)
    const isForbidden = this.code === 'EACCES' || this.code === 'EPERM'
    const path = isForbidden ? /^(?:read|list|look at|read the link) (\/.*)$/s.exec(deed)?.[1] : undefined
    // Nobody forbids root to look at a file: it is the disk or a server that refuses. In a container the kernel may.
    this.unseen = path !== undefined && isPrivileged && !/^\/(proc|sys|dev)\b/.test(path) ? undefined : path
  }
}

/** What libuv has no name for (uv-errno.h), by its number (asm-generic/errno.h). */
const unnamed: Readonly<Record<number, string>> = {
  '-116': 'ESTALE',
  '-117': 'EUCLEAN',
  '-122': 'EDQUOT',
  '-123': 'ENOMEDIUM',
  '-124': 'EMEDIUMTYPE',
}

/** The errno name of an error, '' if it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return ''
  return ('errno' in error && unnamed[error.errno as number]) || error.code
}

/** The cause of an error in words. */
export function describeCause(error: unknown): string {
  const code = codeOf(error)
  return words[code] ?? (error instanceof Error ? error.message : String(error))
}

/** Does something to the machine and names the deed if the machine refuses. */
export function attempt<T>(deed: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw error instanceof SystemError ? error : new SystemError(deed, error)
  }
}

/** Does something that the machine may refuse, and says what holds then. A defect of ours is no refusal. */
export function unlessRefused<T, U>(action: () => T, onRefusal: (refusal: SystemError) => U): T | U {
  try {
    return action()
  } catch (error) {
    if (error instanceof SystemError) return onRefusal(error)
    throw error
  }
}
