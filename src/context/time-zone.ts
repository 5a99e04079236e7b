// The time zone of a guest by its name in the tz database, e.g. Europe/Berlin (contract §3).

import type {Problem} from '../problem.ts'
import {type Disc, placeOf} from './disc.ts'
import {pickVariable, readPlainValue} from './variables.ts'

/** Reads TIMEZONE. Whether the guest has such a zone is another question. */
export function readTimeZone(disc: Disc, problems: Problem[]): string | undefined {
  const variable = pickVariable(disc.variables, 'TIMEZONE')
  if (variable === undefined) return undefined
  const name = readPlainValue(variable)
  if (name !== undefined && isZoneName(name)) return name
  problems.push({
    ...placeOf(disc, variable),
    code: 'value-rejected',
    message: 'this is no name of a time zone, so the time zone stays as it is',
    cure: 'name one as in `ls /usr/share/zoneinfo`, e.g. Europe/Berlin',
  })
  return undefined
}

const zoneName = /^[A-Za-z0-9][\w+-]*(\/[A-Za-z0-9][\w+-]*)*$/
const longestName = 100
/** Files beside the zones that look like one: what the guest has now, and the rules for POSIX strings (zic(8)). */
const noZones = ['localtime', 'posixrules']

/** Parts of letters, digits, `_`, `+` and `-`: no dot, so that no name leads out of the directory of the zones. */
function isZoneName(name: string): boolean {
  return name.length <= longestName && zoneName.test(name) && !noZones.includes(name)
}
