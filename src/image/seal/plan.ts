// What sealing comes to: what each operation has found.

import type {Problem} from '../../problem.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {Look} from './look.ts'
import type {Found, Operation} from './operation.ts'
import {isRecord} from './operations/context.ts'

export type SealPlan = {
  found: Found[]
  problems: readonly Problem[]
  /** Something could not be looked at: nobody can say what is there. */
  isBlind: boolean
}

/** Looks for everything, changes nothing. What cannot be looked at is told and passed over. */
export function planSeal(look: Look, operations: readonly Operation[]): SealPlan {
  const taken = new Set<string>()
  const found = operations.map(operation => {
    const findings = unlessRefused(
      () => operation.find(look),
      refusal => {
        look.troubles.tellRefusal(refusal)
        return []
      },
    )
    // Two rows may meet one path; what has gone with a tree is not removed again.
    const fresh = findings.filter(({path, deed}) => deed?.kind !== 'remove' || !isTaken(taken, path))
    for (const {path, deed} of fresh)
      if (deed?.kind === 'remove' && operation.name !== 'context') taken.add(path)
    return {operation, findings: dropTwins(fresh)}
  })
  const fruitful = found.filter(({findings}) => findings.length > 0)
  return {found: fruitful, problems: look.troubles.list(), isBlind: look.troubles.isBlind()}
}

function isTaken(taken: ReadonlySet<string>, path: string): boolean {
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) if (taken.has(at)) return true
  return false
}

function dropTwins<T extends {path: string; reason: string}>(findings: readonly T[]): T[] {
  return [...new Map(findings.map(finding => [`${finding.path}\0${finding.reason}`, finding])).values()]
}

/** In the order in which they are done: what contexts made is given back first, the records of it go last. */
export function orderFindings({found}: SealPlan) {
  const all = found.flatMap(({operation, findings}) =>
    findings.map(finding => ({
      operation,
      finding,
      isRecord: operation.name === 'context' && isRecord(finding),
    })),
  )
  const given = all.filter(({operation, isRecord}) => operation.name === 'context' && !isRecord)
  const others = all.filter(({operation}) => operation.name !== 'context')
  const deedsOf = (entries: typeof all) => entries.flatMap(({finding}) => finding.deed ?? [])
  return {
    given: deedsOf(given),
    others: deedsOf(others),
    records: deedsOf(all.filter(({isRecord}) => isRecord)),
  }
}
