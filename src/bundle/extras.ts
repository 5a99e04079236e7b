// What a supporter reads besides what a plan is made of. All of it is masked by name and value, and what scripts of the
// user are given and say is left out: it may be anything, and the log is older than this context.

import type {Prepared} from '../prepare.ts'
import {logPath} from '../report/log.ts'
import {createMask, type Mask, stringifyMasked} from '../report/mask.ts'
import {maskText} from '../secret.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'
import type {Entry} from './archive.ts'
import {treatmentOf} from './redact/public.ts'

/** Tools of the system may be quoted; a script is told by where its whole output is. */
const outputBehindEnd =
  /((?:exited with -?\d+|was killed by \w+|did not end in time and was killed): )[^\n]*?(?=[",;:.()\s-]*(?:"cure": ")?its output is in)/g

/** A shorter value is a word that comes up by itself. */
const lengthLimit = 6

/** The end of a log is enough. */
const logLimit = 1024 * 1024

/** Gathers the log, the report of this boot and what machine this is. */
export async function gatherExtras(
  system: System,
  prepared: Prepared | 'switched off',
  more: Readonly<Record<string, string>>,
): Promise<Entry[]> {
  const mask = maskFor(prepared)
  const texts: Record<string, string | undefined> = {
    'report.json': readQuietly(system, '/run/vmcontext/report.json'),
    'log.txt': readLog(system),
    'machine.json': describeMachine(system),
    ...more,
  }
  return Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : {name, bytes: Buffer.from(hideHashes(hideOutput(maskJson(text, mask))))},
  )
}

/** Hides what no step takes as well: only a script knows what that is. */
function maskFor(prepared: Prepared | 'switched off'): Mask {
  if (prepared === 'switched off') return text => text
  const variables = [...(prepared.disc?.variables?.values() ?? [])]
  const withheld = variables.filter(({name, value}) => treatmentOf(name, value) === 'withheld')
  const hide = createMask(
    undefined,
    withheld.map(({value}) => value).filter(value => value.length >= lengthLimit),
  )
  return text => hide(prepared.mask(text))
}

/** Names and own words of a report stay: a value may be `failed`. */
function maskJson(text: string, mask: Mask): string {
  try {
    return `${stringifyMasked(JSON.parse(text), mask)}\n`
  } catch {
    return mask(text)
  }
}

/** The last line of an output, as describeEnd() in src/system/commands.ts puts it behind how a program ended. */
function hideOutput(text: string): string {
  return text.replace(outputBehindEnd, `$1${maskText}`)
}

/** Hashes of crypt(5), whosever they are. */
function hideHashes(text: string): string {
  return text.replace(/\$(6|5|1|y|gy|7|2[abxy]|sha1)\$[./0-9A-Za-z=,$-]{20,}/g, maskText)
}

function readQuietly({files}: System, path: string): string | undefined {
  return unlessRefused(
    () => files.readText(path),
    () => undefined,
  )
}

function readLog({files}: System): string | undefined {
  return unlessRefused(
    () => {
      const size = files.status(logPath)?.size
      if (size === undefined || !files.status(logPath)?.isFile()) return undefined
      const from = Math.max(0, size - logLimit)
      const text = files.readAt(logPath, from, logLimit)?.toString('utf8') ?? ''
      return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
    },
    () => undefined,
  )
}

function describeMachine(system: System): string {
  const read = (path: string) => (system.live ? readQuietly(system, path)?.trim() : undefined)
  const machine = {
    version: 1,
    node: process.version,
    architecture: process.arch,
    live: system.live,
    asRoot: process.geteuid?.() === 0,
    kernel: read('/proc/sys/kernel/osrelease'),
    uptime: read('/proc/uptime')?.split(' ')[0],
  }
  return `${JSON.stringify(machine, null, 2)}\n`
}
