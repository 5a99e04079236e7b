// Runs vmcontext in this process, as its main function would, on a root directory.

import {start} from '../src/cli/start.ts'

export type Run = {exitCode: number; output: string; errors: string}

/** Runs a command line and gives its exit code and what it printed. */
export async function runVmcontext(...args: string[]): Promise<Run> {
  return runRelease(args, {})
}

/** The same for another release than 0.0.0, or in an environment. */
export async function runRelease(
  args: readonly string[],
  {version = '0.0.0', environment = {}}: {version?: string; environment?: Readonly<Record<string, string>>},
): Promise<Run> {
  const said = {output: '', errors: ''}
  const exitCode = await start(
    {
      args,
      environment,
      isTerminal: () => false,
      columns: () => 80,
      print(text) {
        said.output += text
      },
      printError(text) {
        said.errors += text
      },
      ask: () => undefined,
      onStop() {},
    },
    version,
  )
  return {exitCode, ...said}
}
