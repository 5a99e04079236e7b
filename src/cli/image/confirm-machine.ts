// Questions before an image command does something, above all to the running machine itself: is it meant?

import {describeMachine} from '../../image/sight.ts'
import type {Target} from '../../image/target.ts'
import {escapeLine} from '../../system/commands.ts'
import type {System} from '../../system/system.ts'
import type {Terminal} from '../start.ts'
import {UsageError} from '../usage.ts'

/**
 * Asks where the running machine does not look like a guest. `deed` completes "really …".
 *
 * @returns false if the answer is no.
 * @throws UsageError if nobody is there to ask.
 */
export function confirmMachine(
  system: System,
  target: Target,
  {deed, yes, terminal}: {deed: string; yes: boolean; terminal: Terminal},
): boolean {
  if (!system.live || target.guest !== undefined || yes) return true
  describeForeign(system, terminal)
  return askYes(
    terminal,
    `Really ${deed} this machine itself? [y/N] `,
    'this machine is not a guest, and nobody is there to ask: --yes if it is meant all the same, else --root DIR',
  )
}

/** Shows a person what speaks against this machine being a guest. */
export function describeForeign(system: System, terminal: Terminal): void {
  const lines = describeMachine(system).map(line => `  ${escapeLine(line)}\n`)
  terminal.printError(`This machine is not a guest, as far as one can see:\n${lines.join('')}`)
}

/** Asks for a yes. @throws UsageError with `ifNobody` if nobody is there to ask. */
export function askYes(terminal: Terminal, question: string, ifNobody: string): boolean {
  const answer = terminal.ask(question)
  if (answer === undefined) throw new UsageError(ifNobody)
  return /^y(es)?$/i.test(answer)
}
