// What a script says: a log of its own, the one place that takes its output as it comes. It may tell secrets, and is
// for root alone from birth (contract §5).

import type {Problem} from '../../problem.ts'
import {isOnlyOurs} from '../../system/directory.ts'
import {SystemError, unlessRefused} from '../../system/errors.ts'
import type {Files} from '../../system/files.ts'
import type {System} from '../../system/system.ts'

const directory = '/var/log/vmcontext'
/** From here on the next run begins a new log and keeps this one beside it: no log grows from boot to boot. */
const sizeLimit = 1024 * 1024
/** A longer line is no message, and half of it may be half of a secret, which nobody would know for one. */
const lineLimit = 300

export type ScriptLog = {
  /** Takes the output. The caller closes the log. */
  descriptor: number
  /** Undefined where there is none: the script runs all the same, and what it says is lost. */
  path?: string | undefined
  problems: Problem[]
  /** The last line that the script has written; '' if there is none that can be shown. */
  lastLine(): string
  /** Writes how it ended, and closes the log. */
  close(end: string): void
}

/** Opens the log of a script and writes what begins, and when. */
export function openScriptLog({files}: System, name: string): ScriptLog {
  const path = `${directory}/${name.replaceAll('/', '_')}.log`
  return unlessRefused(
    () => {
      prepareDirectory(files)
      if (sizeOf(files, path) > sizeLimit) files.rename(path, `${path}.old`)
      const descriptor = files.openToAppend(path)
      files.append(path, `--- ${name} begins, ${new Date().toISOString()}\n`)
      const begin = sizeOf(files, path)
      return {
        ...{descriptor, path, problems: []},
        lastLine: () => readLastLine(files, path, begin),
        close: end => close(files, descriptor, () => sayEnd(files, path, `--- ${name} ${end}\n`)),
      }
    },
    refusal => {
      const descriptor = files.openToAppend('/dev/null')
      const message = `${refusal.message}; what the script says is lost`
      const problems: Problem[] = [{code: 'record-damaged', message}]
      return {descriptor, problems, lastLine: () => '', close: () => close(files, descriptor, () => {})}
    },
  )
}

/** Other services write into /var/log of some distributions; what they planted there is not followed. */
function prepareDirectory(files: Files): void {
  files.makeDirectory(directory, 0o700)
  const status = files.linkStatus(directory)
  const refuse = (reason: string) => new SystemError(`write into ${directory}`, reason)
  if (status?.isSymbolicLink()) throw refuse('it is a symbolic link')
  if (status && !isOnlyOurs(status)) throw refuse('others than root can write it')
}

/** The script may have removed it, or put something else there. */
function sizeOf(files: Files, path: string): number {
  const status = files.linkStatus(path)
  return status?.isFile() ? status.size : 0
}

/** On a line of its own, whatever the script left unfinished. */
function sayEnd(files: Files, path: string, line: string): void {
  const size = sizeOf(files, path)
  const isLineOpen = size > 0 && files.readAt(path, size - 1, 1)?.toString() !== '\n'
  files.append(path, isLineOpen ? `\n${line}` : line)
}

function close(files: Files, descriptor: number, lastWords: () => void): void {
  try {
    unlessRefused(lastWords, () => undefined)
  } finally {
    files.close(descriptor)
  }
}

function readLastLine(files: Files, path: string, begin: number): string {
  const end = sizeOf(files, path)
  const from = Math.max(begin, end - 4 * lineLimit)
  const bytes = end > from ? files.readAt(path, from, end - from) : undefined
  const line = bytes?.toString('utf8').trimEnd().split('\n').at(-1) ?? ''
  return line.length > lineLimit ? '' : line
}
