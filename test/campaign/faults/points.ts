// Where a fault can be injected into a run: every system call of the agent's own thread that has to do with files,
// users or processes, with the errors that the kernel may answer it with.

import {readFileSync} from 'node:fs'
import {type Ended, runToEnd} from './root-guest.ts'

/** The `count`th call of a name that the thread makes; `line` is how strace tells of it. */
export type Point = {call: string; count: number; line: string}

/** `stays`: every later call of the name fails likewise, as where a disk is full. */
export type Fault = Point & {error: string; stays: boolean}

/**
 * What the manual pages of these calls say may happen to a program that does nothing wrong. Those that change who we are
 * are not among them: glibc ends a program of which one thread only was refused that (setxid), as nothing but strace
 * can do.
 */
const errorsOf: Readonly<Record<string, readonly string[]>> = {
  openat: ['EIO', 'EACCES', 'EMFILE', 'ENOSPC', 'EROFS', 'ENOMEM'],
  statx: ['EIO', 'EACCES', 'ENOMEM'],
  lstat: ['EIO', 'EACCES'],
  fstat: ['EIO'],
  read: ['EIO'],
  pread64: ['EIO'],
  write: ['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG'],
  pwrite64: ['ENOSPC', 'EIO'],
  fsync: ['EIO', 'ENOSPC', 'EROFS'],
  close: ['EIO', 'ENOSPC', 'EINTR'],
  rename: ['ENOSPC', 'EROFS', 'EIO', 'EACCES', 'EBUSY'],
  link: ['ENOSPC', 'EROFS', 'EPERM', 'EMLINK'],
  symlink: ['ENOSPC', 'EROFS', 'EIO'],
  mkdir: ['ENOSPC', 'EROFS', 'EACCES', 'EMLINK'],
  unlink: ['EROFS', 'EACCES', 'EIO', 'EBUSY'],
  rmdir: ['EROFS', 'EACCES', 'EBUSY'],
  readlink: ['EIO', 'EACCES', 'ENOMEM'],
  getdents64: ['EIO', 'EACCES'],
  fchmod: ['EPERM', 'EROFS', 'EIO'],
  fchown: ['EPERM', 'EROFS', 'EDQUOT'],
  lchown: ['EPERM', 'EROFS', 'EIO'],
  ftruncate: ['EIO'],
  statfs: ['EIO'],
}

/**
 * Those that last: a disk is full, read-only or broken until somebody sees to it. No write and no read: those are also
 * how the threads of Node wake each other. A disk that is really full is in real.test.ts.
 */
const lasting: ReadonlySet<string> = new Set([
  ...['openat EMFILE', 'openat EIO', 'fsync EIO', 'rename EROFS'],
  ...['mkdir ENOSPC', 'mkdir EROFS', 'unlink EROFS', 'link EROFS', 'symlink EROFS', 'statx EACCES'],
  ...['fchmod EROFS', 'fchown EPERM', 'getdents64 EIO'],
])

/** Runs a command to its end and lists the points from the first call on that names a path below `begin`. */
export function listPoints(command: readonly string[], begin: string, traceFile: string): Point[] {
  runToEnd(['strace', '-qq', '-s', '300', '-o', traceFile, ...command])
  const counts = new Map<string, number>()
  const points: Point[] = []
  let hasBegun = false
  for (const line of readFileSync(traceFile, 'latin1').split('\n')) {
    const call = /^\w+/.exec(line)?.[0]
    if (call === undefined) continue
    const count = (counts.get(call) ?? 0) + 1
    counts.set(call, count)
    hasBegun ||= call !== 'execve' && line.includes(begin)
    if (hasBegun && errorsOf[call] !== undefined && !isWakeUp(line) && !isStream(line))
      points.push({call, count, line})
  }
  return points
}

/** Node looks at its own streams, and ends with a signal if it may not (ResetStdio): of no file, and not ours. */
function isStream(line: string): boolean {
  return /^fstat\([012],/.test(line)
}

/** A thread wakes another one (eventfd(2)): no file. */
function isWakeUp(line: string): boolean {
  return line.includes('"\\1\\0\\0\\0\\0\\0\\0\\0", 8)')
}

/** Every fault that there can be at a point. */
export function listFaults(points: readonly Point[]): Fault[] {
  return points.flatMap(point =>
    errorsOf[point.call]!.flatMap(error => {
      const once = {...point, error, stays: false}
      return lasting.has(`${point.call} ${error}`) ? [once, {...once, stays: true}] : [once]
    }),
  )
}

/** Runs a command with a fault. `hit` is what it met first, as strace tells of it; undefined if it met nothing. */
export function runWithFault(
  {call, count, error, stays}: Fault,
  command: readonly string[],
  traceFile: string,
): {ended: Ended; hit: string | undefined} {
  const injection = `inject=${call}:error=${error}:when=${count}${stays ? '+' : ''}`
  const ended = runToEnd([
    'strace',
    '-qq',
    '-s',
    '300',
    '-o',
    traceFile,
    '-e',
    `trace=${call}`,
    '-e',
    injection,
    ...command,
  ])
  const lines = readFileSync(traceFile, 'latin1').split('\n')
  return {ended, hit: lines.find(line => line.endsWith('(INJECTED)'))}
}

export function describeFault({call, count, error, stays}: Fault): string {
  return `${call}:error=${error}:when=${count}${stays ? '+' : ''}`
}
