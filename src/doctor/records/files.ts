// Checks files of the agent that others changed since, and says what the next boot makes of each.

import type {Problem} from '../../problem.ts'
import {type Drift, type DriftKind, findDrift} from '../../report/drift.ts'
import {count} from '../../report/lines.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import {listNextDeeds, type PlannedDeed, redo} from '../next-boot.ts'
import {doubtful, note, wrong} from '../problems.ts'

export const filesCheck: Check = {
  id: 'files',
  title: 'files of the agent that others changed',
  examine(exam) {
    const {system, isRoot, prepared} = exam
    const {manifest} = prepared
    const paths = Object.keys(manifest.files)
    // The records are root's alone; without them nothing is known to be ours.
    if (paths.length === 0 && !isRoot) return {facts: [], problems: [], skipped: 'only as root'}
    const drifts = findDrift(system, manifest)
    const deeds = drifts.length === 0 ? [] : listNextDeeds(exam)
    return {
      facts: [tellUnchanged(paths.length, drifts.length)],
      problems: drifts.map(drift => describeDrift(system, drift, deeds)),
    }
  },
}

function tellUnchanged(all: number, drifted: number): string {
  if (all === 0) return 'the agent has written no file'
  const left = all - drifted
  return `${count(left, 'file')} as the agent left ${left === 1 ? 'it' : 'them'}`
}

const words: Readonly<Record<DriftKind, string>> = {
  changed: 'somebody else changed it',
  missing: 'somebody else removed it',
  returned: 'the agent removed it, and it is there again',
  unreadable: 'it cannot be looked at',
}

function describeDrift(system: System, {path, kind}: Drift, deeds: readonly PlannedDeed[]): Problem {
  if (kind === 'unreadable') return note({file: path, message: words[kind], cure: 'look as root'})
  const said = `${words[kind]}${tellTime(system, path)}`
  const deed = deeds.find(({action}) => 'path' in action && action.path === path)
  if (deed === undefined) return describeLeft(path, kind, said)
  const message = `${said}, so it no longer is what the context asks for; the next boot ${tellDeed(deed, kind)}`
  const cure = `${redo(deed.step)} does it now; vmcontext plan shows the difference`
  return wrong({file: path, message, cure})
}

/** Others may write into some of our files; as long as what is asked for stands there too, nothing is to be done. */
function describeLeft(file: string, kind: DriftKind, said: string): Problem {
  const message = `${said}; the next boot leaves it as it is`
  if (kind === 'changed') return note({file, message})
  return doubtful({file, message, cure: 'vmcontext plan tells what is asked for; if this is meant, nothing'})
}

function tellTime({files}: System, path: string): string {
  const status = unlessRefused(
    () => files.linkStatus(path),
    () => undefined,
  )
  return status === undefined ? '' : ` (${status.mtime.toISOString().slice(0, 16).replace('T', ' ')} UTC)`
}

function tellDeed({action}: PlannedDeed, kind: DriftKind): string {
  if (action.kind === 'remove') return 'removes it again, and keeps a copy'
  return kind === 'missing' ? 'writes it anew' : 'writes it anew, and keeps a copy of what is there'
}
