// `vmcontext status`.

import type {StatusInvocation} from '../commands/status.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Prints it and gives the exit code. */
export async function runStatus(
  _invocation: StatusInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  terminal.printError('not built yet\n')
  return exitCodes.notStarted
}
