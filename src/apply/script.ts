// Scripts of the disc. The agent reads the `#!` line and starts the interpreter itself: files from a datastore come
// without the x bit (contract §5).

import type {RunScriptAction} from '../action.ts'
import type {Problem} from '../problem.ts'
import {describeEnd, succeeded, toolEnvironment} from '../system/commands.ts'
import type {System} from '../system/system.ts'
import {type Handler, leftOut, type Result} from './workshop.ts'

export const logDirectory = '/var/log/vmcontext'
const defaultInterpreter = '/bin/sh'

export const runScriptHandler: Handler<RunScriptAction> = {
  async perform(action, {system, mayExecute}) {
    if (!mayExecute)
      return leftOut(`script ${action.name} was not run`, 'nothing of another root is executed')
    const {command, problems} = readInterpreter(system, action)
    const logPath = `${logDirectory}/${action.name.replaceAll('/', '_')}.log`
    const log = openLog(system, logPath)
    try {
      const result = await system.run({
        argv: [...command, action.path],
        timeoutMs: action.timeoutMs,
        environment: {...toolEnvironment, ...action.environment},
        directory: action.environment.MOUNT_DIR ?? '/',
        ...(typeof log === 'number' ? {outputTo: log} : {}),
      })
      const detail = `ran ${action.name}`
      if (succeeded(result)) return {status: 'changed', detail, problems}
      const cure = `its output is in ${logPath}`
      const failure: Problem = {code: 'deed-failed', message: `${action.name} ${describeEnd(result)}`, cure}
      return {status: 'failed', detail, problems: [...problems, failure]} satisfies Result
    } finally {
      if (typeof log === 'number') system.files.close(log)
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

/** A script whose log cannot be written runs all the same; the log is missing then. */
function openLog(system: System, path: string): number | undefined {
  try {
    system.files.makeDirectory(logDirectory, 0o700)
    return system.files.openToAppend(path)
  } catch {
    return undefined
  }
}
