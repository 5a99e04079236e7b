// Whether root may log in on any terminal (pam_securetty(8), contract §3).

import type {Problem} from '../../problem.ts'
import {type Disc, placeOf} from '../disc.ts'
import {isNo, isYes, pickVariable} from '../variables.ts'

/**
 * `on`: root only on the terminals that /etc/securetty lists; `unset`: as the guest is meant to have it; `unknown`:
 * something is said, and it could not be read.
 */
export type Securetty = 'on' | 'off' | 'unset' | 'unknown'

/** Reads SECURETTY. */
export function readSecuretty(disc: Disc, problems: Problem[]): Securetty {
  const variable = pickVariable(disc.variables, 'SECURETTY')
  if (variable === undefined) return disc.isComplete && !disc.dropped.has('SECURETTY') ? 'unset' : 'unknown'
  if (isYes(variable.value)) return 'on'
  if (isNo(variable.value)) return 'off'
  const message = 'this is neither yes nor no, so /etc/pam.d/login stays as it is'
  problems.push({...placeOf(disc, variable), code: 'value-rejected', message, cure: 'write YES or NO'})
  return 'unknown'
}
