// `vmcontext doctor`.

import type {DoctorInvocation} from '../commands/doctor.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Prints it and gives the exit code. */
export async function runDoctor(
  _invocation: DoctorInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  terminal.printError('not built yet\n')
  return exitCodes.notStarted
}
