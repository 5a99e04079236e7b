// `vmcontext explain`.

import type {ExplainInvocation} from '../commands/explain.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Prints it and gives the exit code. */
export async function runExplain(
  _invocation: ExplainInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  terminal.printError('not built yet\n')
  return exitCodes.notStarted
}
