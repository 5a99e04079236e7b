// From arguments to an exit code: every command, and the errors that none of them can handle.

import {resolve} from 'node:path'
import {boot} from '../boot.ts'
import {type Link, parseLinkList} from '../facts/network/links.ts'
import type {Verification} from '../plan/input.ts'
import type {Request} from '../prepare.ts'
import {openLog} from '../report/log.ts'
import {ManifestTooNewError} from '../report/manifest.ts'
import type {Outcome} from '../report/report.ts'
import {stopCommands} from '../system/commands.ts'
import {SystemError} from '../system/errors.ts'
import {LockedError} from '../system/lock.ts'
import {openSystem} from '../system/system.ts'
import {type ImageInvocation, type Invocation, parseCommandLine} from './command-line.ts'
import type {BootInvocation, PlanInvocation, VerificationChoice} from './commands/boot.ts'
import {openRoot, refuseEmpty, UsageError} from './usage.ts'

/** The outside world of a command: its arguments, its environment and where its text goes. */
export type Terminal = {
  args: readonly string[]
  environment: Readonly<Record<string, string | undefined>>
  isTerminal(): boolean
  print(text: string): void
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

async function run(invocation: Exclude<Invocation, {command: 'print'}>, terminal: Terminal, version: string) {
  if (isForImages(invocation)) {
    const {runImageCommand} = await import('./image-commands.ts')
    return runImageCommand(invocation, terminal, version)
  }
  const system = openSystem(openRoot(invocation.root))
  const request = readRequest(invocation, terminal)
  if (invocation.command === 'plan') {
    const {showPlan} = await import('./show-plan.ts')
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

function isForImages(invocation: Exclude<Invocation, {command: 'print'}>): invocation is ImageInvocation {
  return invocation.command !== 'boot' && invocation.command !== 'plan'
}

function readRequest(invocation: BootInvocation | PlanInvocation, terminal: Terminal): Request {
  const {command, stages, contextPath, overrides, linksPath, force, only} = invocation

  const context = contextPath === undefined ? undefined : resolve(refuseEmpty('--context', contextPath))
  const links = readLinkList(linksPath)
  const isAboutNics = only === undefined || only.includes('network') || only.includes('hostname')
  const waitsForNics = command === 'boot' && stages.includes('local') && isAboutNics
  const verification = command === 'boot' ? chooseVerification(invocation.verification, terminal) : undefined
  return {stages, contextPath: context, overrides, links, waitsForNics, verification, force, only}
}

const usualSeconds = 10

/** By hand a change is checked, and taken back if it cuts the guest off; an init script has to ask for it. */
function chooseVerification(
  {seconds, rollsBack}: VerificationChoice,
  terminal: Terminal,
): Verification | undefined {
  const isByHand = terminal.isTerminal()
  const isWanted = seconds !== undefined || rollsBack === true || isByHand
  if (seconds === false || !isWanted) return undefined
  return {seconds: seconds ?? usualSeconds, rollsBack: rollsBack ?? isByHand}
}

function readLinkList(path: string | undefined): Link[] | undefined {
  if (path === undefined) return undefined
  const text = openSystem('/').files.readText(resolve(refuseEmpty('--links', path)))
  if (text === undefined) throw new UsageError(`--links: there is no file ${path}`)
  const links = parseLinkList(text)
  if (typeof links === 'string') throw new UsageError(`--links ${path}: ${links}`)
  return links
}

function exitCodeOf(outcome: Outcome, isStrict: boolean): number {
  if (outcome === 'failed') return exitCodes.failed
  return outcome === 'warnings' && isStrict ? exitCodes.failed : exitCodes.done
}

function complain(terminal: Terminal, message: string, exitCode: number): number {
  terminal.printError(`vmcontext: ${message}\n`)
  return exitCode
}
