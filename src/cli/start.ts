// From arguments to an exit code: every command, and the errors that none of them can handle.

import {boot} from '../boot.ts'
import type {Request} from '../prepare.ts'
import {openLog} from '../report/log.ts'
import {ManifestTooNewError} from '../report/manifest.ts'
import type {Outcome} from '../report/report.ts'
import {escapeControls, stopCommands} from '../system/commands.ts'
import {SystemError} from '../system/errors.ts'
import {LockedError} from '../system/lock.ts'
import {
  type ByHandInvocation,
  type ImageInvocation,
  type Invocation,
  parseCommandLine,
} from './command-line.ts'
import type {BootInvocation, PlanInvocation} from './commands/boot.ts'
import {chooseVerification, readRequest} from './request.ts'
import {openGuest, UsageError} from './usage.ts'

/** The outside world of a command: its arguments, its environment and where its text goes. */
export type Terminal = {
  args: readonly string[]
  environment: Readonly<Record<string, string | undefined>>
  isTerminal(): boolean
  /** The width of the terminal; 80 where there is none. */
  columns(): number
  /** Prints a text; bytes go out as they are. */
  print(text: string | Uint8Array): void
  /** False once nobody reads any more what is printed (`| head`). */
  hasReader?(): boolean
  printError(text: string): void
  /** Asks a person for a line; undefined if nobody sits there. */
  ask(question: string): string | undefined
  /** Calls back whenever the program is told to end (SIGTERM, SIGINT, SIGHUP). */
  onStop(stop: () => void): void
}

/** Exit codes, everywhere (contract §7). */
export const exitCodes = {done: 0, failed: 1, usage: 2, notStarted: 3} as const

/** Does what the arguments ask for and gives the exit code. */
export async function start(terminal: Terminal, version: string): Promise<number> {
  const invocation = parseCommandLine(terminal.args, `vmcontext ${version}`)
  if (invocation.command === 'print') {
    const print = invocation.exitCode === 0 ? terminal.print : terminal.printError
    print(invocation.text)
    return invocation.exitCode
  }
  terminal.onStop(stopCommands)
  try {
    return await run(invocation, terminal, version)
  } catch (error) {
    if (error instanceof UsageError) return complain(terminal, error.message, exitCodes.usage)
    const isExpected = [LockedError, ManifestTooNewError, SystemError].some(kind => error instanceof kind)
    if (isExpected) return complain(terminal, (error as Error).message, exitCodes.notStarted)
    const stack = error instanceof Error ? error.stack : String(error)
    return complain(
      terminal,
      `this is a defect of vmcontext, please report it\n${stack}`,
      exitCodes.notStarted,
    )
  }
}

type Started = Exclude<Invocation, {command: 'print'}>

async function run(invocation: Started, terminal: Terminal, version: string): Promise<number> {
  if (isForImages(invocation)) {
    const {runImageCommand} = await import('./image-commands.ts')
    return runImageCommand(invocation, terminal, version)
  }
  if (isByHand(invocation)) {
    const {runByHandCommand} = await import('./by-hand-commands.ts')
    return runByHandCommand(invocation, terminal, version)
  }
  const system = openGuest(invocation.root)
  const request = readBootRequest(invocation, terminal)
  if (invocation.command === 'plan') {
    const {showPlan} = await import('./by-hand/plan.ts')
    return showPlan(system, request, {...invocation, terminal})
  }
  const isJournal = terminal.environment.JOURNAL_STREAM !== undefined && !terminal.isTerminal()
  const log = openLog({
    writeConsole: terminal.print,
    consoleKind: isJournal ? 'journal' : 'plain',
    isQuiet: invocation.quiet,
    system,
  })
  const report = await boot(system, {...request, agent: `vmcontext ${version}`, log})
  if (report === undefined) log.info('vmcontext: switched off by the kernel command line or vmcontext.conf')
  return exitCodeOf(report?.outcome ?? 'done', invocation.strict)
}

function isForImages(invocation: Started): invocation is ImageInvocation {
  return ['disc build', 'disc show', 'disc check', 'install', 'uninstall', 'seal'].includes(
    invocation.command,
  )
}

function isByHand(invocation: Started): invocation is ByHandInvocation {
  return invocation.command !== 'boot' && invocation.command !== 'plan' && !isForImages(invocation)
}

function readBootRequest(invocation: BootInvocation | PlanInvocation, terminal: Terminal): Request {
  const {command, stages, force, only} = invocation
  const isAboutNics = only === undefined || only.includes('network') || only.includes('hostname')
  const waitsForNics = command === 'boot' && stages.includes('local') && isAboutNics
  const verification = command === 'boot' ? chooseVerification(invocation.verification, terminal) : undefined
  return {...readRequest(invocation), stages, waitsForNics, verification, force, only}
}

function exitCodeOf(outcome: Outcome, isStrict: boolean): number {
  if (outcome === 'failed') return exitCodes.failed
  return outcome === 'warnings' && isStrict ? exitCodes.failed : exitCodes.done
}

/** A path in it may have been named by anybody: `vmcontext replay /tmp/*`. */
function complain(terminal: Terminal, message: string, exitCode: number): number {
  terminal.printError(`vmcontext: ${escapeControls(message)}\n`)
  return exitCode
}
