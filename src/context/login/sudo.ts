// Whether the account of a context may become root (contract §3).

import type {Place, Problem} from '../../problem.ts'
import {type Disc, placeOf} from '../disc.ts'
import {isNo, isYes, pickVariable} from '../variables.ts'

export type SudoRequest = {
  /** The answer of the context; undefined where it gives none, and the default holds. */
  answer?: boolean | undefined
  /** Where it was given. */
  place?: Place | undefined
  /** False where an answer may stand in what could not be read: nothing is granted, nothing taken away. */
  isKnown: boolean
}

/** Our file of sudoers(5). Its name sorts behind those of the cloud images, and the last rule wins. */
export const sudoersPath = '/etc/sudoers.d/90-vmcontext'

/** The stronger first. */
export const sudoVariables = ['USERNAME_SUDO', 'GRANT_SUDO'] as const

/** Reads USERNAME_SUDO, GRANT_SUDO. */
export function readSudo(disc: Disc, problems: Problem[]): SudoRequest {
  for (const name of sudoVariables) {
    if (disc.dropped.has(name)) return {isKnown: false}
    const variable = pickVariable(disc.variables, name)
    if (variable === undefined) continue
    const place = placeOf(disc, variable)
    const answer = isYes(variable.value)
    if (!answer && !isNo(variable.value)) {
      const message = 'this is neither YES nor NO, so it is taken for NO'
      problems.push({...place, code: 'value-adjusted', message})
    }
    return {answer, place, isKnown: true}
  }
  return {isKnown: disc.isComplete}
}
