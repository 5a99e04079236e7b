// A line of /var/log/vmcontext.log: time, level, text. Not every line is one: a power cut may have torn it, and what is
// on a disk may be anything.

export type LogLevel = 'info' | 'warn' | 'error'

/** Without a level it is no line of ours, and `text` is all of it. */
export type LogLine = {time?: string; level?: LogLevel; text: string}

const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (info|warn|error) +(.*)$/s
/** What a power cut leaves of blocks that were never written. */
const zeros = /\0{4,}/g

/** Reads a line. */
export function parseLogLine(line: string): LogLine {
  const text = line.replace(zeros, run => `[${run.length} zero bytes]`)
  const [, time, level, rest] = form.exec(text) ?? []
  return level === undefined ? {text} : {time: time!, level: level as LogLevel, text: rest!}
}

const ranks: Readonly<Record<LogLevel, number>> = {info: 0, warn: 1, error: 2}

/** Tells whether a line is of a level or above it; a line that has none is shown where everything is. */
export function isAtLeast({level}: LogLine, wanted: LogLevel): boolean {
  return ranks[level ?? 'info'] >= ranks[wanted]
}

/** Tells whether a run begins with this line: the word about its context. */
export function isFirstOfRun({level, text}: LogLine): boolean {
  return level !== undefined && /^context: (?!(note|warning|failure): )/.test(text)
}
