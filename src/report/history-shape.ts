// Whether a history is exactly of our making. By it files are written and removed, and what it says of the manifest goes
// back into that: a single odd value, and none of it is relied upon.

import {posix} from 'node:path'
import {type StepName, stepNames} from '../steps.ts'
import type {History, HistoryRun} from './history.ts'
import {isListOfTexts, isRecord} from './json.ts'

/** Tells whether a value is a history of this version. */
export function isHistory(value: unknown, version: number): value is History {
  if (!isRecord(value) || value.version !== version) return false
  const {next, runs} = value
  if (!isCount(next) || !Array.isArray(runs) || !runs.every(isRun)) return false
  const ids = [...runs.map(({id}) => id), next]
  return ids.every((id, index) => index === 0 || id > ids[index - 1]!)
}

function isRun(value: unknown): value is HistoryRun {
  if (!isRecord(value)) return false
  const {id, startedAt, stages, only = [], outcome = '', stays, files, nics, hosts, network} = value
  if (!isCount(id) || !isListOfTexts([startedAt, outcome])) return false
  if (![stages, only, stays].every(isListOfTexts)) return false
  if (!isRecord(files) || !isRecord(nics) || !Array.isArray(hosts)) return false
  if (![...hosts, ...Object.values(nics)].every(isRecord) || !isNetwork(network)) return false
  return Object.entries(files).every(([path, change]) => isPath(path) && isChange(change))
}

function isNetwork(value: unknown): boolean {
  if (value === undefined) return true
  const nics = isRecord(value) ? value.nics : undefined
  return Array.isArray(nics) && nics.every(nic => isRecord(nic) && isListOfTexts([nic.device, nic.mac]))
}

function isChange(value: unknown): boolean {
  if (!isRecord(value)) return false
  const {step, before, after, owned, missing = []} = value
  if (!stepNames.includes(step as StepName) || !isListOfTexts(missing) || !missing.every(isPath)) return false
  return isBefore(before) && isPlace(after) && isOwned(owned)
}

/** It becomes an entry of the manifest again. */
function isOwned(value: unknown): boolean {
  if (value === null) return true
  if (!isRecord(value)) return false
  const {sha256, previous, overwritten = []} = value
  if (sha256 !== null && !isHash(sha256)) return false
  return isBefore(previous) && Array.isArray(overwritten) && overwritten.every(isBefore)
}

/** A file gets its mode and owner back as well. */
function isBefore(value: unknown): boolean {
  if (!isPlace(value)) return false
  if (!isRecord(value) || value.sha256 === undefined) return true
  return [value.mode, value.uid, value.gid].every(isCount)
}

function isPlace(value: unknown): boolean {
  if (value === null) return true
  if (!isRecord(value)) return false
  return typeof value.link === 'string' ? value.sha256 === undefined : isHash(value.sha256)
}

/** A hash is part of a path. */
function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

function isPath(value: string): boolean {
  return value.startsWith('/') && posix.normalize(value) === value
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
