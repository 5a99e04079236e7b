// `vmcontext rollback`.

import type {RollbackInvocation} from '../commands/rollback.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Prints it and gives the exit code. */
export async function runRollback(
  _invocation: RollbackInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  terminal.printError('not built yet\n')
  return exitCodes.notStarted
}
