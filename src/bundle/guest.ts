// A guest as a bundle holds it: what was seen of it, in a form that goes through JSON and a tar.

import {posix} from 'node:path'
import type {Link} from '../facts/network/links.ts'
import type {Request} from '../prepare.ts'
import {parseJson} from '../report/json.ts'
import type {FoundSource, Source} from '../source/source.ts'
import {type Stage, stages} from '../steps.ts'
import {isAnswers} from './answers-shape.ts'
import {BundleError, type Entry} from './archive.ts'
import {type Recall, recallSource, recallSystem} from './recall.ts'
import {type Answer, isKind, type Trace, type Traces} from './traces.ts'

export type SourceFact = Omit<FoundSource, 'files' | 'release'> | Exclude<Source, FoundSource>

export type Guest = {
  root: string
  live: boolean
  overrides: Request['overrides']
  links?: readonly Link[] | undefined
  source?: SourceFact | undefined
  traces: Traces
  contextTraces: Traces
  answers: readonly Answer[]
}

export const answersName = 'answers.json'
const version = 1

/** Gives the entries of a bundle that a guest is made of. */
export function packGuest(guest: Guest): Entry[] {
  const {traces, contextTraces, answers, source, ...facts} = guest
  const rest = {
    version,
    ...facts,
    source,
    answers,
    files: describeTraces(prune(traces)),
    context: describeTraces(contextTraces),
  }
  const {directory = ''} = (source ?? {}) as {directory?: string}
  return [
    {name: answersName, bytes: Buffer.from(`${JSON.stringify(rest, null, 1)}\n`)},
    ...packTraces('root', '', traces),
    ...packTraces('context', directory, contextTraces),
  ]
}

/** Makes the guest of the files of a bundle. @throws BundleError if it does not hold one. */
export function unpackGuest(files: ReadonlyMap<string, Buffer>): Guest {
  const text = files.get(answersName)?.toString('utf8')
  if (text === undefined) throw new BundleError(`there is no ${answersName} in it: no bundle of vmcontext`)
  const {root, live, overrides, links, source, answers, ...traces} = parseAnswers(text)
  const directory = source?.state === 'found' ? source.directory : '/'
  return {
    ...{root, live, overrides, links, source, answers},
    traces: readTraces(traces.files, '/', path => files.get(`root${path}`)),
    contextTraces: readTraces(traces.context, directory, path =>
      files.get(`context${path.slice(directory.length)}`),
    ),
  }
}

type Answers = Omit<Guest, 'traces' | 'contextTraces'> & {
  version: number
  files: Record<string, TraceText>
  context: Record<string, TraceText>
}

function parseAnswers(text: string): Answers {
  const value = parseJson(text)
  const found = (value as {version?: unknown} | null)?.version
  if (typeof found === 'number' && found > version)
    throw new BundleError(`it is of version ${found}, this program knows ${version}: use a newer one`)
  if (!isAnswers(value)) throw new BundleError(`its ${answersName} is damaged`)
  return value as Answers
}

/** Stands the guest up again, so that it can be planned for. */
export function recallGuest(guest: Guest): Recall & {request: Request} {
  const {system, unknown} = recallSystem(guest.traces, guest.answers, guest)
  const source = toSource(guest)
  return {system, unknown, request: {...requestOf(guest), acquire: async () => source}}
}

/** What a plan for the guest is asked for. */
export function requestOf({overrides, links}: Pick<Guest, 'overrides' | 'links'>): Request {
  const all = Object.keys(stages) as Stage[]
  return {stages: all, overrides, links, waitsForNics: false, force: false}
}

function toSource({source, contextTraces}: Guest): Source {
  if (source === undefined) return {state: 'no drive', problems: []}
  return source.state === 'found' ? recallSource(source, contextTraces) : source
}

type TraceText = Omit<Trace, 'content' | 'slices'> & {
  hasContent?: true
  slices?: {offset: number; length: number; base64: string}[]
}

function describeTraces(traces: Traces): Record<string, TraceText> {
  const entries = [...traces].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([path, trace]) => [path, describeTrace(trace)]))
}

function describeTrace({content, slices, ...trace}: Trace): TraceText {
  return {
    ...trace,
    ...(content === undefined ? {} : {hasContent: true}),
    ...(slices === undefined
      ? {}
      : {slices: slices.map(({bytes, ...slice}) => ({...slice, base64: bytes.toString('base64')}))}),
  }
}

function readTraces(
  texts: Record<string, TraceText>,
  top: string,
  contentOf: (path: string) => Buffer | undefined,
): Traces {
  const entries = Object.entries(texts).map(([path, {hasContent, slices, ...trace}]): [string, Trace] => {
    if (!isBelow(top, path))
      throw new BundleError(`it holds the path ${JSON.stringify(path)}, which no bundle has`)
    return [
      path,
      {
        ...trace,
        ...(hasContent ? {content: contentOf(path) ?? Buffer.alloc(0)} : {}),
        ...(slices === undefined
          ? {}
          : {slices: slices.map(({base64, ...slice}) => ({...slice, bytes: Buffer.from(base64, 'base64')}))}),
      },
    ]
  })
  return new Map(entries)
}

/** One spelling for each path: with another one of a link, something could be written through it. */
function isBelow(top: string, path: string): boolean {
  const isPlain = path.startsWith('/') && posix.normalize(path) === path && !path.includes('\0')
  const isOwn = path === top || path.startsWith(top.endsWith('/') ? top : `${top}/`)
  return isPlain && isOwn && (path === '/' || !path.endsWith('/'))
}

/** Of what is not there its highest directory is enough. */
function prune(traces: Traces): Traces {
  const isGone = (path: string) => traces.get(path)?.status === null
  const parents = (path: string) =>
    path
      .split('/')
      .slice(1, -1)
      .map((_, index, parts) => `/${parts.slice(0, index + 1).join('/')}`)
  return new Map([...traces].filter(([path]) => !isGone(path) || !parents(path).some(isGone)))
}

function packTraces(top: string, directory: string, traces: Traces): Entry[] {
  return [...traces]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([path, {content, link, status}]): Entry[] => {
      const name = `${top}${path.slice(directory.length)}`
      const about = {mode: status?.mode, uid: status?.uid, gid: status?.gid}
      if (link !== undefined && status && isKind('isSymbolicLink', status))
        return [{name, bytes: Buffer.alloc(0), link, ...about}]
      return content === undefined ? [] : [{name, bytes: content, ...about}]
    })
}
