// `vmcontext disc check`.

import type {DiscCheckInvocation} from '../commands/disc.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Runs the command and gives its exit code. */
export async function runDiscCheck(_invocation: DiscCheckInvocation, terminal: Terminal): Promise<number> {
  terminal.printError('vmcontext: not built yet\n')
  return exitCodes.notStarted
}
