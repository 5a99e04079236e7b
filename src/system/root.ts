// Where a path of the guest lies on this machine. Under `--root DIR` every symbolic link is resolved as the guest
// itself would: an absolute target starts again at DIR, and `..` never climbs above it.

import {lstatSync, readlinkSync} from 'node:fs'
import {join, posix} from 'node:path'
import {lookAt} from './status.ts'

/** The kernel's own limit for links in one path (path_resolution(7)). */
const linkLimit = 40

/**
 * Resolves an absolute path of the guest to a path of this machine, following every symbolic link on the way, the
 * last one too. Parts that do not exist are taken as they stand, so the result may be a path to be created.
 *
 * @throws Error with code ELOOP when links lead in a circle.
 */
export function resolveInRoot(root: string, path: string): string {
  if (root === '/') return path
  return join(root, resolveGuestPath(root, path))
}

/** Resolves the links of a guest path and gives the guest path they lead to. */
export function resolveGuestPath(root: string, path: string): string {
  return followLinks(path, each => readLink(join(root, each)))
}

/** The same where `linkOf` tells of a path without links in it where it leads, if it is one. */
export function followLinks(path: string, linkOf: (path: string) => string | undefined): string {
  const pending = path.split('/').reverse()
  const resolved: string[] = []
  let links = 0
  while (pending.length > 0) {
    const part = pending.pop()!
    if (part === '' || part === '.') continue
    if (part === '..') {
      resolved.pop()
      continue
    }
    const target = linkOf(`/${[...resolved, part].join('/')}`)
    if (target === undefined) {
      resolved.push(part)
      continue
    }
    links += 1
    if (links > linkLimit) throw Object.assign(new Error(`too many links in ${path}`), {code: 'ELOOP'})
    if (posix.isAbsolute(target)) resolved.length = 0
    pending.push(...target.split('/').reverse())
  }
  return `/${resolved.join('/')}`
}

function readLink(path: string): string | undefined {
  return lookAt(lstatSync, path)?.isSymbolicLink() ? readlinkSync(path) : undefined
}
