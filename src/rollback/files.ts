// What becomes of one file: what stood there before the first of the runs returns, unless somebody else has changed the
// file since.

import {settlePlace} from '../image/give-back/place.ts'
import type {After, Before, FileChange} from '../report/history.ts'
import {hashBytes, keptPath} from '../report/manifest.ts'
import {isAtBefore, isSame, readStanding, type Standing, writesThrough} from '../report/standing.ts'
import type {StepName} from '../steps.ts'
import {unlessRefused} from '../system/errors.ts'
import type {System} from '../system/system.ts'

/**
 * `return`: what stood there before returns; `same`: it stands there already; `changed`: somebody else has changed it
 * since; `lost`: there is no copy, or a damaged one; `refused`: the machine, or a link on the way, forbids it.
 */
export type FileState = 'return' | 'same' | 'changed' | 'lost' | 'refused'

export type FileReturn = {
  /** The name that it has in the records. */
  path: string
  step: StepName
  state: FileState
  /** Where it really lies; from `inside` on no link is followed (src/image/deed.ts). */
  place: string
  inside?: string | undefined
  before: Before
  now: Standing
  /** What returns, if that is a file. */
  bytes?: Buffer | undefined
  /** Directories that were made for it, the deepest first. */
  missing: readonly string[]
  owned: FileChange['owned']
  /** Why it stays as it is, and what to do about it. */
  message?: string | undefined
  cure?: string | undefined
}

/** Plans it. `changes` is what the runs made of it, the oldest first. */
export function planFile(system: System, path: string, changes: readonly FileChange[]): FileReturn {
  const {step, before, after, owned} = changes[0]!
  const followsEnd = writesThrough(after)
  const missing = [...new Set(changes.flatMap(change => change.missing ?? []))]
  const common = {path, step, before, owned, missing, place: path, now: 'not readable'} as const
  const found = unlessRefused(
    () => settlePlace(system, path, {followsEnd}),
    refusal => ({obstacle: refusal.message}),
  )
  if ('obstacle' in found) return {...common, state: 'refused', message: found.obstacle}
  const now = readStanding(system, found.path, {followsEnd: false})
  const here = {...common, place: found.path, inside: found.inside, now}
  if (now === 'not readable') return {...here, state: 'refused', ...notReadable}
  if (isAtBefore(now, before)) return {...here, state: 'same'}
  if (!isKnown(now, changes)) return {...here, state: 'changed', ...describeChanged(before)}
  return {...here, ...findCopy(system, before)}
}

const notReadable = {
  message: 'it cannot be read, or is a directory by now',
  cure: 'see what stands there: ls -ld shows it',
}

/** One of the runs left it so, or found it so. */
function isKnown(now: Standing, changes: readonly FileChange[]): boolean {
  const known: (Before | After)[] = changes.flatMap(({before, after}) => [before, after])
  return known.some(each => isSame(now, each))
}

function findCopy(system: System, before: Before): Pick<FileReturn, 'state' | 'bytes' | 'message' | 'cure'> {
  if (before === null || before.sha256 === undefined) return {state: 'return'}
  const path = keptPath(before)
  const bytes = unlessRefused(
    () => system.files.read(path),
    () => undefined,
  )
  if (bytes !== undefined && hashBytes(bytes) === before.sha256) return {state: 'return', bytes}
  const what = bytes === undefined ? 'missing' : 'damaged'
  return {
    state: 'lost',
    message: `the copy of what stood here before is ${what}: ${path}`,
    cure: 'write it by hand, or leave it to the next boot',
  }
}

function describeChanged(before: Before): Pick<FileReturn, 'message' | 'cure'> {
  const message = 'somebody has changed this since'
  if (before === null) return {message, cure: 'nothing stood there before: remove it if nobody needs it'}
  const cure =
    before.sha256 === undefined
      ? `before, it was a link to ${before.link}`
      : `what stood there before is ${keptPath(before)}`
  return {message, cure}
}
