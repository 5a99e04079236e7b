// Reads what strace wrote: who was started, who asked the kernel for what. Of this call:
//
//   strace -f -ttt -T --pidns-translation -s 300 -o FILE

/** A process; its threads are one with it. */
export type TracedProcess = {
  /** The number of its first thread, as this machine sees it; it is among the others by this. */
  id: number
  parent: number | undefined
  /** What it ran last; empty for a copy of its parent that ran nothing. */
  argv: string[]
  startedMs: number
  endedMs: number
  threads: number
  /** How often by system call, and how long they took; a call that waits is long. */
  calls: Record<string, {count: number; ms: number}>
  /** Paths it gave the kernel, in order. */
  paths: {call: string; path: string; failed: boolean}[]
}

/** Every process of a trace, in the order of their first calls. */
export function parseTrace(text: string): TracedProcess[] {
  const processes: TracedProcess[] = []
  const byThread = new Map<string, TracedProcess>()
  const unfinished = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, thread, seconds, rest] = line.match(/^(\d+) +(\d+\.\d+) (.*)$/) ?? []
    if (thread === undefined || rest === undefined) continue
    const ms = Number(seconds) * 1000
    let process = byThread.get(thread)
    if (process === undefined) {
      process = makeProcess(Number(thread), ms)
      processes.push(process)
      byThread.set(thread, process)
    }
    process.endedMs = Math.max(process.endedMs, ms)
    const call = joinHalves(rest, thread, unfinished)
    if (call !== undefined) enterCall(process, call, {ms, byThread, processes})
  }
  return processes
}

function makeProcess(id: number, ms: number): TracedProcess {
  return {
    ...{id, parent: undefined, argv: [], threads: 1, paths: []},
    ...{startedMs: ms, endedMs: ms},
    calls: {},
  }
}

/** A call during which another thread was heard is told in two lines. */
function joinHalves(rest: string, thread: string, unfinished: Map<string, string>): string | undefined {
  if (rest.endsWith(' <unfinished ...>')) {
    unfinished.set(thread, rest.slice(0, -' <unfinished ...>'.length))
    return undefined
  }
  const resumed = rest.match(/^<\.\.\. \w+ resumed>(.*)$/)
  if (resumed === null) return rest
  const whole = `${unfinished.get(thread) ?? ''}${resumed[1]}`
  unfinished.delete(thread)
  return whole
}

type Around = {ms: number; byThread: Map<string, TracedProcess>; processes: TracedProcess[]}

function enterCall(process: TracedProcess, call: string, around: Around): void {
  const [, name, body] = call.match(/^(\w+)\((.*)$/) ?? []
  if (name === undefined || body === undefined) return
  addCalls(process, name, 1, Number(call.match(/<(\d+\.\d+)>$/)?.[1] ?? 0) * 1000)
  const failed = /\) += -1 [A-Z]/.test(call)
  if (/^(clone3?|v?fork)$/.test(name)) enterBirth(process, call, around)
  if (name === 'execve' && !failed) process.argv = parseArgv(body)
  const path = body.match(/"(\/[^"]*)"/)?.[1]
  if (path !== undefined && !takesBytes.test(name)) process.paths.push({call: name, path, failed})
}

function addCalls({calls}: TracedProcess, name: string, count: number, ms: number): void {
  calls[name] ??= {count: 0, ms: 0}
  calls[name].count += count
  calls[name].ms += ms
}

/** What these are given in quotes is no path, or no longer the agent's. */
const takesBytes = /^(execve|p?(read|write)v?(64)?|send.*|recv.*)$/

/** The number that strace sees; in a PID namespace the process itself got another one. */
function enterBirth(parent: TracedProcess, call: string, {ms, byThread, processes}: Around): void {
  const thread = call.match(/= \d+ \/\* (\d+) in strace/)?.[1] ?? call.match(/= (\d+)(?: <|$)/)?.[1]
  if (thread === undefined) return
  const known = byThread.get(thread)
  if (call.includes('CLONE_THREAD')) {
    parent.threads += 1
    byThread.set(thread, parent)
    if (known !== undefined && known !== parent) absorb(parent, known, processes)
    return
  }
  const child = known ?? makeProcess(Number(thread), ms)
  if (known === undefined) processes.push(child)
  child.parent = parent.id
  byThread.set(thread, child)
}

/** A thread may be heard before the call that made it has returned. */
function absorb(into: TracedProcess, stray: TracedProcess, processes: TracedProcess[]): void {
  for (const [name, {count, ms}] of Object.entries(stray.calls)) addCalls(into, name, count, ms)
  into.paths.push(...stray.paths)
  processes.splice(processes.indexOf(stray), 1)
}

/** `"/bin/sh", ["sh", "-c", "true"], …` */
function parseArgv(body: string): string[] {
  const list = body.match(/^"[^"]*", \[(.*?)\], /)?.[1] ?? ''
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, argument]) => argument!)
}
