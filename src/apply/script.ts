// Scripts of the disc. The agent reads the `#!` line and starts the interpreter itself: files from a datastore come
// without the x bit (contract §5).

import type {RunScriptAction} from '../action.ts'
import type {Problem} from '../problem.ts'
import {describeEnd, succeeded, toolEnvironment} from '../system/commands.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import {type Handler, leftOut, type Result} from './workshop.ts'

const logDirectory = '/var/log/vmcontext'
const defaultInterpreter = '/bin/sh'

export const runScriptHandler: Handler<RunScriptAction> = {
  async perform(action, {system, mayExecute}) {
    if (!mayExecute)
      return leftOut(`script ${action.name} was not run`, 'nothing of another root is executed')
    const {command, problems} = readInterpreter(system, action)
    const logPath = `${logDirectory}/${action.name.replaceAll('/', '_')}.log`
    const log = openLog(system, logPath)
    problems.push(...log.problems)
    try {
      const result = await system.run({
        argv: [...command, action.path],
        timeoutMs: action.timeoutMs,
        environment: {...toolEnvironment, ...action.environment},
        directory: action.environment.MOUNT_DIR ?? '/',
        outputTo: log.descriptor,
      })
      const detail = `ran ${action.name}`
      if (succeeded(result)) return {status: 'changed', detail, problems}
      const cure = log.problems.length === 0 ? `its output is in ${logPath}` : undefined
      const failure: Problem = {code: 'deed-failed', message: `${action.name} ${describeEnd(result)}`, cure}
      return {status: 'failed', detail, problems: [...problems, failure]} satisfies Result
    } finally {
      system.files.close(log.descriptor)
    }
  },
}

type Interpreter = {command: [string, ...string[]]; problems: Problem[]}

/** The interpreter and its one argument, as execve(2) takes them from the first line. */
function readInterpreter(system: System, {name, path}: RunScriptAction): Interpreter {
  const head = system.files.readAt(path, 0, 256)?.toString('latin1') ?? ''
  const line = /^#![ \t]*([^\n]*)/.exec(head)?.[1]
  if (line === undefined) return {command: [defaultInterpreter], problems: []}
  const [interpreter, argument] = splitOnce(line.trim())
  const problems: Problem[] = []
  if (/\r$/.test(line)) {
    const message = `${name} has Windows line ends; the one in its first line is passed over`
    problems.push({code: 'value-adjusted', message, cure: 'convert the script with dos2unix'})
  }
  if (interpreter === '') return {command: [defaultInterpreter], problems}
  return {command: argument === undefined ? [interpreter] : [interpreter, argument], problems}
}

function splitOnce(line: string): [string, string | undefined] {
  const match = /^(\S*)(?:[ \t]+(.*))?$/s.exec(line)
  return [match?.[1] ?? '', match?.[2]]
}

type ScriptLog = {descriptor: number; problems: Problem[]}

/**
 * Opens the log of a script, the one place that takes its output as it comes: it may tell secrets. Where there is none
 * the script runs all the same, and what it says is lost.
 */
function openLog({files}: System, path: string): ScriptLog {
  return unlessRefused(
    () => {
      files.makeDirectory(logDirectory, 0o700)
      return {descriptor: files.openToAppend(path), problems: []}
    },
    refusal => {
      const message = `${refusal.message}; what the script says is lost`
      return {descriptor: files.openToAppend('/dev/null'), problems: [{code: 'record-damaged', message}]}
    },
  )
}
