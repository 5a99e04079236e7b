// A boot in a guest with every file call and every program of it on record, by strace.

import {execFileSync} from 'node:child_process'
import {copyFileSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {type Guest, type GuestOptions, startGuest} from '../../guests/guest.ts'

/** A call that succeeded: `openat`, its arguments as strace spells them, what it returned and where that leads. */
export type Call = {pid: string; name: string; args: string; result: string; opened?: string | undefined}

const traced =
  'execve,openat,open,creat,mkdir,mkdirat,chmod,fchmod,fchmodat,rename,renameat,renameat2,umask,mknodat,linkat,link'

/** Starts a guest that has strace, taken from this machine, which is the same Debian. */
export async function startTracedGuest(options: GuestOptions): Promise<Guest & AsyncDisposable> {
  const layer = mkdtempSync(join(tmpdir(), 'vmcontext-strace-'))
  const strace = '/usr/bin/strace'
  const list = execFileSync('ldd', [strace], {encoding: 'utf8'})
  const libraries = [...list.matchAll(/=> (\/\S+)/g)].map(match => match[1]!)
  const place = 'usr/lib/x86_64-linux-gnu'
  for (const directory of [place, 'usr/bin']) mkdirSync(join(layer, directory), {recursive: true})
  copyFileSync(strace, join(layer, 'usr/bin/strace'))
  for (const path of libraries.filter(each => !/lib(c|m)\.so/.test(each)))
    copyFileSync(path, join(layer, place, basename(path)))
  const guest = await startGuest({...options, layers: [layer]})
  const end = guest[Symbol.asyncDispose].bind(guest)
  guest[Symbol.asyncDispose] = async () => {
    await end()
    rmSync(layer, {recursive: true})
  }
  return guest
}

/** Runs a command in the guest under a umask and gives what it said and called. */
export async function traceRun(
  guest: Guest,
  argv: readonly string[],
  {umask = '022'}: {umask?: string} = {},
): Promise<{exitCode: number; said: string; trace: string; calls: Call[]}> {
  const strace = `strace -f -y -qq -v -s 100000 -e trace=${traced} -o /dev/trace "$@"`
  const command = ['sh', '-c', `umask ${umask}; exec ${strace}`, 'sh', ...argv] as const
  const {exitCode, stdout, stderr} = await guest.run([...command], {timeoutMs: 120_000})
  if (exitCode > 128 || /strace: /.test(stderr)) throw new Error(stdout + stderr)
  const trace = await guest.readFile('/dev/trace')
  return {exitCode, said: stdout + stderr, trace, calls: parseTrace(trace)}
}

/** The calls that succeeded, those in two parts put together. */
export function parseTrace(trace: string): Call[] {
  const open = new Map<string, string>()
  return trace.split('\n').flatMap(line => {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(rest)
    if (begun) {
      open.set(pid, begun[1]!)
      return []
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    const whole = resumed ? `${open.get(pid) ?? ''}${resumed[1]}` : rest
    const [, name, args, result, opened] = /^(\w+)\((.*)\) += (0[0-7]*|\d+)(?:<(.*)>)?$/.exec(whole) ?? []
    return name === undefined ? [] : [{pid, name, args: args!, result: result!, opened}]
  })
}

/** A path of a call as the guest's root knows it, whichever descriptor it begins at. */
export function placeOf(call: Call, descriptors: ReadonlyMap<string, string>, index = 0): string {
  const path = pathOf(call, index)
  const below = /^\/proc\/self\/fd\/(\d+)(.*)$/s.exec(path)
  if (below) return `${descriptors.get(below[1]!) ?? '?'}${below[2]}`
  if (path.startsWith('/')) return path
  const start = /^\d+<([^>]*)>/.exec(call.args)?.[1]
  return start === undefined ? path : `${start}/${path}`
}

/** The first path among the arguments, or one further behind. */
export function pathOf({args}: Call, index = 0): string {
  const texts = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
  return readQuoted(texts[index]?.[1] ?? '')
}

function readQuoted(text: string): string {
  const bytes = text.replaceAll(/\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))/g, (_, hex, octal, letter) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    return ({n: '\n', t: '\t', r: '\r', v: '\v', f: '\f'} as Record<string, string>)[letter] ?? letter
  })
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
