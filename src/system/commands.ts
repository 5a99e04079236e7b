// Programs of the guest: started with an environment made from nothing, in a process group of their own, for a
// bounded time. Nothing secret is ever passed as an argument.

import type {ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {statSync} from 'node:fs'
import type {Readable} from 'node:stream'
import {setTimeout as delay} from 'node:timers/promises'
import {execa, type Options} from 'execa'
import {describeCause} from './errors.ts'
import {lookAt} from './status.ts'

/** Where tools are looked for, whatever PATH the caller or the context has. */
export const toolDirectories = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
] as const

/** All that a tool gets from us (contract §2). */
export const toolEnvironment = {PATH: toolDirectories.join(':'), HOME: '/root', LC_ALL: 'C'} as const

export type Command = {
  argv: readonly [string, ...string[]]
  /** Infinity: none. */
  timeoutMs: number
  environment?: Readonly<Record<string, string>>
  directory?: string
  /** Text for its standard input; the place for secrets. */
  input?: string
  /** An open file that takes both outputs instead of the result. */
  outputTo?: number
  /**
   * Its standard output is a value that is wanted whole, of so many bytes at most: waited for to its end, and kept
   * apart from what is said on standard error.
   */
  valueLimit?: number
  /** Done even after `stopCommands`: unmounting, and taking back what cut the guest off. */
  essential?: boolean
}

export type CommandResult = {
  ended: 'exited' | 'killed' | 'timed out' | 'not started'
  exitCode: number | undefined
  signal?: string | undefined
  /** Both outputs as they came, at most 64 KiB; with `valueLimit` standard error alone. */
  output: string
  /** Standard output where it is a value; undefined if there was more of it than was wanted, or no end of it. */
  value?: Buffer | undefined
  /** The cause when it was not started. */
  cause?: string | undefined
}

const outputLimit = 64 * 1024
/** How long the end of a value is waited for once the program itself has ended. */
const valueDrainMs = 5000
/** How long the rest of an output is waited for once the program itself has ended: a daemon may hold it open. */
const drainMs = 100
/** How long a process group has between SIGTERM and SIGKILL. */
const killDelayMs = 2000
/** How long the end of a killed program is waited for: one that waits for a dead disk or server does not even die. */
const dyingMs = 3000

/** Runs a program to its end, or to its timeout: then its whole process group is ended. Never throws. */
export async function runCommand(command: Command): Promise<CommandResult> {
  if (isStopped && !command.essential) return {...notStarted, cause: 'vmcontext was told to stop'}
  const [file, ...args] = command.argv
  const promise = execa(file, args, executionOptions(command))
  const child = promise.nodeChildProcess
  if (child.pid === undefined) return {...notStarted, cause: describeCause((await promise).cause)}
  const outputs = [child.stdout, child.stderr].filter(stream => stream !== null)
  const {valueLimit} = command
  const value = valueLimit === undefined ? undefined : collect([child.stdout!], valueLimit + 1)
  const output = collect(valueLimit === undefined ? outputs : [child.stderr!], outputLimit)
  const watchdog = watchGroup(child.pid, command.timeoutMs)
  running.add(child.pid)
  await Promise.race([endOf(child, outputs, value === undefined ? drainMs : valueDrainMs), watchdog.givenUp])
  running.delete(child.pid)
  watchdog.stop()
  const isWhole = child.stdout?.closed && value !== undefined && value().length <= valueLimit!
  for (const stream of outputs) stream.destroy()
  const ended = watchdog.expired() ? 'timed out' : child.signalCode === null ? 'exited' : 'killed'
  return {
    ended,
    exitCode: child.exitCode ?? undefined,
    signal: child.signalCode ?? undefined,
    output: output().toString('utf8'),
    ...(isWhole ? {value: value()} : {}),
  }
}

/** Runs a program without watching over it, and so without a timer: for the warm-up, which may set none. */
export async function runUnlimited(command: Command): Promise<void> {
  const [file, ...args] = command.argv
  const promise = execa(file, args, executionOptions(command))
  const {stdout, stderr} = promise.nodeChildProcess
  collect([stdout!, stderr!], outputLimit)()
  await promise
}

const running = new Set<number>()
let isStopped = false

/** Aborts when the agent is told to stop: for what waits and is no program. */
export function stopSignal(): AbortSignal {
  stopping ??= new AbortController()
  if (isStopped) stopping.abort()
  return stopping.signal
}

let stopping: AbortController | undefined

/** Ends whatever runs, with its process group, and starts nothing more: the agent was told to stop. */
export function stopCommands(): void {
  isStopped = true
  stopping?.abort()
  for (const pid of running) signalGroup(pid, 'SIGTERM')
  setTimeout(() => {
    for (const pid of running) signalGroup(pid, 'SIGKILL')
  }, killDelayMs).unref()
}

const notStarted = {ended: 'not started', exitCode: undefined, output: ''} as const

/** Tells in words how a program ended, for a sentence that begins with its name: "exited with 3: no such user". */
export function describeEnd(result: CommandResult): string {
  const lines = result.output.trimEnd().split('\n')
  // What is indented only goes on about it: "dmesg(1) may have more information after failed mount system call."
  const reason = lines.findLast(line => /^\S/.test(line)) ?? lines.at(-1)!.trim()
  const said = reason === '' ? '' : `: ${escapeControls(reason)}`
  if (result.ended === 'not started') return `could not be started: ${result.cause}`
  if (result.ended === 'timed out') return `did not end in time and was killed${said}`
  if (result.ended === 'killed') return `was killed by ${result.signal}${said}`
  return `exited with ${result.exitCode}${said}`
}

/** Tells whether a program did what it was started for. */
export function succeeded(result: CommandResult): boolean {
  return result.ended === 'exited' && result.exitCode === 0
}

/**
 * Shows control characters instead of obeying them, so that no output can rewrite a terminal or a log; and those that
 * turn the direction of a line, which can make it read as another one (CVE-2021-42574).
 */
export function escapeControls(text: string): string {
  return text.replace(
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    character => {
      const code = character.charCodeAt(0).toString(16)
      return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
    },
  )
}

/** The same for a text that has to stay one line, so that no name can pass for a line of ours. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n')
}

/** Without it nothing could be started that is to read nothing, and the program would be said to be missing. */
function hasNull(): boolean {
  return lookAt(statSync, '/dev/null') !== undefined
}

function executionOptions(command: Command): Options {
  // Any descriptor will do; execa's types list the first ten only.
  const output = (command.outputTo ?? 'pipe') as 'pipe'
  return {
    cwd: command.directory ?? '/',
    env: {...(command.environment ?? toolEnvironment)},
    extendEnv: false,
    ...(command.input === undefined && hasNull() ? {stdin: 'ignore'} : {input: command.input ?? ''}),
    stdout: output,
    stderr: output,
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  }
}

/** Collects what streams bring, up to the limit; the rest is read and dropped. */
function collect(streams: readonly Readable[], limit: number): () => Buffer {
  const chunks: Buffer[] = []
  let size = 0
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      if (size < limit) chunks.push(chunk)
      size += chunk.length
    })
  }
  return () => Buffer.concat(chunks).subarray(0, limit)
}

/** Resolves when the program itself has ended, not its outputs: a daemon it left may hold them open for ever. */
async function endOf(child: ChildProcess, outputs: readonly Readable[], limitMs: number): Promise<void> {
  const drained = Promise.all(outputs.map(stream => once(stream, 'close')))
  await once(child, 'exit')
  if (outputs.length === 0) return
  await Promise.race([drained, delay(limitMs, undefined, {ref: false})])
}

/** Ends a process group when its time is over: SIGTERM first, SIGKILL for what is still there. */
function watchGroup(pid: number, timeoutMs: number) {
  const timers: NodeJS.Timeout[] = []
  const {promise: givenUp, resolve: giveUp} = Promise.withResolvers<void>()
  let expired = false
  const kill = () => {
    signalGroup(pid, 'SIGKILL')
    timers.push(setTimeout(giveUp, dyingMs))
  }
  const end = () => {
    expired = true
    signalGroup(pid, 'SIGTERM')
    timers.push(setTimeout(kill, killDelayMs))
  }
  if (timeoutMs < Number.POSITIVE_INFINITY) timers.push(setTimeout(end, timeoutMs))
  return {
    expired: () => expired,
    givenUp,
    stop() {
      for (const timer of timers) clearTimeout(timer)
      // Whatever ignored SIGTERM while its leader left goes now: nothing of a script outlives its timeout.
      if (expired) signalGroup(pid, 'SIGKILL')
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody of the group is left.
  }
}
