// What sealing would do and has done, as lines for a person, 80 columns where paths allow.

import {count} from '../../report/lines.ts'
import {formatBytes} from '../../report/sizes.ts'
import {escapeLine} from '../../system/commands.ts'
import type {Finding, Found, Operation, Severity} from './operation.ts'
import {operations} from './operations.ts'
import type {SealPlan} from './plan.ts'

/** So many files of one operation are shown before somebody is asked; a dry run shows them all. */
const shownLimit = 8
const pathWidth = 44
const sizeWidth = 11

/** Lists what was found, by operation. `isWhole`: every file, those in directories too. */
export function formatPlan({found}: SealPlan, {isWhole}: {isWhole: boolean}): string {
  return found
    .map(each => formatOperation(each, isWhole))
    .concat(formatTotal(found))
    .join('\n')
}

function formatOperation({operation, findings}: Found, isWhole: boolean): string {
  const limit = isWhole || findings.length <= shownLimit + 1 ? findings.length : shownLimit
  const left = findings.slice(limit)
  const rest =
    left.length === 0
      ? []
      : [`    and ${left.length} more, ${formatSize(sum(left))} (--dry-run lists them all)`]
  const lines = formatByReason(findings.slice(0, limit), isWhole)
  return [`${operation.name}: ${operation.description}`, ...lines, ...rest, ''].join('\n')
}

/** A reason that several share stands once, above them. */
function formatByReason(findings: readonly Finding[], isWhole: boolean): string[] {
  return [...Map.groupBy(findings, ({reason}) => reason)].flatMap(([reason, same]) => [
    `  ${escapeLine(reason)}`,
    ...same.flatMap(finding => formatFinding(finding, isWhole)),
  ])
}

function formatFinding(finding: Finding, isWhole: boolean): string[] {
  const {path, bytes, contents} = finding
  const isTree = contents !== undefined
  const inner =
    isWhole && isTree ? contents.map(each => formatLine(escapeLine(each.path), `      `, each.bytes)) : []
  const name = `${escapeLine(path)}${isTree ? '/' : ''}`
  const files = isTree ? `, ${count(contents.length, 'file')}` : ''
  const stays = finding.cure === undefined ? 'stays' : `stays: ${finding.cure}`
  const what = finding.deed === undefined ? escapeLine(stays) : verbs[finding.deed.kind]
  return [`${formatLine(name, '    ', bytes)}${files}${what === '' ? '' : `, ${what}`}`, ...inner]
}

/** Nothing is said of what is removed: that is what one expects. */
const verbs: Record<string, string> = {
  remove: '',
  empty: 'emptied',
  write: 'written',
  link: 'linked',
  'revoke-keys': 'taken out',
  'lock-password': 'locked',
  'delete-account': 'deleted',
}

function formatLine(path: string, indent: string, bytes: number): string {
  const size = formatSize(bytes)
  // A longer path has its size right behind it.
  const gap = Math.max(1, pathWidth + sizeWidth - path.length - size.length)
  return `${indent}${path}${' '.repeat(gap)}${size}`
}

function formatSize(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : formatBytes(bytes)
}

function formatTotal(found: readonly Found[]): string {
  const findings = found.flatMap(each => each.findings).filter(({deed}) => deed !== undefined)
  const files = findings.reduce((total, each) => total + each.files, 0)
  return `${count(files, 'file')}, ${formatSize(sum(findings))}, in ${count(found.length, 'operation')}\n`
}

function sum(findings: readonly Finding[]): number {
  return findings.reduce((total, {bytes}) => total + bytes, 0)
}

/** The table of operations: `*` marks those by default. */
export function formatOperations(): string {
  const groups = meanings.map(([severity, meaning]) => {
    const lines = operations.filter(each => each.severity === severity).map(formatEntry)
    return `\n${severity}: ${meaning}\n${lines.join('')}`
  })
  return `Those marked * are done unless --operations says otherwise.\n${groups.join('')}`
}

const meanings: readonly (readonly [Severity, string])[] = [
  ['identity', 'clones would be taken for one machine'],
  ['secret', "it lets somebody in, or is nobody else's business"],
  ['trace', 'merely what was left behind'],
]

function formatEntry({name, isDefault, description}: Operation): string {
  return `  ${isDefault ? '*' : ' '} ${name.padEnd(18)} ${description}\n`
}
