// The agent for another architecture, run on this machine.

import {execFile} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import process from 'node:process'
import {promisify} from 'node:util'
import {type Architecture, architectures, executables} from '../../packaging/base.ts'
import {holdLock} from '../guests/host.ts'

const run = promisify(execFile)
const repository = join(import.meta.dirname, '..', '..')

/** How a program ended. */
export type Ended = {exitCode: number; stdout: string; stderr: string}

/** Gives the executable for an architecture, built anew if it is not of the script that dist/vmcontext is of. */
export async function provideExecutable(architecture: Architecture): Promise<string> {
  const executable = executables[architecture]
  await using _lock = await holdLock('executable')
  if (!isOfSameScript(executable, executables.x64)) {
    await run(process.execPath, ['packaging/build.ts', '--arch', architecture], {cwd: repository})
    if (!isOfSameScript(executable, executables.x64)) {
      throw new Error('src has changed since dist/vmcontext was built: npm run build')
    }
  }
  return executable
}

function isOfSameScript(one: string, other: string): boolean {
  const [script, otherScript] = [`${one}.cjs`, `${other}.cjs`]
  if (![one, script, otherScript].every(path => existsSync(path))) return false
  return readFileSync(script).equals(readFileSync(otherScript))
}

/**
 * Runs a program for an architecture, under qemu if need be; `cpu` is a model that qemu knows. The environment of the
 * program is empty.
 */
export async function runForeign(
  architecture: Architecture,
  program: readonly [string, ...string[]],
  cpu?: string,
): Promise<Ended> {
  const [emulator, ...options] = architectures[architecture].emulator as readonly string[]
  const model = cpu === undefined ? [] : ['-cpu', cpu]
  const argv = emulator === undefined ? program : [emulator, ...options, ...model, ...program]
  // Long beyond any run: only that none hangs for ever.
  return run('env', ['-i', ...argv], {timeout: 180_000}).then(
    ({stdout, stderr}) => ({exitCode: 0, stdout, stderr}),
    ({code, stdout, stderr}) => ({exitCode: typeof code === 'number' ? code : -1, stdout, stderr}),
  )
}
