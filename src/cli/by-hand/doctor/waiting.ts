// Tells a person on a terminal what is being waited for, and wipes it away again. Nothing else is ever wiped: it stands
// on standard error, in the line that the next check takes.

import type {Check} from '../../../doctor/check.ts'
import type {Terminal} from '../../start.ts'

export type Waiting = {say(what: string): void; begin(check: Check): void; end(): void}

const wipe = '\r\x1b[K'

/** Makes the teller; in a pipe it says nothing. */
export function createWaiting({isTerminal, environment, printError}: Terminal): Waiting {
  let isShown = false
  const canWipe = isTerminal() && environment.TERM !== 'dumb'
  const say = (what: string) => {
    if (!canWipe) return
    isShown = true
    printError(`  ...      ${what}`.slice(0, 79))
  }
  return {
    say,
    begin({isSlow, id, title}) {
      if (isSlow) say(`${id}: looking at ${title}`)
    },
    end() {
      if (isShown) printError(wipe)
      isShown = false
    },
  }
}
