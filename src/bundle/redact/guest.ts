// A guest without what is secret: files in the form that the allow-list gives them, everything else by value.

import {pathOfPlace} from '../../facts/login/authorized-keys.ts'
import type {Prepared} from '../../prepare.ts'
import {hidePassword, type Redaction, redactFile} from '../allow-list.ts'
import type {Guest} from '../guest.ts'
import type {Seen} from '../look.ts'
import {planRecalled, type RenderPlan} from '../plan.ts'
import {pairMarks, redactRecords} from '../records.ts'
import type {Trace, Traces} from '../traces.ts'
import {redactSlices} from './device.ts'
import {blank} from './filler.ts'
import {redactKeys} from './keys.ts'
import {createRedaction} from './redaction.ts'
import {redactShellText} from './shell-text.ts'
import type {StandIns} from './stand-ins.ts'

export type LeftOut = {path: string; why: string}

/** Redacts a guest. First all forms, so that every secret is known; then each by its value, wherever it is. */
export async function redactGuest({prepared, plan, guest}: Seen, render: RenderPlan) {
  const context = prepared === 'switched off' ? undefined : prepared
  const redaction = createRedaction(context, guest, keyFilesOf(context))
  const leftOut: LeftOut[] = []
  const formed = formGuest(guest, redaction, leftOut)
  const notSearched = redaction.standIns.spare(word => isCommon(word, guest))
  const draft = applyToGuest(formed, redaction.standIns)
  const {prepared: redacted} = await planRecalled(draft, render)
  const pair = context && redacted !== 'switched off' ? {real: context, redacted} : undefined
  const contents = pairContents(guest, formed, redaction.standIns)
  return {
    guest: pair ? {...draft, traces: redactRecords(draft.traces, pair, contents)} : draft,
    plan,
    redaction: {...redaction, notSearched},
    leftOut,
    marks: pair ? pairMarks(pair) : new Map<string, string>(),
  }
}

/** Programs are named one by one: what others print may be anything. */
function formGuest(guest: Guest, redaction: Redaction, leftOut: LeftOut[]): Guest {
  const {answers, overrides, traces, contextTraces} = guest
  const known = answers.filter(({argv}) => argv[0] === 'getent')
  return {
    ...guest,
    answers: known.map(({argv, result}) => ({
      argv,
      result: {...result, output: result.output.split('\n').map(hidePassword).join('\n')},
    })),
    overrides: overrides.map(override => ({
      ...override,
      value: redaction.redactValue(override.name, override.value),
    })),
    traces: mapTraces(traces, (trace, path) => redactTrace(path, trace, redaction, leftOut)),
    contextTraces: mapTraces(contextTraces, (trace, path) =>
      redactContextTrace(path, trace, guest, redaction),
    ),
  }
}

function mapTraces(traces: Traces, change: (trace: Trace, path: string) => Trace): Traces {
  return new Map([...traces].map(([path, trace]) => [path, change(trace, path)]))
}

function applyToGuest({traces, contextTraces, answers, source, ...guest}: Guest, standIns: StandIns): Guest {
  const applied = (all: Traces): Traces =>
    new Map(
      [...all].map(([path, {content, ...trace}]): [string, Trace] => [
        standIns.apply(path),
        {...applyToTexts(trace, standIns), ...(content && {content: applyTo(content, standIns)})},
      ]),
    )
  return {
    ...guest,
    ...applyToTexts({answers, source}, standIns),
    traces: applied(traces),
    contextTraces: applied(contextTraces),
  }
}

/** The bytes of every file before and after, by path. */
function pairContents(
  guest: Guest,
  formed: Guest,
  standIns: StandIns,
): ReadonlyMap<string, [Buffer, Buffer]> {
  const pairs = (befores: Traces, afters: Traces) =>
    [...afters].flatMap(([path, {content}]): [string, [Buffer, Buffer]][] => {
      const before = befores.get(path)?.content
      return before && content ? [[path, [before, applyTo(content, standIns)]]] : []
    })
  return new Map([...pairs(guest.traces, formed.traces), ...pairs(guest.contextTraces, formed.contextTraces)])
}

function keyFilesOf(prepared: Prepared | undefined): ReadonlySet<string> {
  const {authorizedKeys = new Map(), accounts = []} = prepared?.facts ?? {}
  return new Set(
    [...authorizedKeys].flatMap(([name, {place}]) => {
      const account = accounts.find(each => each.name === name)
      return place === undefined || account === undefined ? [] : pathOfPlace(account, place)
    }),
  )
}

function redactTrace(path: string, trace: Trace, redaction: Redaction, leftOut: LeftOut[]): Trace {
  const {content, slices, ...rest} = trace
  const redacted: Trace = {...rest, ...(slices === undefined ? {} : {slices: redactSlices(slices)})}
  if (content === undefined) return redacted
  const form = redactFile(path, content, redaction)
  if (form === undefined) leftOut.push({path, why: 'not on the list of what may be shown'})
  return form === undefined ? redacted : {...redacted, content: form}
}

/** Of a disc: its variables, and files that keys were looked for in. */
function redactContextTrace(
  path: string,
  trace: Trace,
  {source}: Guest,
  {redactValue, standIns}: Redaction,
): Trace {
  const {content} = trace
  if (content === undefined) return trace
  if (source?.state === 'found' && path === `${source.directory}/${source.contextFile}`)
    return {...trace, content: redactShellText(content, redactValue)}
  const text = content.toString('latin1')
  if (path.endsWith('/token.txt'))
    return {...trace, content: Buffer.from(standIns.forVariable('ONEGATE_TOKEN', text), 'latin1')}
  const isKeys = /(\.pub|keys?[\w.]*|id_\w+)$/i.test(path)
  return {...trace, content: Buffer.from(isKeys ? redactKeys(text) : blank(text), 'latin1')}
}

/** A plain word that the guest itself is full of: put in its place everywhere, it would tear everything apart. */
function isCommon(word: string, {traces}: Guest): boolean {
  if (!/^[a-z]{1,16}\d{0,3}$/i.test(word)) return false
  const own =
    'status content names refusals version mode null true false changed unchanged failed done local final account password'
  return own.includes(word) || [...traces.keys()].some(path => path.includes(word))
}

export function applyTo(bytes: Buffer, standIns: StandIns): Buffer {
  const text = bytes.toString('latin1')
  // Secrets are text: compared as UTF-8 where the bytes are that.
  const utf8 = bytes.toString('utf8')
  if (Buffer.from(utf8).equals(bytes)) return Buffer.from(standIns.apply(utf8))
  return Buffer.from(standIns.apply(text), 'latin1')
}

function applyToTexts<T>(value: T, standIns: StandIns): T {
  if (typeof value === 'string') return standIns.apply(value) as T
  if (Array.isArray(value)) return value.map(each => applyToTexts(each, standIns)) as T
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, applyToTexts(part, standIns)]),
  ) as T
}
