// Runs the agent in this process on a root file system in a directory.

import {start} from '../src/cli/start.ts'

/** Runs `vmcontext boot` and gives what it said, times left out, with the exit code as the last line. */
export async function bootRoot(root: string, ...options: readonly string[]): Promise<string> {
  let said = ''
  const print = (text: string) => {
    said += text
  }
  const args = ['boot', '--root', root, ...options]
  const terminal = {
    args,
    environment: {},
    isTerminal: () => false,
    columns: () => 80,
    print,
    printError: print,
    ask: () => undefined,
    onStop() {},
  }
  const exitCode = await start(terminal, '0.0.0')
  return `${withoutTimes(said)}exit ${exitCode}\n`
}

/** What the agent says is the same twice but for how long it took. */
export function withoutTimes(said: string): string {
  return said.replaceAll(/ +\d+ ms$/gm, '').replaceAll(/ in \d+\.\d\d s/g, '')
}

/** Tells whether a path below a root is one of the agent's own records. */
export function isRecord(path: string): boolean {
  return /^(var\/lib\/vmcontext|run\/vmcontext|var\/log)\b/.test(path)
}
