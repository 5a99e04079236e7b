// Who may look into the agent's records and logs.

import type {Problem} from '../../problem.ts'
import {logPath} from '../../report/log.ts'
import {manifestPath, stateDirectory} from '../../report/manifest.ts'
import {findForeignPlaces} from '../../report/own-places.ts'
import {isOnlyOurs} from '../../system/directory.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {doubtful, wrong} from '../problems.ts'

/** What holds secrets: the copies of former files, and what scripts say. */
const closed = [
  {path: stateDirectory, mode: 0o700, what: 'the copies of former files'},
  {path: manifestPath, mode: 0o600, what: 'the records'},
  {path: '/var/log/vmcontext', mode: 0o700, what: 'what scripts said, secrets perhaps'},
  {path: logPath, mode: 0o600, what: 'the log'},
] as const

/** Judges who could have written the records: no other command uses a place in which others could. */
export function judgePlaces(system: System): Problem[] {
  return findForeignPlaces(system).map(({path, why, cure}) =>
    wrong({file: path, message: `no run is done, as ${why}`, cure}),
  )
}

/** Judges who may look into the records, or change them: that is who decides what root writes at the next boot. */
export function judgeAccess({files}: System): Problem[] {
  return closed.flatMap(({path, mode, what}) => {
    const status = unlessRefused(
      () => files.linkStatus(path),
      () => undefined,
    )
    if (status === undefined) return []
    const chmod = `chmod ${mode.toString(8).padStart(4, '0')} ${path}`
    if (status.isSymbolicLink()) {
      const message = `this is a symbolic link, which the agent does not follow`
      return [wrong({file: path, message, cure: `rm ${path}`})]
    }
    if (!isOnlyOurs(status)) {
      const who = (status.mode & 0o022) !== 0 ? 'others than root' : `the user ${status.uid}`
      return [
        wrong({file: path, message: `${who} may change ${what}`, cure: `chown root:root ${path}; ${chmod}`}),
      ]
    }
    if ((status.mode & 0o077) === 0) return []
    return [doubtful({file: path, message: `others than root may read ${what}`, cure: chmod})]
  })
}
