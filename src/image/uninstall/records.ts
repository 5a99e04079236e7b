// The agent's records once it is uninstalled. The manifest stays as long as it knows of anything: a later installation
// has to tell its own files from those of others.

import {basename} from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import {historyPath} from '../../report/history.ts'
import {
  keptDirectory,
  keptPath,
  type Manifest,
  manifestPath,
  stateDirectory,
  writeManifest,
} from '../../report/manifest.ts'
import {temporaryName} from '../../system/files.ts'
import type {System} from '../../system/system.ts'
import {removeTree} from '../../system/trees.ts'
import {classifyFiles} from '../give-back/concerns.ts'
import {planGiveBack} from '../give-back/give-back.ts'
import {findEntry} from '../install/found.ts'
import {type InstallRecord, recordPath} from '../install/record.ts'
import {withoutAdopted} from './network.ts'

/** Writes what is still to be known, and removes the rest. */
export function settleRecords(
  system: System,
  record: InstallRecord,
  manifest: Manifest,
  {restoresNetwork, keepsCopies}: {restoresNetwork: boolean; keepsCopies: boolean},
): void {
  const own = withoutAdopted(manifest)
  const rest = restoresNetwork ? forgetNetwork(system, own, record) : own
  const {files} = system
  const keepsNothing = isEmpty(rest) && !keepsCopies
  if (keepsNothing) {
    // It tells of the copies, and so goes before them.
    files.remove(manifestPath)
    const names = files.list(stateDirectory).filter(name => name !== basename(recordPath))
    for (const name of names) removeTree(files, `${stateDirectory}/${name}`)
  } else {
    writeManifest(system, rest)
    if (!keepsCopies) forgetCopies(system, record, rest)
  }
  // Last, so that a run that is killed is understood by the next one.
  files.remove(recordPath)
  if (keepsNothing) removeTree(files, stateDirectory)
}

/** Removes the records' directories where a run that was killed has left them with nothing in them. */
export function removeRemains({files}: System): void {
  const isNothing = (name: string) =>
    name === basename(keptDirectory)
      ? files.list(keptDirectory).length === 0
      : name === basename(temporaryName(recordPath))
  if (files.list(stateDirectory).every(isNothing)) removeTree(files, stateDirectory)
}

/** Files of the network that are given back are no longer ours; nor are its cards if all of them are. */
function forgetNetwork(system: System, manifest: Manifest, {adopted}: InstallRecord): Manifest {
  const concernOf = classifyFiles(system, manifest)
  const options = {what: 'network', accounts: false, passwords: 'keep', changed: 'replace'} as const
  const {deeds} = planGiveBack(system, manifest, options)
  const isTheirs = (path: string) => {
    const found = findEntry(system.files, path)
    return found.kind === 'file' && found.sha256 === adopted[path]?.sha256
  }
  const left = deeds.flatMap(deed => ('path' in deed && !isTheirs(deed.path) ? [deed.path] : []))
  const files = Object.entries(manifest.files).filter(
    ([path]) => concernOf(path) !== 'network' || left.includes(path),
  )
  return {...manifest, files: Object.fromEntries(files), nics: left.length === 0 ? {} : manifest.nics}
}

function isEmpty({version: _, ...rest}: Manifest): boolean {
  return Object.values(rest).every(each => isDeepStrictEqual(each, {}) || isDeepStrictEqual(each, []))
}

/** Copies of what has been given back, unless the manifest or the history has a use for the same bytes. */
function forgetCopies({files}: System, record: InstallRecord, manifest: Manifest): void {
  const used = Object.values(manifest.files).flatMap(({previous, overwritten = []}) => [
    previous,
    ...overwritten,
  ])
  const usedPaths = new Set(used.flatMap(copy => (copy?.sha256 === undefined ? [] : [keptPath(copy)])))
  const own = [...Object.values(record.files), ...Object.values(record.displaced)].map(
    ({previous}) => previous,
  )
  const history = files.readText(historyPath) ?? ''
  for (const copy of [...own, ...Object.values(record.adopted)]) {
    if (copy?.sha256 === undefined || history.includes(copy.sha256)) continue
    if (!usedPaths.has(keptPath(copy))) files.remove(keptPath(copy))
  }
  if (files.status(keptDirectory)?.isDirectory() && files.list(keptDirectory).length === 0)
    files.removeDirectory(keptDirectory)
}
