// Kept copies that nothing refers to any more go. Whether anything does is read in the texts of the records themselves,
// whatever they are: a copy that is named anywhere stays.

import type {System} from '../system/system.ts'
import type {HistoryRun} from './history.ts'
import {keptDirectory, stateDirectory} from './manifest.ts'

/**
 * Removes the copies that these runs, which the history has just forgotten, were the last to refer to. Nothing is
 * removed where a record cannot be read.
 *
 * @throws SystemError
 */
export function sweepKept({files}: System, forgotten: readonly Pick<HistoryRun, 'files'>[]): void {
  const hashes = new Set(forgotten.flatMap(run => JSON.stringify(run.files).match(/\b[0-9a-f]{64}\b/g) ?? []))
  if (hashes.size === 0) return
  const records = files
    .list(stateDirectory)
    .map(name => `${stateDirectory}/${name}`)
    .filter(path => files.linkStatus(path)?.isFile())
    .map(path => files.readText(path) ?? '')
  for (const hash of hashes) {
    if (!records.some(text => text.includes(hash))) files.remove(`${keptDirectory}/${hash}`)
  }
}
