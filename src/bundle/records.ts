// The agent's own records in a bundle: they hold hashes of secrets, by which somebody could try passwords. Each is made
// anew of what stands for the secret, so that what was set or done before still counts as that.

import {randomBytes} from 'node:crypto'
import {hashTexts} from '../plan/scripts/once.ts'
import {listUserData} from '../plan/scripts/user-data.ts'
import type {Prepared} from '../prepare.ts'
import {hashBytes, type Manifest, manifestPath, type SetPassword} from '../report/manifest.ts'
import {isSetLast, recordPassword} from '../report/set-password.ts'
import {Secret} from '../secret.ts'
import type {Trace, Traces} from './traces.ts'

const statePath = '/run/vmcontext/boot.json'
const reportPath = '/run/vmcontext/report.json'

/** The same guest, planned for with its secrets and with what stands for them. */
export type Pair = {real: Prepared; redacted: Prepared}

/** What stands for a hash. */
type HashFor = (hash: string) => string

/** Replaces hashes in the records. `contents` are the bytes of files before and after, by path. */
export function redactRecords(
  traces: Traces,
  pair: Pair,
  contents: ReadonlyMap<string, [Buffer, Buffer]>,
): Traces {
  const hashes = new Map(
    [...contents.values()].map(([before, after]) => [hashBytes(before), hashBytes(after)]),
  )
  const hashFor: HashFor = hash => {
    const known = hashes.get(hash) ?? randomBytes(32).toString('hex')
    hashes.set(hash, known)
    return known
  }
  const redacted = new Map(traces)
  const change = (path: string, edit: (value: never) => unknown) => {
    const trace = redacted.get(path)
    if (trace?.content !== undefined) redacted.set(path, {...trace, content: editJson(trace.content, edit)})
  }
  change(manifestPath, (manifest: Manifest) => redactManifest(manifest, pair, hashFor))
  change(statePath, (state: BootRecord) => redactState(state, pair))
  change(reportPath, (report: object) => redactHashes(report, hashFor))
  return moveKept(redacted, hashFor)
}

function editJson(bytes: Buffer, edit: (value: never) => unknown): Buffer {
  try {
    return Buffer.from(`${JSON.stringify(edit(JSON.parse(bytes.toString('utf8')) as never), null, 2)}\n`)
  } catch {
    // A damaged record counts as damaged: nothing of it is shown.
    return Buffer.from('damaged\n')
  }
}

function redactManifest(manifest: Manifest, pair: Pair, hashFor: HashFor): unknown {
  const {passwords = {}, once = {}} = manifest
  return {
    ...(redactHashes(manifest, hashFor) as Manifest),
    passwords: mapValues(passwords, record => redactPassword(record, pair)),
    once: mapValues(once, (mark, step) => redactMark(mark, step, pair)),
  }
}

/** Every hash of bytes that are in the bundle in another form is that of the other form; none of others is there. */
function redactHashes(value: unknown, hashFor: HashFor): unknown {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === 'string' && /^[0-9a-f]{64}$/.test(part) ? hashFor(part) : part,
  )
}

/** Kept copies lie under their hash. */
function moveKept(traces: Traces, hashFor: HashFor): Traces {
  return new Map(
    [...traces].map(([path, trace]): [string, Trace] => {
      const sha256 = /^\/var\/lib\/vmcontext\/kept\/([0-9a-f]{64})$/.exec(path)?.[1]
      const other = sha256 && hashFor(sha256)
      return [other ? `/var/lib/vmcontext/kept/${other}` : path, trace]
    }),
  )
}

function redactPassword(record: SetPassword, {real, redacted}: Pair): SetPassword {
  const [was, is] = [real.context?.password, redacted.context?.password]
  const isSame = was !== undefined && is !== undefined && isSetLast(record, was)
  return isSame
    ? recordPassword(is)
    : recordPassword({kind: 'plain', secret: new Secret(randomBytes(16).toString('hex'))})
}

/** `text=` is a hash of what was done. */
function redactMark(mark: string, step: string, pair: Pair): string {
  const hashes = pairMarks(pair, step)
  return mark.replace(/\btext=([0-9a-f]+)/, (_, text: string) => {
    return `text=${hashes.get(text) ?? randomBytes(8).toString('hex')}`
  })
}

/** The hashes by which the texts of a context are noted, and those of what stands for them; in marks of one step, or all. */
export function pairMarks({real, redacted}: Pair, step?: string): ReadonlyMap<string, string> {
  const [ones, others] = [hashesOf(real), hashesOf(redacted)]
  const names = step === undefined ? Object.keys(ones) : [step]
  const pairs = names.map(name => [ones[name], others[name]])
  return new Map(pairs.filter((pair): pair is [string, string] => pair.every(hash => hash !== undefined)))
}

function hashesOf({context}: Prepared): Record<string, string | undefined> {
  const {userData, startScript} = context ?? {}
  return {
    'user-data': userData && hashTexts(listUserData(userData)),
    'start-script': startScript && hashTexts([startScript.text.reveal()]),
  }
}

type BootRecord = {bootId?: string; steps?: Record<string, string>}

function redactState(state: BootRecord, {real, redacted}: Pair): BootRecord {
  const digestOf = (prepared: Prepared, name: string) =>
    prepared.plan.steps.find(step => step.name === name)?.digest
  const steps = mapValues(state.steps ?? {}, (digest, name) => {
    const isSame = digest === digestOf(real, name)
    return (isSame ? digestOf(redacted, name) : undefined) ?? randomBytes(32).toString('hex')
  })
  return {...state, steps}
}

function mapValues<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
