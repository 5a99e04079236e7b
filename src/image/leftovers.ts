// What an install or uninstall that was killed has left beside the files that it was changing: the new one that was not
// in place yet, the old one that was still kept.

import {temporaryName} from '../system/files.ts'
import type {System} from '../system/system.ts'
import {asideName} from '../system/trees.ts'
import type {Deed} from './deed.ts'
import {type InstallRecord, recordPath} from './install/record.ts'
import {sharedPaths} from './uninstall/shared.ts'

/** Plans that it goes: beside all that the record knows of, files of others that we edit, and `more`. */
export function sweepLeftovers(
  {files}: System,
  {files: own, displaced, renamed}: InstallRecord,
  more: readonly string[] = [],
): Deed[] {
  const recorded = [own, displaced, renamed].flatMap(each => Object.keys(each))
  const paths = new Set([...recorded, ...Object.values(renamed), ...sharedPaths, recordPath, ...more])
  return [...paths]
    .flatMap(path => [asideName(path), temporaryName(path)])
    .filter(path => files.linkStatus(path) !== undefined)
    .map(path => ({kind: 'remove', path, reason: 'left by a run that was killed'}))
}
