// What stands in a place of the guest, to be compared with what a run found and left there.

import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import type {After, Before} from './history.ts'
import {type FoundFile, findFile, hashBytes} from './manifest.ts'

/** A file, a link, nothing, or something that cannot be read, such as a directory. */
export type Standing = FoundFile | {link: string} | null | 'not readable'

/** Reads what stands there; the link itself unless it is followed. */
export function readStanding(system: System, path: string, {followsEnd}: {followsEnd: boolean}): Standing {
  return unlessRefused(
    () => {
      const link = followsEnd ? undefined : system.files.readLink(path)
      return link === undefined ? (findFile(system, path) ?? null) : {link}
    },
    (): Standing => 'not readable',
  )
}

/** Whoever writes a file follows a link at its place; who removes or links something means the entry itself. */
export function writesThrough(after: After): boolean {
  return after?.sha256 !== undefined
}

/** It is what stood there before, its mode and owner too. */
export function isAtBefore(now: Standing, before: Before): boolean {
  if (!isSame(now, before)) return false
  if (now === null || now === 'not readable' || 'link' in now || before?.sha256 === undefined) return true
  return before.mode === (now.mode & 0o7777) && before.uid === now.uid && before.gid === now.gid
}

/** The same text or link. */
export function isSame(now: Standing, other: Before | After): boolean {
  if (now === 'not readable') return false
  if (now === null || other === null) return now === other
  if ('link' in now) return now.link === other.link
  return other.sha256 === hashBytes(now.bytes)
}
