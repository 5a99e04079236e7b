// A guest that is not there any more: it answers from what was noted of it. Nothing of this machine is read, nothing is
// run and nothing can be written.

import {basename, dirname, posix} from 'node:path'
import type {FoundSource, SourceFiles} from '../source/source.ts'
import type {Directory} from '../system/directory.ts'
import {attempt, SystemError} from '../system/errors.ts'
import {type Files, openFiles} from '../system/files.ts'
import {followLinks} from '../system/root.ts'
import type {System} from '../system/system.ts'
import {type Answer, type Look, type Trace, type Traces, toStats} from './traces.ts'

export type Recall = {
  system: System
  /** Paths and programs that were asked for and that nothing is known of. */
  unknown: Set<string>
}

/** Makes the guest of what was noted. */
export function recallSystem(
  traces: Traces,
  answers: readonly Answer[],
  {root, live}: Pick<System, 'root' | 'live'>,
): Recall {
  const unknown = new Set<string>()
  const files = recallFiles(traces, root, path => unknown.add(path))
  const system: System = {
    root,
    live,
    files,
    openDirectory: path => recallDirectory(traces, path, files.followLinks(path)),
    // Files that are not there belong to nobody.
    asUser: (_, action) => action(),
    async run({argv}) {
      const answer = answers.find(each => each.argv.join('\0') === argv.join('\0'))
      if (answer !== undefined) return answer.result
      unknown.add(argv.join(' '))
      return {ended: 'not started', exitCode: undefined, output: '', cause: 'nothing is run here'}
    },
  }
  return {system, unknown}
}

/** Makes the files of a context of what was noted. */
export function recallSource(source: Omit<FoundSource, 'files' | 'release'>, traces: Traces): FoundSource {
  const files: SourceFiles = {
    list: path => [...(asked(traces.get(path), 'list', `list ${path}`)?.names ?? [])],
    status(path) {
      const status = asked(traces.get(path), 'look', `look at ${path}`)?.status
      return status ? toStats(status) : undefined
    },
    readLink: path => traces.get(path)?.link,
    read: path => asked(traces.get(path), 'read', `read ${path}`)?.content,
    readText: path => files.read(path)?.toString('utf8'),
  }
  return {...source, files, release: () => Promise.resolve([])}
}

/** Nothing can be made there, and nothing is there. */
const nowhere = '/proc/self/fdinfo/nothing'

function recallFiles(traces: Traces, root: string, miss: (path: string) => void): Files {
  const at = (path: string) => followLinks(path, each => traces.get(each)?.link)
  const entryAt = (path: string) => posix.join(at(dirname(path)), basename(path))
  /** The trace of a place, if this was asked of it. */
  const recall = (toPlace: () => string, look: Look, deed: string, isKnown: (trace: Trace) => boolean) => {
    const place = attempt(deed, toPlace)
    const trace = asked(traces.get(place), look, deed)
    const isTold = trace !== undefined && (trace.status === null || isKnown(trace))
    if (!isTold && !isBelowNothing(traces, place)) miss(place)
    return trace?.status === null ? undefined : trace
  }
  const statusAt = (toPlace: () => string, path: string) => {
    const status = recall(toPlace, 'look', `look at ${path}`, trace => trace.status !== undefined)?.status
    return status ? toStats(status) : undefined
  }
  const read = (path: string) =>
    recall(
      () => at(path),
      'read',
      `read ${path}`,
      trace => trace.content !== undefined,
    )?.content
  const files: Files = {
    ...openFiles(nowhere),
    root,
    locate: refuse,
    locateEntry: refuse,
    locateTarget: refuse,
    makeDirectory: refuse,
    followLinks: path => attempt(`look at ${path}`, () => at(path)),
    read,
    readText: path => read(path)?.toString('utf8'),
    readAt(path, offset, length) {
      const isKnown = (trace: Trace) => sliceOf(trace, offset, length) !== undefined
      const trace = recall(() => at(path), 'readAt', `read ${path}`, isKnown)
      return trace && sliceOf(trace, offset, length)
    },
    list(path) {
      const trace = recall(
        () => at(path),
        'list',
        `list ${path}`,
        each => each.names !== undefined,
      )
      return [...(trace?.names ?? [])]
    },
    status: path => statusAt(() => at(path), path),
    space: path =>
      recall(
        () => at(path),
        'space',
        `look at ${path}`,
        trace => trace.space !== undefined,
      )?.space,
    linkStatus: path => statusAt(() => entryAt(path), path),
    readLink: path =>
      recall(
        () => entryAt(path),
        'link',
        `read the link ${path}`,
        () => true,
      )?.link,
  }
  return files
}

function refuse(path: string): never {
  throw new SystemError(`write ${path}`, 'this guest is only remembered')
}

function recallDirectory(traces: Traces, path: string, place: string): Directory {
  const trace = asked(traces.get(place), 'open', `open ${path}`)
  const status = toStats(trace?.status ?? {mode: 0o040755, uid: 0, gid: 0, size: 0, rdev: 0})
  const at = (name: string) => asked(traces.get(posix.join(place, name)), 'look', `look at ${path}/${name}`)
  const readEntry = (name: string) => asked(at(name), 'read', `read ${path}/${name}`)?.content
  return {
    path,
    status,
    entry: name => {
      const found = at(name)?.status
      return found ? toStats(found) : undefined
    },
    read: readEntry,
    readWithStatus: refuse,
    list: () => [...(asked(trace, 'list', `list ${path}`)?.names ?? [])],
    open: name => recallDirectory(traces, `${path}/${name}`, posix.join(place, name)),
    close() {},
    write: refuse,
    empty: refuse,
    makeDirectory: refuse,
    remove: refuse,
  }
}

/** Refuses again what was refused then, whoever asks now. */
function asked(trace: Trace | undefined, look: Look, deed: string): Trace | undefined {
  const refusal = trace?.refusals?.[look]
  if (refusal === undefined) return trace
  throw new SystemError(
    deed,
    Object.assign(new Error(refusal.words), {code: refusal.code}),
    refusal.isUnseen !== true,
  )
}

/** A piece of what was read, if it lies within one that was. */
function sliceOf({slices = []}: Trace, offset: number, length: number): Buffer | undefined {
  const slice = slices.find(each => each.offset <= offset && offset + length <= each.offset + each.length)
  return slice?.bytes.subarray(offset - slice.offset, offset - slice.offset + length)
}

/** What lies below something that is not there need not have been asked for. */
function isBelowNothing(traces: Traces, path: string): boolean {
  const trace = traces.get(path)
  if (trace?.status === null) return true
  return path !== '/' && isBelowNothing(traces, posix.dirname(path))
}
