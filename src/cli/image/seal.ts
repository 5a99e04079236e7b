// `vmcontext seal`.

import type {SealInvocation} from '../commands/seal.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Runs the command and gives its exit code. */
export async function runSeal(_invocation: SealInvocation, terminal: Terminal): Promise<number> {
  terminal.printError('vmcontext: not built yet\n')
  return exitCodes.notStarted
}
