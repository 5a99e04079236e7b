// `vmcontext report`.

import type {ReportInvocation} from '../commands/report.ts'
import {exitCodes, type Terminal} from '../start.ts'

/** Prints it and gives the exit code. */
export async function runReport(
  _invocation: ReportInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  terminal.printError('not built yet\n')
  return exitCodes.notStarted
}
