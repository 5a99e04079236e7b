// `vmcontext disc build`.

import type {DiscBuildInvocation} from '../commands/disc.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Runs the command and gives its exit code. */
export async function runDiscBuild(_invocation: DiscBuildInvocation, terminal: Terminal): Promise<number> {
  terminal.printError('vmcontext: not built yet\n')
  return exitCodes.notStarted
}
