// What could not be done or seen while a tree was looked at: each thing told once, and whether anything was left unseen.

import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import {type SystemError, unlessRefused} from '../../system/errors.ts'

/** Starts with what is known already. */
export function collectTroubles(problems: Problem[]) {
  let isBlind = problems.length > 0
  /** What an ordinary user may not look at is many things of one cause: told once. */
  const refusals: string[] = []
  const troubles = {
    /** Whether something could not be looked at up to now: nobody can say then that all is clean. */
    isBlind: () => isBlind,

    tell(problem: Problem): void {
      if (!problems.some(({message}) => message === problem.message)) problems.push(problem)
    },

    tellRefusal({code, message}: SystemError): void {
      isBlind = true
      if (code !== 'EACCES') troubles.tell({code: 'fact-missing', message})
      else if (!refusals.includes(message)) refusals.push(message)
    },

    /** What the machine refuses is told, and counts as absent. */
    orElse<T>(action: () => T, absent: T): T {
      return unlessRefused(action, refusal => {
        troubles.tellRefusal(refusal)
        return absent
      })
    },

    list(): readonly Problem[] {
      if (refusals.length === 0) return problems
      const others =
        refusals.length === 1 ? '' : `, and ${count(refusals.length - 1, 'other thing')} likewise`
      const cure = 'run as root to see it all'
      return [...problems, {code: 'fact-missing', message: `${refusals[0]}${others}`, cure}]
    },
  }
  return troubles
}
