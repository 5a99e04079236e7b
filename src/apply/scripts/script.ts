// Scripts: of the disc, of the context itself, of the image.

import type {OnceMark, RunScriptAction} from '../../action/scripts.ts'
import {begunMark, failedMark} from '../../plan/scripts/once.ts'
import {
  type CommandResult,
  describeEnd,
  stopSignal,
  succeeded,
  toolEnvironment,
} from '../../system/commands.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {failed, type Handler, leftOut, type Result, type Workshop} from '../workshop.ts'
import {markOnce, noteEnd, takeMissing} from './once.ts'
import {prepareScript, type StartableScript} from './script-file.ts'
import {openScriptLog, type ScriptLog} from './script-log.ts'

export const runScriptHandler: Handler<RunScriptAction> = {
  async perform(action, workshop) {
    const {system, mayExecute} = workshop
    const {name} = action
    // Taken even if this is not begun: another step has files of its own.
    const lacksFile = action.once !== undefined && takeMissing(workshop)
    if (!mayExecute) return leftOut(`script ${name} was not run`, 'nothing of another root is executed')
    const timeoutMs = limitTime(action, workshop)
    if (timeoutMs <= 0) {
      const cure = 'put what takes long into /etc/vmcontext.d/final'
      return failed(`script ${name}`, `${name} was not run: those before it took all the time there is`, cure)
    }
    const script = prepareScript(system, action)
    if (typeof script === 'string') return failed(`script ${name}`, `${name} ${script}`, startCure)
    const log = openScriptLog(system, name)
    let end = 'was not run'
    try {
      const run = {...action, timeoutMs, lacksFile, outputTo: log.descriptor}
      const result = await runAndNote(script, run, workshop)
      end = describeEnd({...result, output: ''})
      return describeResult(action, result, script, log)
    } finally {
      log.close(end)
      unlessRefused(script.remove, () => undefined)
    }
  },
}

/** A script says in its first line what runs it. */
const startCure = 'see its first line (#!), and that this image has what it names'

/** What is left of the time that several share. */
function limitTime({timeoutMs, sharedMs}: RunScriptAction, {sharedMsSpent = 0}: Workshop): number {
  return sharedMs === undefined ? timeoutMs : Math.min(timeoutMs, sharedMs - sharedMsSpent)
}

/** `lacksFile`: a file that belongs to it could not be written. */
type ScriptRun = RunScriptAction & {lacksFile: boolean; outputTo: number}

/**
 * Runs a script. What is done once for good is marked before it begins: a script that reboots the machine must not be
 * run again by that. One that never began is not done.
 */
async function runAndNote(
  {command}: StartableScript,
  {environment, timeoutMs, outputTo, sharedMs, once, lacksFile}: ScriptRun,
  workshop: Workshop,
): Promise<CommandResult> {
  const {system, manifest} = workshop
  const before = once && manifest.once[once.step]
  if (once !== undefined) markOnce(workshop, withWord(once, begunMark))
  const begin = performance.now()
  const result = await system.run({
    argv: command,
    timeoutMs,
    environment: {...toolEnvironment, ...environment},
    directory: findDirectory(system, environment),
    outputTo,
  })
  if (sharedMs !== undefined)
    workshop.sharedMsSpent = (workshop.sharedMsSpent ?? 0) + performance.now() - begin
  if (once === undefined) return result
  const {mark} = succeeded(result) && !lacksFile ? once : withWord(once, wordFor(result))
  noteEnd(workshop, once.step, result.ended === 'not started' ? before : mark)
  return result
}

/** A script that reboots the machine may be ended by that itself. */
function wordFor({ended}: CommandResult): string {
  return ended === 'killed' && stopSignal().aborted ? begunMark : failedMark
}

function withWord({step, mark}: OnceMark, word: string): OnceMark {
  return {step, mark: `${mark} ${word}`}
}

/** The mount point, which a script may have taken away for those after it. */
function findDirectory({files}: System, environment: RunScriptAction['environment']): string {
  const directory = environment.MOUNT_DIR ?? '/'
  return files.status(directory)?.isDirectory() ? directory : '/'
}

function describeResult(
  {name, once}: RunScriptAction,
  result: CommandResult,
  {problems}: StartableScript,
  log: ScriptLog,
): Result {
  const found = [...problems, ...log.problems]
  const detail = `ran ${name}`
  if (succeeded(result)) return {status: 'changed', detail, problems: found}
  const isOver = once !== undefined && result.ended !== 'not started'
  const cure = [
    log.path === undefined ? 'run it by hand to see what it says' : `its output is in ${log.path}`,
    ...(isOver ? [`it is not run again by itself; vmcontext boot --only ${once.step} does`] : []),
  ].join('; ')
  const message = `${name} ${describeEnd({...result, output: log.lastLine()})}`
  return {
    status: 'failed',
    detail,
    problems: [...found, {code: 'deed-failed', message, cure}],
  }
}
