// `vmcontext install`.

import type {InstallInvocation} from '../commands/install.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Runs the command and gives its exit code. */
export async function runInstall(
  _invocation: InstallInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  const {payload} = await import('../../image/install/payload.ts')
  terminal.printError(`vmcontext: not built yet\n${Object.keys(payload).join('\n')}\n`)
  return exitCodes.notStarted
}
