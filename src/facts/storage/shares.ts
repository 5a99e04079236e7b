// Directories that the host shares with this guest and that the agent has mounted in this boot.

import {posix} from 'node:path'
import {readBootId} from '../../system/clock.ts'
import {isOnlyOurs} from '../../system/directory.ts'
import type {System} from '../../system/system.ts'

/** A mount of ours: what of the host is at which directory. */
export type OwnShare = {tag: string; point: string}

const notePath = '/run/vmcontext/shares'

/** Reads what was mounted by earlier runs of this boot. A note of another boot counts for nothing. */
export function readOwnShares({files}: System): OwnShare[] {
  try {
    const note = JSON.parse(files.readText(notePath) ?? 'null') as {
      bootId?: string
      shares?: OwnShare[]
    } | null
    const isOurs = (share: OwnShare) => typeof share?.tag === 'string' && typeof share.point === 'string'
    return note?.bootId === readBootId(files) && Array.isArray(note?.shares) ? note.shares.filter(isOurs) : []
  } catch {
    return []
  }
}

/**
 * Tells whether a path leads through a symbolic link that others than root could have made: a user would choose what the
 * host's directory hides, and so what root runs from it.
 */
export function isLedAstray({files}: System, point: string): boolean {
  let path = point
  for (let links = 0; links < mostLinks; links += 1) {
    const names = path.split('/').filter(Boolean)
    const ways = names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)
    const link = ways.find(way => files.linkStatus(way)?.isSymbolicLink())
    if (link === undefined) return false
    const status = files.status(posix.dirname(link))
    if (status === undefined || !isOnlyOurs(status)) return true
    path = posix.resolve(posix.dirname(link), files.readLink(link)!) + path.slice(link.length)
  }
  return true
}

/** As the kernel counts them, path_resolution(7). */
const mostLinks = 40

/** Notes what is mounted now. */
export function writeOwnShares({files}: System, shares: readonly OwnShare[]): void {
  const note = {bootId: readBootId(files), shares}
  files.makeDirectory('/run/vmcontext')
  files.write(notePath, JSON.stringify(note), {mode: 0o600, durable: false})
}
