// `vmcontext replay`.

import type {ReplayInvocation} from '../commands/report.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Prints it and gives the exit code. */
export async function runReplay(
  _invocation: ReplayInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  terminal.printError('not built yet\n')
  return exitCodes.notStarted
}
