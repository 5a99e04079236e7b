// What an installation has put, removed or replaced: each as it was before, unless somebody has changed it since.

import type {Problem} from '../../problem.ts'
import {keptPath} from '../../report/manifest.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import {returnOriginal} from '../give-back/original.ts'
import {findEntry, isAsLeft, isPrevious} from '../install/found.ts'
import type {InstalledFile} from '../install/record.ts'

export type Part = {deeds: readonly Deed[]; problems: readonly Problem[]}

/** Plans what becomes of entries of the record. `reason` is what is said of what is just taken away. */
export function planEntries(
  system: System,
  entries: Readonly<Record<string, InstalledFile>>,
  reason: string,
): Part {
  const parts = Object.entries(entries).map(([path, entry]) => planEntry(system, path, entry, reason))
  return {deeds: parts.flatMap(({deeds}) => deeds), problems: parts.flatMap(({problems}) => problems)}
}

function planEntry(system: System, path: string, entry: InstalledFile, reason: string): Part {
  const found = findEntry(system.files, path)
  if (isPrevious(found, entry)) return {deeds: [], problems: []}
  // What somebody has taken away was ours, and what stood there before may return.
  if (found.kind !== 'nothing' && !isAsLeft(found, entry))
    return {deeds: [], problems: [describeChanged(path, entry)]}
  const original = returnOriginal(system, {path}, entry.previous)
  if ('deed' in original) {
    const deed = original.deed.kind === 'remove' ? {...original.deed, reason} : original.deed
    return {deeds: [deed], problems: []}
  }
  // A script without its program is of no use; and what stood there before is lost in either case.
  const message = `the copy of what stood here before is missing or damaged (${original.missing}), so nothing is there now`
  return {
    deeds: [{kind: 'remove', path, reason}],
    problems: [{code: 'deed-left-out', file: path, message}],
  }
}

function describeChanged(file: string, {previous}: InstalledFile): Problem {
  const message = 'somebody has changed this since, so it stays as it is'
  if (previous?.sha256 === undefined)
    return {code: 'deed-left-out', file, message, cure: 'remove it if nobody needs it'}
  return {code: 'deed-left-out', file, message, cure: `what stood there before is ${keptPath(previous)}`}
}
