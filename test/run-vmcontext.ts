// Runs vmcontext in this process, as its main function would, on a root directory.

import {start} from '../src/cli/start.ts'

export type Run = {exitCode: number; output: string; errors: string}

/** Runs a command line and gives its exit code and what it printed. */
export async function runVmcontext(...args: string[]): Promise<Run> {
  return runRelease(args, {})
}

/** The same before a terminal of 80 columns that has colours. */
export async function runOnTerminal(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  return runRelease(args, {isTerminal: true, environment: {TERM: 'xterm', ...environment}})
}

type Surroundings = {
  version?: string
  environment?: Readonly<Record<string, string>>
  isTerminal?: boolean
}

/** The same for another release than 0.0.0, or in an environment. */
export async function runRelease(
  args: readonly string[],
  {version = '0.0.0', environment = {}, isTerminal = false}: Surroundings,
): Promise<Run> {
  const said = {output: '', errors: ''}
  const exitCode = await start(
    {
      args,
      environment,
      isTerminal: () => isTerminal,
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
