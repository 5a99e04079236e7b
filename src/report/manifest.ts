// What the agent owns on this guest: every file with its hash and a kept copy of what stood there before, every
// account and key. Plan, revocation and uninstalling read this one file. What is about to change is written down
// before it is changed, so that a run that was killed is understood by the next one.

import {createHash} from 'node:crypto'
import {describeRefusal, type FileFact} from '../facts/files.ts'
import type {Problem} from '../problem.ts'
import {describeCause, unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {isListOfTexts, isRecord, parseJson} from './json.ts'
import {type OwnedKeys, readOwnedKeys} from './owned-keys.ts'
import type {OwnedNics} from './owned-nics.ts'

export const stateDirectory = '/var/lib/vmcontext'
export const manifestPath = `${stateDirectory}/manifest.json`
export const keptDirectory = `${stateDirectory}/kept`
const version = 1

/** A copy of a file as it was; its bytes lie in the state directory under their hash. */
export type KeptCopy = {sha256: string; mode: number; uid: number; gid: number; link?: never}

/** A symbolic link as it was: where it led, as it was written in it. */
export type KeptLink = {link: string; sha256?: never}

/** A file that the agent wrote or removed, or a symbolic link that it made. */
export type OwnedFile = {
  /** Hash of what the agent wrote; null if it removed the file, or made a link of it. */
  sha256: string | null
  /** Where the symbolic link leads that the agent made. */
  link?: string
  /** What stood there before the agent first came; null if nothing did. */
  previous: KeptCopy | KeptLink | null
  /**
   * A rival wrote it, before us, and `install --take-over` has made it ours: the next network that a context describes
   * is written as if `previous` stood there.
   */
  adopted?: true
  /** What others wrote over ours later on and we replaced. */
  overwritten?: (KeptCopy | KeptLink)[]
}

/** Our line in /etc/hosts, and the one that stood in its place, if any. */
export type HostsLine = {line: string; original?: string | undefined}

export type Manifest = {
  version: typeof version
  files: Record<string, OwnedFile>
  /** Accounts that the agent created. `isPending` as long as one may lack something: a run was killed over it. */
  accounts: Record<string, {created: true; isPending?: true}>
  /** The lines of keys that the agent installed, by account and place. */
  keys: OwnedKeys
  /** NICs that were configured, by MAC. */
  nics: OwnedNics
  /** The line in /etc/hosts, the latest first; more than one only while it is being replaced. */
  hosts: HostsLine[]
  /** What was set last as the password of an account. */
  passwords: Record<string, SetPassword>
  /** What was done once for good, and for which machine: a clone of it begins anew. */
  once: Record<string, string>
  /** The ssh host keys that are being made: a run was killed over them, and one may lack its public half. */
  pendingHostKeys?: string[]
  /** The fingerprints of the ssh host keys that the console has shown. */
  shownHostKeys: string[]
}

/** A salted hash of a password as the context gave it: enough to see whether it is another one. */
export type SetPassword = {salt: string; hash: string}

/** The manifest is of a later version than this program. */
export class ManifestTooNewError extends Error {
  constructor(found: unknown) {
    super(
      `${manifestPath} is of version ${String(found)}, this program knows ${version}: use the newer program`,
    )
    this.name = 'ManifestTooNewError'
  }
}

/**
 * Reads the manifest. One that is damaged is set aside and reported: then nothing counts as ours.
 *
 * @throws ManifestTooNewError rather than guess what a later version meant.
 */
export function readManifest(system: System, problems: Problem[]): Manifest {
  const text = readUnlessRefused(system, problems)
  if (text === undefined) return emptyManifest()
  const value = parseJson(text)
  if (isManifest(value)) return {...emptyManifest(), ...value, keys: readOwnedKeys(value.keys)}
  const found = (value as {version?: unknown} | null)?.version
  if (typeof found === 'number' && found > version) throw new ManifestTooNewError(found)
  const message = 'this is damaged, so nothing that was set up earlier is known to be ours'
  problems.push({code: 'record-damaged', file: manifestPath, message, cure: 'a copy stays beside it'})
  return emptyManifest()
}

/** The same for whoever only looks: one of a later version is told, and then nothing counts as ours. */
export function readManifestToLook(system: System, problems: Problem[]): Manifest {
  try {
    return readManifest(system, problems)
  } catch (error) {
    if (!(error instanceof ManifestTooNewError)) throw error
    problems.push({code: 'record-damaged', message: error.message})
    return emptyManifest()
  }
}

/** Without the records the boot goes on. An ordinary user may plan, and is told what could not be seen. */
function readUnlessRefused(system: System, problems: Problem[]): string | undefined {
  return unlessRefused(
    () => system.files.readText(manifestPath),
    refusal => {
      const message = `${refusal.message}, so what was set up earlier is not known here`
      const {code, file} = describeRefusal(refusal)
      problems.push({code, file, message, cure: 'run as root to see it all'})
      return undefined
    },
  )
}

/** Writes the manifest if it differs from what is there. A damaged one is kept beside it. */
export function writeManifest(system: System, manifest: Manifest): void {
  const text = formatManifest(manifest)
  const current = system.files.readText(manifestPath)
  if (current === text) return
  system.files.makeDirectory(stateDirectory, 0o700)
  if (current !== undefined && !isManifest(parseJson(current))) {
    system.files.write(`${manifestPath}.damaged`, current, {mode: 0o600})
  }
  system.files.write(manifestPath, text, {mode: 0o600})
}

/** Gives the text that the manifest is to have. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** The files that a rival wrote and that count as ours. */
export function adoptedPaths({files}: Pick<Manifest, 'files'>): string[] {
  return Object.keys(files).filter(path => files[path]!.adopted === true)
}

/** Forgets files that are again what they were before the agent came: they are no longer ours. */
export function forgetGivenBack(system: System, {files}: Manifest): void {
  for (const [path, {sha256, link, previous}] of Object.entries(files)) {
    if (link !== previous?.link || sha256 !== (previous?.sha256 ?? null)) continue
    if (link !== undefined) {
      if (system.files.readLink(path) === link) delete files[path]
      continue
    }
    const bytes = system.files.read(path)
    if ((bytes === undefined ? null : hashBytes(bytes)) === sha256) delete files[path]
  }
}

/** A file that somebody has read, and what stat(2) says of it. */
export type FoundFile = {bytes: Buffer; mode: number; uid: number; gid: number}

/** Reads a file as it is now; undefined if there is none. */
export function findFile({files}: System, path: string): FoundFile | undefined {
  const [bytes, status] = [files.read(path), files.status(path)]
  return bytes && status && {bytes, mode: status.mode, uid: status.uid, gid: status.gid}
}

/** Keeps a copy of a file. Throws if the copy cannot be kept. */
export function keepCopy(system: System, {bytes, mode, uid, gid}: FoundFile): KeptCopy {
  const sha256 = hashBytes(bytes)
  const copy = `${keptDirectory}/${sha256}`
  if (system.files.status(copy) === undefined) {
    system.files.makeDirectory(stateDirectory, 0o700)
    system.files.makeDirectory(keptDirectory, 0o700)
    system.files.write(copy, bytes, {mode: 0o600})
  }
  return {sha256, mode: mode & 0o7777, uid, gid}
}

/** Where the bytes of a kept copy lie. */
export function keptPath({sha256}: KeptCopy): string {
  return `${keptDirectory}/${sha256}`
}

/** Reads the kept copies: for each file that is ours what stood there before; undefined: nothing. */
export function readOriginals(system: System, {files}: Manifest): ReadonlyMap<string, FileFact | undefined> {
  return new Map(
    Object.entries(files).map(([path, {previous}]) => {
      if (previous?.sha256 === undefined) return [path, undefined]
      const bytes = system.files.read(`${keptDirectory}/${previous.sha256}`)
      return [path, bytes && {content: bytes.toString('latin1'), mode: previous.mode}]
    }),
  )
}

export function hashBytes(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Tells in words why the records cannot be kept. */
export function describeRecordFailure(error: unknown): Problem {
  return {
    code: 'record-damaged',
    message: `the agent's own records could not be kept: ${describeCause(error)}`,
    cure: `see that ${stateDirectory} can be written`,
  }
}

function emptyManifest(): Manifest {
  return {
    ...{version, files: {}, accounts: {}, keys: {}, nics: {}, hosts: []},
    ...{passwords: {}, once: {}, shownHostKeys: []},
  }
}

/** Whatever is not exactly of our making is not relied upon. */
function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || value.version !== version || !Array.isArray(value.hosts)) return false
  const {files, accounts, keys, nics, hosts, passwords = {}, once = {}} = value
  const {shownHostKeys = [], pendingHostKeys = []} = value
  if (![files, accounts, keys, nics, passwords, once].every(isRecord) || !hosts.every(isRecord)) return false
  const entries = [files, accounts, nics, passwords].flatMap(record => Object.values(record as object))
  const places = Object.values(keys as object).flatMap(each =>
    isRecord(each) ? Object.values(each) : [each],
  )
  const lists = [...places, shownHostKeys, pendingHostKeys]
  return entries.every(isRecord) && lists.every(isListOfTexts) && isListOfTexts(Object.values(once as object))
}
