// What `install` has put into this root, so that `uninstall`, an upgrade and a package know what is ours. It is not part
// of the manifest: sealing empties that one, and the agent stays installed.

import type {Problem} from '../../problem.ts'
import {parseJson} from '../../report/json.ts'
import type {KeptCopy, KeptLink} from '../../report/manifest.ts'
import {stateDirectory} from '../../report/manifest.ts'
import {SystemError} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'

export const recordPath = `${stateDirectory}/installed.json`
const version = 1

/** A file, or a link, that `install` made or took away, and what stood there before. */
export type InstalledFile = {
  /** Hash of the file; undefined for a link, and for what was taken away. */
  sha256?: string | undefined
  link?: string | undefined
  /** Hash, or target, of what an earlier `install` had put there, until the one that replaces it is done. */
  former?: string | undefined
  /** What stood there before; null if nothing did. Its bytes lie among the kept copies. */
  previous: KeptCopy | KeptLink | null
}

/** A file as a rival had left it. `former`: the hash of what stands there when it is given up, if that is not nothing. */
export type AdoptedFile = KeptCopy & {former?: string | undefined}

export type InstallRecord = {
  version: typeof version
  /** `vmcontext 1.2.3`, which installed last. */
  agent: string
  files: Record<string, InstalledFile>
  /** What `--take-over` removed, replaced or linked away: given back by `uninstall`. */
  displaced: Record<string, InstalledFile>
  /** What a rival had left and the manifest has taken for ours: `uninstall --restore-network` gives it back. */
  adopted: Record<string, AdoptedFile>
  /** Links of others in the runlevels that had to make room: by their names now, what they were called before. */
  renamed: Record<string, string>
  /** Directories that were not there before. */
  directories: readonly string[]
}

const nothing: InstallRecord = {
  ...{version, agent: ''},
  ...{files: {}, displaced: {}, adopted: {}, renamed: {}, directories: []},
}

/**
 * Reads the record; an empty one if there is none. One that is damaged is reported: then nothing is known to be ours.
 *
 * @throws SystemError if it cannot be read, or is of a later version: what that one meant is not guessed.
 */
export function readRecord({files}: System, problems: Problem[] = []): InstallRecord {
  const text = files.readText(recordPath)
  if (text === undefined) return nothing
  const value = parseJson(text)
  if (isRecord(value)) return {...nothing, ...value}
  const found = (value as {version?: unknown} | null)?.version
  if (typeof found === 'number' && found > version) {
    const cause = `it is of version ${found}, this program knows ${version}: use the newer vmcontext`
    throw new SystemError(`read ${recordPath}`, new Error(cause))
  }
  const message = 'this is damaged, so what was installed here, and what it replaced, is not known'
  const cure = 'vmcontext install writes it anew, and keeps a copy beside it'
  problems.push({code: 'record-damaged', file: recordPath, message, cure})
  return nothing
}

/** Whatever is not of our making is not relied upon. */
function isRecord(value: unknown): value is InstallRecord {
  const record = value as InstallRecord | null | undefined
  if (record?.version !== version) return false
  const {files, displaced = {}, adopted = {}, renamed = {}, directories = []} = record
  const tables = [files, displaced, adopted, renamed]
  const areTables = tables.every(each => typeof each === 'object' && each !== null)
  return areTables && Array.isArray(directories)
}

/** Gives the text that the record is to have. */
export function formatRecord(record: InstallRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`
}
