// The free space of an image: what was deleted is still in its blocks, and makes its file large.

import type {Problem} from '../../problem.ts'
import {formatBytes} from '../../report/sizes.ts'
import {describeEnd, stopSignal, succeeded} from '../../system/commands.ts'
import {SystemError} from '../../system/errors.ts'
import {findProgram} from '../../system/programs.ts'
import {openSystem} from '../../system/system.ts'
import {zeroFreeSpace} from '../../system/zero-free-space.ts'

export type FreeSpaceOptions = {
  trim: boolean
  zero: boolean
  /** Others write there meanwhile: a little is left for them. */
  live: boolean
  print: (text: string) => void
  /** A line that the next one replaces; undefined where nobody watches. */
  showProgress?: ((text: string) => void) | undefined
}

/** Zeros and trims what file systems have free. `points` are paths on this machine. */
export async function treatFreeSpace(
  points: readonly string[],
  options: FreeSpaceOptions,
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const point of points) {
    if (options.zero) problems.push(...(await zero(point, options)))
    if (options.trim && !stopSignal().aborted) await trim(point, options)
  }
  return problems
}

const liveMarginBytes = 32 * 1024 * 1024

async function zero(point: string, {live, print, showProgress}: FreeSpaceOptions): Promise<Problem[]> {
  let shown = -1
  const onProgress = (done: number, total: number) => {
    const percent = Math.floor((done / total) * 100)
    if (percent === shown) return
    shown = percent
    showProgress?.(formatProgress(`zeros over what ${point} has free`, percent, done))
  }
  try {
    const bytes = await zeroFreeSpace(point, {
      onProgress,
      signal: stopSignal(),
      marginBytes: live ? liveMarginBytes : 0,
    })
    showProgress?.('')
    if (stopSignal().aborted) return [{code: 'deed-failed', message: `zeroing ${point} was stopped`}]
    print(`${point}: ${formatBytes(bytes)} of free space are zeros\n`)
    return []
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return [{code: 'deed-failed', message: `${point}: ${error.message}`}]
  }
}

const barWidth = 20

function formatProgress(what: string, percent: number, bytes: number): string {
  const filled = Math.round((percent / 100) * barWidth)
  return `${what} [${'#'.repeat(filled)}${' '.repeat(barWidth - filled)}] ${percent} %, ${formatBytes(bytes)}`
}

/** Most disks cannot, or their file system cannot: then nothing is lost, and nothing is said. */
async function trim(point: string, {print}: FreeSpaceOptions): Promise<void> {
  const machine = openSystem('/')
  if (findProgram(machine, 'fstrim') === undefined) return
  const result = await machine.run({argv: ['fstrim', '--verbose', point], timeoutMs: 10 * 60_000})
  if (succeeded(result)) print(`${result.output.trim().split('\n').at(-1)}\n`)
  else if (result.ended !== 'exited') print(`${point}: fstrim ${describeEnd(result)}\n`)
}
