// How a script is started: by the interpreter of its `#!` line, which the agent starts itself because files from a
// datastore come without the x bit (contract §5).

import type {RunScriptAction} from '../../action/scripts.ts'
import type {Problem} from '../../problem.ts'
import {stateDirectory} from '../../report/manifest.ts'
import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'

/** For texts and copies: /run and /tmp may be mounted noexec, and others can look into /tmp. */
const directory = `${stateDirectory}/tmp`
const defaultInterpreter = '/bin/sh'

/** The command that starts a script, and what to do when it has ended. */
export type StartableScript = {
  command: readonly [string, ...string[]]
  problems: Problem[]
  remove(): void
}

/** Makes a script ready to start. Gives the reason, in words that follow its name, if it cannot be. */
export function prepareScript(system: System, action: RunScriptAction): StartableScript | string {
  const {files} = system
  const {name, text} = action
  const path = text === undefined ? action.path : copyPath(name)
  const bytes = text && Buffer.from(text.reveal(), 'latin1')
  const head = bytes?.subarray(0, headLength) ?? files.readAt(path, 0, headLength)
  if (head === undefined)
    return `is not there any more: there is no ${path}; a script before it may have unmounted the disc`
  const start = readStart(head)
  if (start.kind === 'foreign') return 'is neither a script nor a program'
  if (start.kind === 'program' && !canRun(system, start.machine))
    return 'is a program for another kind of machine'
  const missing = start.kind === 'script' ? findMissing(system, start.interpreter) : undefined
  if (missing !== undefined) return `cannot be run: there is no interpreter ${missing} here`
  const problems = start.kind === 'script' && start.hasCarriageReturn ? [describeCarriageReturn(name)] : []
  const isStartable = start.kind === 'script' || ((files.status(path)?.mode ?? 0) & 0o111) !== 0
  const copy = bytes ?? (isStartable ? undefined : files.read(path))
  const place = copy === undefined ? path : copyPath(name)
  if (copy !== undefined) writeCopy(system, place, copy, start.kind === 'script' ? 0o600 : 0o700)
  const command = start.kind === 'script' ? ([...start.command, place] as const) : ([place] as const)
  return {command, problems, remove: () => copy && files.remove(place)}
}

/** Removes what a run that was killed has left. */
export function clearScriptFiles({files}: System): void {
  for (const name of files.list(directory)) files.remove(`${directory}/${name}`)
}

function copyPath(name: string): string {
  return `${directory}/${name.replaceAll('/', '_')}`
}

function writeCopy({files}: System, path: string, bytes: Uint8Array, mode: number): void {
  files.makeDirectory(stateDirectory, 0o700)
  files.makeDirectory(directory, 0o700)
  files.write(path, bytes, {mode, durable: false})
}

/** As much as the kernel looks at (BINPRM_BUF_SIZE). */
const headLength = 256

type Start =
  | {kind: 'script'; command: [string, ...string[]]; interpreter: string; hasCarriageReturn: boolean}
  | {kind: 'program'; machine: number}
  | {kind: 'foreign'}

/** The interpreter and its one argument, as execve(2) takes them from the first line. */
function readStart(head: Buffer): Start {
  if (head.subarray(0, 4).toString('latin1') === '\x7fELF')
    return {kind: 'program', machine: readMachine(head)}
  // A shell would run what happens to look like commands in a picture or an archive.
  if (head.includes(0)) return {kind: 'foreign'}
  const line = /^#![ \t]*([^\n]*)/.exec(head.toString('latin1'))?.[1] ?? ''
  const [, interpreter = '', argument] = /^(\S*)(?:[ \t]+(.*))?$/s.exec(line.trim()) ?? []
  const hasCarriageReturn = line.endsWith('\r')
  const command: [string, ...string[]] = [interpreter || defaultInterpreter]
  if (argument !== undefined) command.push(argument)
  return {kind: 'script', command, interpreter: command[0], hasCarriageReturn}
}

/** The kind of machine that a program is for, or that of a shell (elf(5), e_machine). */
function readMachine(head: Buffer): number {
  return head.length < 20 ? 0 : head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)
}

/** On machines of 64 bits those of 32 may run: x86, Arm. */
const alsoRun = new Map([
  [62, 3],
  [183, 40],
])

/** Has to be asked: execvp(3) gives what the kernel refuses to a shell, which runs whatever looks like commands. */
function canRun({files}: System, machine: number): boolean {
  const own = readMachine(files.readAt(defaultInterpreter, 0, 20) ?? Buffer.alloc(0))
  return own === 0 || machine === own || machine === alsoRun.get(own)
}

/** Without a slash it is looked for as tools are. */
function findMissing(system: System, interpreter: string): string | undefined {
  const isThere = interpreter.includes('/')
    ? system.files.status(interpreter) !== undefined
    : findProgram(system, interpreter) !== undefined
  return isThere ? undefined : interpreter
}

function describeCarriageReturn(name: string): Problem {
  const message = `${name} has Windows line ends; the one in its first line is passed over`
  return {code: 'value-adjusted', message, cure: 'convert the script with dos2unix'}
}
