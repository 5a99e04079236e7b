// `vmcontext status`: how the last boot went.

import {resolve} from 'node:path'
import {stringifyMasked} from '../../report/mask.ts'
import {drawPlot} from '../../status/plot.ts'
import {isWell, readStatus, type Status} from '../../status/status.ts'
import {awaitFinalStage, type Wait} from '../../status/wait.ts'
import {escapeControls, stopSignal} from '../../system/commands.ts'
import {openSystem, type System} from '../../system/system.ts'
import type {StatusInvocation} from '../commands/status.ts'
import {exitCodes, type Terminal} from '../start.ts'
import {chooseStyle} from '../style.ts'
import {openGuest, refuseEmpty, UsageError} from '../usage.ts'
import {formatStatus} from './status/format.ts'
import {describeStand} from './status/stand.ts'

/** Prints it and gives the exit code. */
export async function runStatus(
  {root, json, waitSeconds, plotPath}: StatusInvocation,
  terminal: Terminal,
  version: string,
): Promise<number> {
  if (json && plotPath === '-')
    throw new UsageError('--plot -: the picture and --json both want standard output')
  const system = openGuest(root)
  const plot = plotPath === undefined ? undefined : checkPlot(plotPath)
  const wait = waitSeconds === undefined ? undefined : await waitAloud(system, waitSeconds, terminal)
  const status = await readStatus(system)
  if (json) terminal.print(`${formatJson(status)}\n`)
  else if (plotPath === undefined) terminal.print(formatStatus(status, chooseLook(terminal)))
  if (plot !== undefined && !drawTo(plot, status, terminal, version)) return exitCodes.failed
  if (status.state === 'unknown') return exitCodes.notStarted
  return isWell(status) && (wait === undefined || wait.end === 'ended') ? exitCodes.done : exitCodes.failed
}

async function waitAloud(system: System, seconds: number, terminal: Terminal): Promise<Wait> {
  const wait = await awaitFinalStage(system, seconds, stopSignal())
  const why = {
    ended: undefined,
    'nothing comes': `the final stage will not come: ${wait.reason} (${wait.cure})`,
    'time is over': `the final stage has not ended within ${seconds} s`,
    stopped: 'told to stop before the final stage had ended',
  }[wait.end]
  if (why !== undefined) terminal.printError(`vmcontext: ${escapeControls(why)}\n`)
  return wait
}

function chooseLook(terminal: Terminal) {
  const {LC_ALL, LC_CTYPE, LANG} = terminal.environment
  const hasBlocks = /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
  return {style: chooseStyle(terminal), columns: terminal.columns(), hasBlocks}
}

/** For programs. The texts of the report are masked since they were written. */
function formatJson(status: Status): string {
  const {busyPid, ...rest} = status
  const value = {version: 1, ...rest, isWell: isWell(status), ...(busyPid === undefined ? {} : {busyPid})}
  return stringifyMasked(value, text => text)
}

/** A picture takes the place of a file, and of nothing else. */
function checkPlot(path: string): string {
  if (path === '-') return path
  const {files} = openSystem('/')
  const target = resolve(refuseEmpty('--plot', path))
  const [entry, status] = [files.linkStatus(target), files.status(target)]
  if (entry !== undefined && !status?.isFile())
    throw new UsageError(`--plot: ${path} is there and is no file; - is standard output`)
  if (!files.status(resolve(target, '..'))?.isDirectory())
    throw new UsageError(`--plot: there is no directory for ${path}`)
  return target
}

function drawTo(path: string, status: Status, terminal: Terminal, version: string): boolean {
  if (status.runs.length === 0) {
    terminal.printError('vmcontext: there is no run in this boot to draw (vmcontext status)\n')
    return false
  }
  const name = status.hostname ?? (status.live ? 'this guest' : status.root)
  const agents = [...new Set(status.runs.map(({agent}) => agent))].join(', ')
  const line = `${agents}; began ${status.runs[0]!.startedAt}; drawn by vmcontext ${version}`
  const clean = (text: string) => escapeControls(text).replaceAll('\n', ' ')
  const picture = drawPlot(status.runs, clean(`${name}: ${describeStand(status).text}`), clean(line))
  if (path === '-') {
    terminal.print(picture)
    return true
  }
  openSystem('/').files.write(path, picture, {mode: 0o644})
  terminal.printError(`vmcontext: ${path} is written\n`)
  return true
}
