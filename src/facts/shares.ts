// Directories that the host shares with this guest and that the agent has mounted in this boot.

import {readBootId} from '../system/clock.ts'
import type {System} from '../system/system.ts'

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

/** Notes what is mounted now. */
export function writeOwnShares({files}: System, shares: readonly OwnShare[]): void {
  const note = {bootId: readBootId(files), shares}
  files.makeDirectory('/run/vmcontext')
  files.write(notePath, JSON.stringify(note), {mode: 0o600, durable: false})
}
