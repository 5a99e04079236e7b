// `seal --check`: whether a tree is clean, whoever made it, and what is not.

import {formatBytes} from '../../report/sizes.ts'
import {escapeLine} from '../../system/commands.ts'
import type {Finding, Operation, Severity} from './operation.ts'
import {operations} from './operations.ts'
import type {SealPlan} from './plan.ts'

export type Complaint = {
  severity: Severity
  operation: string
  path: string
  reason: string
  files: number
  bytes: number
  cure?: string | undefined
}

/** Lists what is not clean, the weightiest first. `root` is the tree as it was named: its cures name it, too. */
export function listComplaints({found}: SealPlan, root: string): Complaint[] {
  const all = found.flatMap(({operation, findings}) =>
    findings.map(finding => complain(operation, finding, root)),
  )
  return all.sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
}

const order: readonly Severity[] = ['identity', 'secret', 'trace', 'note']

function complain({name, severity}: Operation, finding: Finding, root: string): Complaint {
  const {path, reason, files, bytes, deed} = finding
  const seals = `vmcontext seal --operations ${name}`
  const cure = nameRoot(finding.cure ?? (deed === undefined ? undefined : seals), root)
  return {severity: finding.severity ?? severity, operation: name, path, reason, files, bytes, cure}
}

/** A command that cures a tree has to be told which one, or it works on the machine around it. */
export function nameRoot(cure: string | undefined, root: string): string | undefined {
  const word = /^[\w./:@%+,-]+$/.test(root) ? root : `'${root.replaceAll("'", "'\\''")}'`
  return root === '/' ? cure : cure?.replace(/^vmcontext \w+/, command => `${command} --root ${word}`)
}

/** An image may be cloned with traces in it, and with what is merely worth knowing. */
export function isClonable(complaints: readonly Complaint[]): boolean {
  return !complaints.some(({severity}) => isWeighty(severity))
}

const isWeighty = (severity: Severity) => severity === 'identity' || severity === 'secret'

const shownLimit = 5

/** A line each; of many alike the first, and how many more there are. */
export function formatComplaints(
  complaints: readonly Complaint[],
  {isBlind}: Pick<SealPlan, 'isBlind'>,
): string {
  const groups = Map.groupBy(complaints, ({operation, reason, cure}) => [operation, reason, cure].join('\0'))
  const lines = [...groups.values()].flatMap(formatGroup)
  const verdicts = [...formatChoices(complaints), formatVerdict(complaints, isBlind)]
  return [...lines, ...verdicts].map(line => `${line}\n`).join('')
}

function formatGroup(group: readonly Complaint[]): string[] {
  const limit = group.length <= shownLimit + 1 ? group.length : shownLimit
  const left = group.length - limit
  const {cure} = group[0]!
  return [
    ...group.slice(0, limit).map(formatComplaint),
    ...(left === 0 ? [] : [`${indent}and ${left} more alike (--json lists them all)`]),
    ...(cure === undefined ? [] : [`${indent}cure: ${escapeLine(cure)}`]),
  ]
}

const indent = ' '.repeat(10)

function formatComplaint({severity, path, reason, bytes}: Complaint): string {
  const size = bytes >= 1024 * 1024 ? `, ${formatBytes(bytes)}` : ''
  return `${severity.padEnd(indent.length)}${escapeLine(path)}: ${escapeLine(reason)}${size}`
}

/** A key of its maker, say, may be what an image is made for. */
function formatChoices(complaints: readonly Complaint[]): string[] {
  const isChoice = ({severity, operation}: Complaint) =>
    isWeighty(severity) && operations.some(({name, isDefault}) => name === operation && !isDefault)
  const names = [...new Set(complaints.filter(isChoice).map(({operation}) => `-${operation}`))]
  return names.length === 0
    ? []
    : [`Is it meant to stay? Then leave it out: --check --operations ${names.join()}`]
}

function formatVerdict(complaints: readonly Complaint[], isBlind: boolean): string {
  const numbers = order
    .map(severity => ({severity, number: complaints.filter(each => each.severity === severity).length}))
    .filter(({number}) => number > 0)
  const words = numbers.map(({severity, number}) => `${number} × ${severity}`).join(', ')
  if (!isClonable(complaints)) return `NOT fit to be cloned: ${words}`
  if (isBlind) return 'NOT known to be fit to be cloned: not everything could be looked at'
  return words === '' ? 'clean: nothing of one machine is left' : `fit to be cloned; ${words}`
}
