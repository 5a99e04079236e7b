// Runs vmcontext in this process, as its main function would, on a root directory.

import {start} from '../src/cli/start.ts'

/** `asked`: the questions that were put. */
export type Run = {exitCode: number; output: string; errors: string; asked: string[]}

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
  /** What somebody says to a question; undefined: nobody sits there. */
  answer?: () => string
}

/** The same for another release than 0.0.0, or in an environment. */
export async function runRelease(
  args: readonly string[],
  {version = '0.0.0', environment = {}, isTerminal = false, answer}: Surroundings,
): Promise<Run> {
  const said = {output: '', errors: '', asked: [] as string[]}
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
      ask(question) {
        said.asked.push(question)
        return answer?.()
      },
      onStop() {},
    },
    version,
  )
  return {exitCode, ...said}
}
