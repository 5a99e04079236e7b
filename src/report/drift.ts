// Files that are ours and no longer as the agent left them.

import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {hashBytes, type Manifest, type OwnedFile} from './manifest.ts'

/**
 * `changed`: somebody else wrote it since; `missing`: somebody removed it; `returned`: the agent removed it and it is
 * there again; `unreadable`: whoever asks may not look.
 */
export type DriftKind = 'changed' | 'missing' | 'returned' | 'unreadable'
export type Drift = {path: string; kind: DriftKind}

/** Compares every file of the manifest with what is there. */
export function findDrift(system: System, {files}: Pick<Manifest, 'files'>): Drift[] {
  return Object.entries(files).flatMap(([path, file]) => {
    const kind = unlessRefused(
      () => compare(system, path, file),
      (): DriftKind => 'unreadable',
    )
    return kind === undefined ? [] : {path, kind}
  })
}

function compare({files}: System, path: string, {sha256, link}: OwnedFile): DriftKind | undefined {
  if (link !== undefined) {
    const target = files.readLink(path)
    if (target === link) return undefined
    return files.linkStatus(path) === undefined ? 'missing' : 'changed'
  }
  const bytes = files.read(path)
  if (bytes === undefined) return sha256 === null ? undefined : 'missing'
  if (sha256 === null) return 'returned'
  return hashBytes(bytes) === sha256 ? undefined : 'changed'
}
