// `vmcontext disc show`.

import type {DiscShowInvocation} from '../commands/disc.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Runs the command and gives its exit code. */
export async function runDiscShow(_invocation: DiscShowInvocation, terminal: Terminal): Promise<number> {
  terminal.printError('vmcontext: not built yet\n')
  return exitCodes.notStarted
}
