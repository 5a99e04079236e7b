// What a rollback would do, for a person: each file with its difference, the network, and what stays.

import type {Prepared} from '../../../prepare.ts'
import {formatProblem} from '../../../problem.ts'
import type {FileReturn} from '../../../rollback/files.ts'
import type {RollbackPlan} from '../../../rollback/plan.ts'
import {diffFile} from '../file-diff.ts'
import type {Row} from '../page.ts'

/** So many lines of one difference are shown on a terminal; in a pipe all are. */
const diffLimit = 40

/** Lines of the plan. */
export function formatRollback(
  plan: RollbackPlan,
  {facts}: Pick<Prepared, 'facts'>,
  isTerminal: boolean,
): Row[] {
  const {runs, files, network, hostName, stays, problems} = plan
  const ids = runs.map(({id}) => id).join(', ')
  const guest = facts.live ? 'this guest' : facts.root
  const same = files.filter(({state}) => state === 'same').map(({path}) => path)
  return [
    {text: `Taking back ${runs.length === 1 ? 'run' : 'runs'} ${ids} on ${guest}`, tone: 'strong'},
    ...problems.map(problem => ({text: formatProblem(problem), indent, tone: 'doubtful'}) as const),
    ...files.flatMap(file => formatFile(file, isTerminal ? diffLimit : Number.POSITIVE_INFINITY)),
    ...(same.length === 0 ? [] : [{text: `as before already: ${same.join(', ')}`, indent}]),
    ...(network === undefined ? [] : formatNetwork(network.down, network.up)),
    ...(hostName === undefined ? [] : [{text: `name the running system ${hostName}`, indent}]),
    ...(stays.length === 0 ? [] : [{text: 'stays, as no rollback takes it back:', indent}]),
    ...stays.map(text => ({text: `- ${text}`, indent: indent + 2})),
  ]
}

const indent = 2

function formatFile(file: FileReturn, limit: number): Row[] {
  const {path, state, message, cure} = file
  if (state === 'same') return []
  if (state !== 'return') {
    const rows: Row[] = [{text: `leave ${path}: ${message}`, indent, tone: 'doubtful'}]
    return cure === undefined ? rows : [...rows, {text: `cure: ${cure}`, indent: indent + 2}]
  }
  const diff = describeDifference(file, limit)
  return [{text: describeDeed(file), indent}, ...diff.map(row => ({...row, indent: indent + 2}))]
}

function describeDeed({path, before, now}: FileReturn): string {
  if (before === null) return `remove ${path}`
  if (before.link !== undefined) return `link ${path} to ${before.link}`
  return now === null ? `bring back ${path}` : `change ${path} back`
}

/** User data may hold anything; of the rest what is shown is what `plan` shows. */
function describeDifference({step, before, now, bytes}: FileReturn, limit: number): Row[] {
  if (before?.link !== undefined || (now !== null && typeof now === 'object' && 'link' in now)) return []
  if (step === 'user-data') return [{text: 'its text is not shown: it may hold secrets', tone: 'quiet'}]
  const present = now !== null && typeof now === 'object' ? now : undefined
  const rights = before === null || present === undefined ? [] : describeRights(before, present)
  const text = present?.bytes.toString('latin1')
  return [...rights, ...diffFile(text, before === null ? undefined : bytes?.toString('latin1'), limit)]
}

type Rights = {mode: number; uid: number; gid: number}

function describeRights(before: Rights, now: Rights): Row[] {
  const format = ({mode, uid, gid}: Rights) => `${(mode & 0o7777).toString(8).padStart(4, '0')} ${uid}:${gid}`
  const [then, here] = [format(before), format(now)]
  return then === here ? [] : [{text: `mode and owner ${here} become ${then}`}]
}

function formatNetwork(down: readonly string[], up: readonly string[]): Row[] {
  const parts = [
    ...(down.length === 0 ? [] : [`take down ${down.join(', ')}`]),
    ...(up.length === 0 ? [] : [`bring up ${up.join(', ')} by the definition of before`]),
  ]
  return [{text: parts.join(', then '), indent}]
}
