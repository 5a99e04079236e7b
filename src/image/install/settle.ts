// After the guest's own tools have run: what they have moved is still ours.

import {posix} from 'node:path'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {formatRecord, type InstallRecord, recordPath} from './record.ts'

/** insserv gives links other numbers: the record follows them. */
export function settleRecord({files}: System, record: InstallRecord): void {
  const entries = Object.entries(record.files).map(([path, entry]) => {
    const isGone = entry.link !== undefined && files.linkStatus(path) === undefined
    return [isGone ? findMoved(files, path, entry.link!) : path, entry] as const
  })
  const text = formatRecord({...record, files: Object.fromEntries(entries)})
  // The links are right whatever the record says of them.
  if (files.readText(recordPath) !== text)
    unlessRefused(
      () => files.write(recordPath, text, {mode: 0o600}),
      () => undefined,
    )
}

/** The link of a runlevel that leads where this one did. */
function findMoved(files: System['files'], path: string, target: string): string {
  const directory = posix.dirname(path)
  const names = files.list(directory).filter(name => /^[SK]\d\d/.test(name))
  const found = names.find(name => files.readLink(`${directory}/${name}`) === target)
  return found === undefined ? path : `${directory}/${found}`
}
