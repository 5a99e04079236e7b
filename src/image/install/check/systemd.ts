// Whether systemd will start our units: found as it finds them (systemd.unit(5)), wanted by a target that the default
// target pulls in.

import type {Problem} from '../../../problem.ts'
import type {Files} from '../../../system/files.ts'
import type {System} from '../../../system/system.ts'
import {notStarted, type StartCheck} from './check.ts'

/** Where systemd looks for units, the strongest first. */
export const unitPath = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]

const units = [
  ['vmcontext-local.service', 'before network-pre.target'],
  ['vmcontext-final.service', 'last, when the network is up'],
  ['vmcontext-reconfigure.path', 'to see to cards and discs that come later'],
] as const

/** Checks the units that every guest has. */
export function checkSystemd({files}: System): StartCheck {
  const lines: string[] = []
  const problems: Problem[] = []
  for (const [unit, when] of units) {
    const why = whyNot(files, unit)
    if (why === undefined) lines.push(`systemd will start ${unit.replace(/\.service$/, '')} ${when}`)
    else problems.push(notStarted(unit, why.reason, why.cure))
  }
  return {lines, problems}
}

function whyNot(files: Files, unit: string): {reason: string; cure?: string} | undefined {
  const found = findUnit(files, unit)
  if (found === undefined) return {reason: 'there is no such unit'}
  if (found === 'masked') return {reason: 'it is masked', cure: `systemctl unmask ${unit}`}
  const wanting = unitPath.flatMap(directory => findWanting(files, directory, unit))
  if (wanting.length === 0) return {reason: 'it is not enabled', cure: `systemctl enable ${unit}`}
  const reached = reachedTargets(files)
  if (wanting.some(target => reached.has(target))) return undefined
  const target = wanting.join(' ')
  return {reason: `${target} is not part of default.target`, cure: 'systemctl set-default multi-user.target'}
}

/** The text of a unit by the first directory that has one. */
function findUnit(files: Files, unit: string): string | 'masked' | undefined {
  for (const directory of unitPath) {
    const path = `${directory}/${unit}`
    if (files.linkStatus(path) === undefined) continue
    if (files.readLink(path) === '/dev/null') return 'masked'
    const text = files.status(path)?.isFile() ? files.readText(path) : undefined
    // An empty file masks as well.
    return text === undefined ? undefined : text === '' ? 'masked' : text
  }
  return undefined
}

/** The targets that want or require a unit by a link in one directory. */
function findWanting(files: Files, directory: string, unit: string): string[] {
  return files.list(directory).flatMap(name => {
    const target = /^(.*)\.(?:wants|requires)$/.exec(name)?.[1]
    return target !== undefined && files.list(`${directory}/${name}`).includes(unit) ? [target] : []
  })
}

/** default.target, what its links lead to, and what those pull in by name. */
function reachedTargets(files: Files): ReadonlySet<string> {
  const reached = new Set<string>()
  const pending = [findDefault(files)]
  while (pending.length > 0) {
    const target = pending.pop()!
    if (reached.has(target)) continue
    reached.add(target)
    const text = findUnit(files, target) ?? ''
    const names = Array.from(text.matchAll(/^(?:Requires|Wants|BindsTo)=(.*)$/gm), ([, value]) =>
      value!.split(/\s+/),
    )
    pending.push(...names.flat().filter(name => name.endsWith('.target')))
    for (const directory of unitPath)
      for (const name of listWanted(files, directory, target))
        if (name.endsWith('.target')) pending.push(name)
  }
  return reached
}

function listWanted(files: Files, directory: string, target: string): string[] {
  return ['wants', 'requires'].flatMap(kind => files.list(`${directory}/${target}.${kind}`))
}

/** default.target is a link, as a rule, and known by the name that it leads to. */
function findDefault(files: Files): string {
  for (const directory of unitPath) {
    const link = files.readLink(`${directory}/default.target`)
    if (link !== undefined) return link.split('/').at(-1)!
  }
  return 'default.target'
}
