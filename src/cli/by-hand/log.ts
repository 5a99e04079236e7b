// `vmcontext log`: what the agent has done, ever. A blank line sets the runs apart.

import {logPath} from '../../report/log.ts'
import {escapeInJson} from '../../report/mask.ts'
import {isSummary} from '../../status/earlier.ts'
import {isFirstOfRun, type LogLine} from '../../status/log-line.ts'
import {readLog} from '../../status/read-log.ts'
import {escapeControls, stopSignal} from '../../system/commands.ts'
import {SystemError} from '../../system/errors.ts'
import type {LogInvocation} from '../commands/status.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {chooseStyle, type Style, type Tone} from '../style.ts'
import {openGuest} from '../usage.ts'

/** Prints it and gives the exit code. */
export async function runLog(
  {root, level, lines, follow, json}: LogInvocation,
  terminal: Terminal,
  _version: string,
): Promise<number> {
  const system = openGuest(root)
  const format = json ? formatObject : createFormatter(chooseStyle(terminal))
  const take = (line: LogLine, isWanted: boolean) => {
    const text = format(line, isWanted)
    if (text !== '') terminal.print(text)
    return terminal.hasReader?.() ?? true
  }
  try {
    const request = {level, lines, follow: follow ? stopSignal() : undefined}
    const isThere = await readLog(system, request, take)
    if (!isThere) terminal.printError(`vmcontext: there is no ${logPath}: no boot has written one\n`)
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof SystemError) || !['EACCES', 'ELOOP'].includes(error.code)) throw error
    terminal.printError(`vmcontext: ${error.message}; ${cures[error.code]}\n`)
    return exitCodes.notStarted
  }
}

const cures: Readonly<Record<string, string>> = {
  EACCES: 'it is for root alone, as scripts may say anything in it: sudo vmcontext log',
  ELOOP: 'the agent writes no log there: remove the link',
}

/** For programs: what is not known is null, so that every line has every key. */
function formatObject({time, level, text}: LogLine, isWanted: boolean): string {
  if (!isWanted) return ''
  return `${escapeInJson(JSON.stringify({time: time ?? null, level: level ?? null, text}))}\n`
}

const tones: Readonly<Record<string, Tone>> = {warn: 'doubtful', error: 'wrong'}

/** Lines as they stand in the file, controls shown; a blank one before the first of another run. */
function createFormatter(style: Style) {
  let isApart = false
  let hasPrinted = false
  let isAfterSummary = false
  return (line: LogLine, isWanted: boolean): string => {
    if (isAfterSummary || isFirstOfRun(line)) isApart = true
    isAfterSummary = line.level !== undefined && isSummary(line.text)
    if (!isWanted) return ''
    const gap = isApart && hasPrinted ? '\n' : ''
    isApart = false
    hasPrinted = true
    return `${gap}${formatLine(line, style)}\n`
  }
}

function formatLine({time, level, text}: LogLine, style: Style): string {
  const clean = escapeControls(text)
  if (time === undefined || level === undefined) return style('quiet', clean)
  const tone = tones[level]
  const words =
    tone === undefined ? `${level.padEnd(5)} ${clean}` : style(tone, `${level.padEnd(5)} ${clean}`)
  return `${style('quiet', time)} ${words}`
}
