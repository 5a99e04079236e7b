// Putting something in the place of what stands there, or nothing, with a copy kept: `uninstall` gives it back.

import type {Problem} from '../../problem.ts'
import {findFile, hashBytes, type KeptCopy, type KeptLink, keptPath} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import type {InstalledFile} from '../install/record.ts'

/** What one part of taking over comes to. */
export type Part = {
  deeds: readonly Deed[]
  displaced: Readonly<Record<string, InstalledFile>>
  problems: readonly Problem[]
}

export const nothing: Part = {deeds: [], displaced: {}, problems: []}

export function joinParts(parts: readonly Part[]): Part {
  return {
    deeds: parts.flatMap(({deeds}) => deeds),
    displaced: Object.assign({}, ...parts.map(({displaced}) => displaced)),
    problems: parts.flatMap(({problems}) => problems),
  }
}

/** Plans a link in the place of a file. */
export function placeLink(system: System, path: string, target: string, reason: string): Part {
  if (system.files.readLink(path) === target) return nothing
  const {previous, deeds} = keepEntry(system, path)
  return {
    deeds: [...deeds, {kind: 'link', path, target, reason}],
    displaced: {[path]: {link: target, previous}},
    problems: [],
  }
}

/** Plans another content for a file, or a new file. */
export function placeFile(system: System, path: string, content: string | Uint8Array, reason: string): Part {
  const {previous, deeds} = keepEntry(system, path)
  const {mode, uid, gid} = previous?.sha256 === undefined ? {mode: 0o644, uid: 0, gid: 0} : previous
  return {
    deeds: [...deeds, {kind: 'write', path, content, mode, owner: {uid, gid}, reason}],
    displaced: {[path]: {sha256: hashBytes(content), previous}},
    problems: [],
  }
}

/** Plans that a file or a link goes. */
export function takeAway(system: System, path: string, reason: string): Part {
  const {previous, deeds} = keepEntry(system, path)
  if (previous === null) return nothing
  return {deeds: [...deeds, {kind: 'remove', path, reason}], displaced: {[path]: {previous}}, problems: []}
}

function keepEntry(system: System, path: string): {previous: KeptCopy | KeptLink | null; deeds: Deed[]} {
  const link = system.files.readLink(path)
  if (link !== undefined) return {previous: {link}, deeds: []}
  return keepFile(system, path) ?? {previous: null, deeds: []}
}

/** What there is to keep of a file, and the deeds that keep it; undefined if there is none. */
export function keepFile(system: System, path: string): {previous: KeptCopy; deeds: Deed[]} | undefined {
  const found = findFile(system, path)
  if (found === undefined) return undefined
  const {bytes, mode, uid, gid} = found
  const previous = {sha256: hashBytes(bytes), mode: mode & 0o7777, uid, gid}
  return {previous, deeds: keepBytes(system, previous, bytes, path)}
}

/** The deed that keeps some bytes, where those of the manifest are kept; `install` makes the directory first. */
export function keepBytes(system: System, copy: KeptCopy, content: Uint8Array, of: string): Deed[] {
  if (system.files.status(keptPath(copy)) !== undefined) return []
  return [{kind: 'write', path: keptPath(copy), content, mode: 0o600, reason: `a copy of ${of}`}]
}
