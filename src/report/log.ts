// The log of a run: each deed as a line on the console for whoever watches the boot, and with its time in
// /var/log/vmcontext.log for whoever comes later.

import {createLogger, format, type Logger} from 'winston'
import Transport from 'winston-transport'
import {escapeControls} from '../system/commands.ts'
import type {System} from '../system/system.ts'

export const logPath = '/var/log/vmcontext.log'

export type Log = Logger

/**
 * What the console is: a terminal or boot screen, or the journal of systemd, which takes levels as sd-daemon(3) says.
 */
export type ConsoleKind = 'plain' | 'journal'

export type LogOptions = {
  /** Where console lines go; undefined: nowhere. */
  writeConsole?: ((text: string) => void) | undefined
  consoleKind: ConsoleKind
  /** Only what is wrong goes to the console, and the line that is marked as the summary. */
  isQuiet?: boolean
  /** The guest whose log file gets the lines; undefined: no file. */
  system?: System | undefined
}

/** Opens the log. Every line is written at once: there is nothing to flush when the program ends or is ended. */
export function openLog({writeConsole, consoleKind, isQuiet = false, system}: LogOptions): Log {
  const transports: Transport[] = []
  if (writeConsole !== undefined) {
    const write = (line: Line) => {
      if (!isQuiet || line.level !== 'info' || line.isSummary) writeConsole(forConsole(line, consoleKind))
    }
    transports.push(new LineTransport(write))
  }
  if (system !== undefined) transports.push(new LineTransport(line => appendToFile(system, line)))
  return createLogger({level: 'info', format: format.timestamp(), transports, exitOnError: false})
}

type Line = {level: string; message: string; timestamp: string} & LineOptions

/** What goes with a line besides its text. */
export type LineOptions = {
  /** The line as it stands in the log file, where it has to be understood alone. */
  entry?: string
  /** It is shown even where only trouble is. */
  isSummary?: boolean
}

/** Gives each line to a function, synchronously. */
class LineTransport extends Transport {
  readonly #write: (line: Line) => void

  constructor(write: (line: Line) => void) {
    super()
    this.#write = write
  }

  override log(line: Line, next: () => void): void {
    // A line stays one line, whatever a name in it holds.
    const message = escapeControls(line.message).replaceAll('\n', '\\n')
    const entry = escapeControls(line.entry ?? line.message).replaceAll('\n', '\\n')
    this.#write({...line, message, entry})
    next()
  }
}

/** sd-daemon(3): the priority in angle brackets before each line. */
const priorities: Record<string, string> = {error: '<3>', warn: '<4>', info: '<6>'}

function forConsole({level, message}: Line, kind: ConsoleKind): string {
  return kind === 'journal' ? `${priorities[level] ?? ''}${message}\n` : `${message}\n`
}

// A log that cannot be written, on a full or read-only disk, must not stop what it tells of.
function appendToFile(system: System, {level, entry, timestamp}: Line): void {
  try {
    system.files.makeDirectory('/var/log')
    system.files.append(logPath, `${timestamp} ${level.padEnd(5)} ${entry}\n`)
  } catch {
    // Told on the console already.
  }
}
