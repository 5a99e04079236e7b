// What stands where something is to be put.

import {createHash} from 'node:crypto'
import {hashBytes} from '../../report/manifest.ts'
import type {Files, Ownership} from '../../system/files.ts'
import {readPieces} from '../../system/pieces.ts'
import type {InstalledFile} from './record.ts'
import type {Wanted} from './wanted.ts'

export type Found =
  | {kind: 'nothing'}
  | {kind: 'link'; target: string}
  | {kind: 'file'; sha256: string; mode: number; owner: Ownership; size: number}
  /** A directory, a device: nothing that we could replace and give back. */
  | {kind: 'other'}

/** Looks at a path; a link is not followed. */
export function findEntry(files: Files, path: string): Found {
  const status = files.linkStatus(path)
  if (status === undefined) return {kind: 'nothing'}
  const target = files.readLink(path)
  if (target !== undefined) return {kind: 'link', target}
  if (!status.isFile()) return {kind: 'other'}
  const sha256 = hashFile(files.locateEntry(path))
  return {kind: 'file', sha256, mode: status.mode & 0o7777, owner: status, size: status.size}
}

/** The hash of a file of this machine, however large. */
export function hashFile(path: string): string {
  const hash = createHash('sha256')
  readPieces(path, piece => hash.update(piece))
  return hash.digest('hex')
}

/** The hash that a file is to have; undefined for a link. */
export function hashWanted(wanted: Wanted): string | undefined {
  if (wanted.kind === 'link') return undefined
  return wanted.kind === 'file' ? hashBytes(wanted.content) : hashFile(wanted.from)
}

/** Tells whether it stands there as it is to be. */
export function isAsWanted(found: Found, wanted: Wanted, sha256: string | undefined): boolean {
  if (wanted.kind === 'link') return found.kind === 'link' && found.target === wanted.target
  return found.kind === 'file' && found.sha256 === sha256 && found.mode === wanted.mode
}

/** Tells whether it stands there as this agent, or the one before, has left it. */
export function isAsLeft(found: Found, {sha256, link, former}: InstalledFile): boolean {
  if (found.kind === 'link') return [link, former].includes(found.target)
  return found.kind === 'file' && [sha256, former].includes(found.sha256)
}

/** Tells whether it is what stood there before the agent came. */
export function isPrevious(found: Found, {previous}: InstalledFile): boolean {
  if (found.kind === 'nothing') return previous === null
  if (found.kind === 'link') return found.target === previous?.link
  return found.kind === 'file' && found.sha256 === previous?.sha256
}
