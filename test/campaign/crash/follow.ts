// Runs a program and follows every call of it, and of all that it starts, that changes something (changes.py).

import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'

/** A call that changes something, before it is carried out. */
export type Change = {
  /** Its place in the order of all of them, from 1 on. */
  n: number
  call: string
  program: string
  paths: readonly string[]
  /** What is about to get another name: the text of a file (latin1). */
  text?: string | null
}

/** What dies at a change: who makes it, the guest, or the guest with all that its disk does not have yet. */
export type Death = 'process' | 'power' | 'cut'

export type Followed = {
  changes: readonly Change[]
  /** Every text that somebody would have found there who looks before each change; null: no file. */
  seen: ReadonlyMap<string, readonly (string | null)[]>
  exitCode: number
  /** Whether there were as many changes as that. */
  isStopped: boolean
  output: string
}

export type FollowOptions = {
  at?: {count: number; death: Death; guest?: number}
  watch?: readonly string[]
}

/** Follows a program to its end, or to the change at which something dies. */
export async function followChanges(argv: readonly string[], options: FollowOptions = {}): Promise<Followed> {
  const directory = await mkdtemp(join(tmpdir(), 'vmcontext-changes-'))
  try {
    const report = join(directory, 'report')
    const {at, watch = []} = options
    await writeFile(join(directory, 'watched'), watch.map(path => `${path}\n`).join(''))
    const point = at === undefined ? [] : ['--at', `${at.count}`, at.death, `${at.guest ?? 0}`]
    const script = join(import.meta.dirname, 'changes.py')
    const args = [script, report, ...point, '--watch', join(directory, 'watched'), '--', ...argv]
    const {exitCode, all} = await execa('/usr/bin/python3', args, {
      env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root'},
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      all: true,
      timeout: 120_000,
    })
    if (exitCode !== 0) throw new Error(`changes.py: exit code ${exitCode}\n${all}`)
    return {...parseReport(await readFile(report, 'utf8')), output: all}
  } finally {
    await rm(directory, {recursive: true})
  }
}

function parseReport(text: string): Omit<Followed, 'output'> {
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const {end, isStopped} = lines.at(-1)
  return {
    changes: lines.filter(line => 'n' in line),
    seen: new Map(lines.filter(line => 'seen' in line).map(({seen, texts}) => [seen, texts])),
    exitCode: end,
    isStopped,
  }
}

/** A change in words, for a message: "rename /etc/.hosts.new /etc/hosts (vmcontext)". */
export function describeChange({n, call, paths, program}: Change): string {
  return `${n}: ${[call, ...paths].join(' ')} (${program})`
}
