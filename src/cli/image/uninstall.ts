// `vmcontext uninstall`.

import type {UninstallInvocation} from '../commands/install.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Runs the command and gives its exit code. */
export async function runUninstall(_invocation: UninstallInvocation, terminal: Terminal): Promise<number> {
  terminal.printError('vmcontext: not built yet\n')
  return exitCodes.notStarted
}
