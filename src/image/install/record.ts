// What `install` has put into this root, so that `uninstall`, an upgrade and a package know what is ours. It is not part
// of the manifest: sealing empties that one, and the agent stays installed.

import type {KeptCopy, KeptLink} from '../../report/manifest.ts'
import {stateDirectory} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'

export const recordPath = `${stateDirectory}/installed.json`
const version = 1

/** A file, or a link, that `install` made, and what stood there before. */
export type InstalledFile = {
  /** Hash of the file; undefined for a link. */
  sha256?: string | undefined
  link?: string | undefined
  /** What stood there before; null if nothing did. Its bytes lie among the kept copies. */
  previous: KeptCopy | KeptLink | null
}

export type InstallRecord = {
  version: typeof version
  /** `vmcontext 1.2.3`, which installed last. */
  agent: string
  files: Record<string, InstalledFile>
  /** What `--take-over` removed, replaced or linked away: given back by `uninstall`. */
  displaced: Record<string, KeptCopy | KeptLink | null>
}

/** Reads the record; an empty one if there is none, or it is not of our making. */
export function readRecord({files}: System): InstallRecord {
  const empty: InstallRecord = {version, agent: '', files: {}, displaced: {}}
  try {
    const value = JSON.parse(files.readText(recordPath) ?? 'null') as InstallRecord | null
    return value?.version === version ? {...empty, ...value} : empty
  } catch {
    return empty
  }
}

/** Gives the text that the record is to have. */
export function formatRecord(record: InstallRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`
}
