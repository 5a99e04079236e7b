// What was written down. The live file of a log stays, empty, with its owner and mode: not every daemon could make it
// anew. Those that were rotated away go.

import {posix} from 'node:path'
import type {Look, Place} from '../look.ts'
import type {Finding, Operation} from '../operation.ts'
import {emptying, fromRows, removal} from '../patterns.ts'

export const logs: Operation = {
  name: 'logs',
  severity: 'trace',
  isDefault: true,
  description: 'logs below /var/log, the journal, records of logins',
  find: look => [...findBelow(look, '/var/log'), ...findElsewhere(look)],
}

const findElsewhere = fromRows([
  {paths: ['/var/account/pacct', '/var/named/data/named.run'], reason: 'a log', deed: 'empty'},
  {paths: ['/var/account/pacct?*', '/var/adm/wtmp-*', '/var/adm/messages-*'], reason: 'a log of earlier'},
  {
    paths: ['/var/lib/logrotate/*status', '/var/lib/logrotate.status', '/var/lib/logrotate/logrotate.status'],
    reason: 'when logs were rotated',
  },
  {
    paths: ['/var/lib/lastlog/lastlog2.db*', '/var/lib/wtmpdb/wtmp.db*', '/var/lib/faillock/*'],
    reason: 'who logged in, and when',
  },
])

/** As deep as logs are nested anywhere; a directory whose links lead in a circle is not entered at all. */
const depthLimit = 8

function findBelow(look: Look, directory: string, depth = 0): Finding[] {
  if (depth > depthLimit) return []
  return look.find(`${directory}/*`).flatMap(place => {
    if (isOurs(place.path)) return []
    if (isJournal(place.path)) return [removal(look, place, 'the journal')]
    if (place.status?.isDirectory()) return findBelow(look, place.path, depth + 1)
    return describeLog(look, place)
  })
}

function describeLog(look: Look, place: Place): Finding[] {
  if (place.status !== undefined && !place.status.isFile()) return []
  if (isRotated(posix.basename(place.path))) return [removal(look, place, 'a log of earlier')]
  return [emptying(look, place, 'a log') ?? []].flat()
}

/** The names that logrotate(8), savelog(8) and daemons themselves give: NAME.1, NAME.2.gz, NAME-20260101, NAME.old. */
function isRotated(name: string): boolean {
  return /\.\d+$|\.(gz|bz2|xz|zst|old)$|-\d{8}(-\d+)?(\.[a-z]+)?$|\.\d{4}-\d\d-\d\d/.test(name)
}

/** A directory of each machine-id that has written to it. /var/log/journal itself says that there is to be one. */
function isJournal(path: string): boolean {
  return /^\/var\/log\/journal\/[0-9a-f]{32}(\.[^/]*)?$/.test(path)
}

/** Those go with what contexts have made. */
export function isOurs(path: string): boolean {
  return /^\/var\/log\/vmcontext(\.log.*)?$/.test(path)
}
