// A guest that is watched while it is looked at: whatever is asked of it is answered as always, and noted.

import {basename, dirname, posix} from 'node:path'
import type {FoundSource, SourceFiles} from '../source/source.ts'
import type {Directory} from '../system/directory.ts'
import {attempt, describeCause, SystemError, unlessRefused} from '../system/errors.ts'
import type {Files} from '../system/files.ts'
import {followLinks} from '../system/root.ts'
import type {System} from '../system/system.ts'
import {
  type Answer,
  describeStatus,
  type Look,
  type StatusFact,
  type Trace,
  type Traces,
  traceOf,
} from './traces.ts'

export type Watch = {
  system: System
  traces: Traces
  answers: Answer[]
  /** Does something that is no part of planning, unnoted. */
  unnoted<T>(action: () => Promise<T>): Promise<T>
}

/** Puts somebody beside a guest who notes what is asked of it. */
export function watchSystem(inner: System): Watch {
  const traces: Traces = new Map()
  const answers: Answer[] = []
  let isNoting = true
  const files = watchFiles(inner.files, traces)
  const system: System = {
    ...inner,
    files: switched(inner.files, files, () => isNoting),
    openDirectory: path => watchDirectory(traces, inner, path, files),
    async run(command) {
      const result = await inner.run(command)
      const {value: _, ...rest} = result
      if (isNoting) answers.push({argv: command.argv, result: rest})
      return result
    },
  }
  return {
    system,
    traces,
    answers,
    async unnoted(action) {
      isNoting = false
      try {
        return await action()
      } finally {
        isNoting = true
      }
    },
  }
}

/** Watches the files of a context. Links on a disc are not followed by us, so every path stands for itself. */
export function watchSource(source: FoundSource, traces: Traces): FoundSource {
  const {files} = source
  const watched: SourceFiles = {
    list: path => note(traces, path, 'list', () => files.list(path), keepNames),
    status: path => note(traces, path, 'look', () => files.status(path), keepEntryStatus),
    readLink: path => note(traces, path, 'link', () => files.readLink(path), keepLink),
    read: path => note(traces, path, 'read', () => files.read(path), keepContent),
    readText: path => watched.read(path)?.toString('utf8'),
  }
  return {...source, files: watched}
}

/** Whoever is not noted goes straight to the guest. */
function switched(plain: Files, watched: Files, isNoting: () => boolean): Files {
  const names = Object.keys(watched) as (keyof Files)[]
  const entries = names.map(name => {
    const [one, other] = [plain[name], watched[name]] as [unknown, unknown]
    if (typeof one !== 'function' || typeof other !== 'function') return [name, one]
    return [name, (...args: unknown[]) => (isNoting() ? other : one)(...args)]
  })
  return Object.fromEntries(entries) as Files
}

function watchFiles(inner: Files, traces: Traces): Files {
  const linkOf = rememberLinks(inner, traces)
  /** Where links lead in a circle the question itself is refused, and noted as it was asked. */
  const at = (path: string) =>
    unlessRefused(
      () => attempt(`look at ${path}`, () => followLinks(path, linkOf)),
      () => path,
    )
  const entryAt = (path: string) => posix.join(at(dirname(path)), basename(path))
  const files: Files = {
    ...inner,
    read: path => note(traces, at(path), 'read', () => inner.read(path), keepContent),
    readText: path => files.read(path)?.toString('utf8'),
    readAt(path, offset, length) {
      const keep = (trace: Trace, bytes: Buffer | undefined) => {
        if (bytes !== undefined) trace.slices = [...(trace.slices ?? []), {offset, length, bytes}]
      }
      return note(traces, at(path), 'readAt', () => inner.readAt(path, offset, length), keep)
    },
    list: path => note(traces, at(path), 'list', () => inner.list(path), keepNames),
    status: path => note(traces, at(path), 'look', () => inner.status(path), keepStatus),
    space: path => note(traces, at(path), 'space', () => inner.space(path), keepSpace),
    linkStatus: path => note(traces, entryAt(path), 'look', () => inner.linkStatus(path), keepStatus),
    readLink: path => note(traces, entryAt(path), 'link', () => inner.readLink(path), keepLink),
    followLinks(path) {
      at(path)
      return inner.followLinks(path)
    },
  }
  return files
}

/** Looks each part of a path up once: what it is, and where it leads if it is a link. */
function rememberLinks(inner: Files, traces: Traces): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>()
  const look = (path: string) => {
    const status = note(traces, path, 'look', () => inner.linkStatus(path), keepStatus)
    if (!status?.isSymbolicLink()) return undefined
    return note(traces, path, 'link', () => inner.readLink(path), keepLink)
  }
  return path => {
    if (known.has(path)) return known.get(path)
    let target: string | undefined
    try {
      target = look(path)
    } catch (error) {
      // Noted; whoever wanted to know is told so by the question itself.
      if (!(error instanceof SystemError)) throw error
    }
    known.set(path, target)
    return target
  }
}

function watchDirectory(traces: Traces, inner: System, path: string, files: Files): Directory {
  const place = files.followLinks(path)
  const directory = note(traces, place, 'open', () => inner.openDirectory(path), keepDirectory)
  return watchOpened(traces, place, directory)
}

function watchOpened(traces: Traces, place: string, inner: Directory): Directory {
  const at = (name: string) => posix.join(place, name)
  return {
    ...inner,
    entry: name => note(traces, at(name), 'look', () => inner.entry(name), keepStatus),
    read: (name, limit) => note(traces, at(name), 'read', () => inner.read(name, limit), keepContent),
    list: () => note(traces, place, 'list', () => inner.list(), keepNames),
    open: name =>
      watchOpened(
        traces,
        at(name),
        note(traces, at(name), 'open', () => inner.open(name), keepDirectory),
      ),
  }
}

/** Asks, and notes the answer or the refusal under the path. */
function note<T>(
  traces: Traces,
  path: string,
  look: Look,
  ask: () => T,
  keep: (trace: Trace, answer: T) => void,
): T {
  try {
    const answer = ask()
    keep(traceOf(traces, path), answer)
    return answer
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    const trace = traceOf(traces, path)
    const refusal = {code: error.code, words: describeCause(error.cause)}
    const isUnseen = error.unseen !== undefined && {isUnseen: true as const}
    trace.refusals = {...trace.refusals, [look]: {...refusal, ...isUnseen}}
    throw error
  }
}

function keepContent(trace: Trace, content: Buffer | undefined): void {
  if (content !== undefined) trace.content = content
  else trace.status ??= null
}

function keepNames(trace: Trace, names: readonly string[]): void {
  trace.names = names
}

function keepLink(trace: Trace, link: string | undefined): void {
  if (link !== undefined) trace.link = link
}

function keepSpace(trace: Trace, space: number | undefined): void {
  if (space !== undefined) trace.space = space
}

function keepStatus(trace: Trace, status: StatusFact | undefined): void {
  trace.status = status === undefined ? null : describeStatus(status)
}

function keepDirectory(trace: Trace, {status}: Directory): void {
  trace.status = describeStatus(status)
}

/** On a disc nobody owns anything. */
function keepEntryStatus(trace: Trace, status: ReturnType<SourceFiles['status']>): void {
  if (status === undefined) trace.status = null
  else
    trace.status = {mode: kindOf(status) | (status.mode & 0o7777), uid: 0, gid: 0, size: status.size, rdev: 0}
}

function kindOf(status: {isFile(): boolean; isDirectory(): boolean}): number {
  return status.isFile() ? 0o100000 : status.isDirectory() ? 0o040000 : 0o010000
}
