// The time zone step: /etc/localtime, and the files that say the zone's name (contract §3). A context that no longer
// names a zone leaves the last one, as it does with the host name.

import type {Action} from '../action.ts'
import type {Facts} from '../facts/facts.ts'
import {localtimePath, type TimeZone, type Zone} from '../facts/time-zone.ts'
import {planFile} from '../network/file-edit.ts'
import {readSysconfigVariable, setSysconfigVariable} from '../network/sysconfig-file.ts'
import type {Problem} from '../problem.ts'
import {nothingAsked, type PlanInput, type StepPlan} from './input.ts'

/** Plans the time zone that the context names. */
export function planTimeZone({context, contextProblems, facts}: PlanInput): StepPlan {
  const problems = [...contextProblems['time-zone']]
  const {timeZone: found} = facts
  const name = context?.timeZone
  if (name === undefined || found === undefined) return nothingAsked(problems)
  const request = {name}
  if (found.zone !== undefined) {
    const actions = [...planLocaltime(name, found.zone, found), ...planNames(name, facts)]
    return {summary: name, actions, problems, request}
  }
  // Without zones a guest has this one.
  const isUtc = /^(Etc\/)?UTC$/.test(name) && !found.hasZones && found.localtime.content === undefined
  if (isUtc) return {summary: name, actions: [], problems, request}
  const line = context?.variables.get('TIMEZONE')?.line
  return nothingAsked([...problems, {...describeMissing(name, found), file: context?.file, line}])
}

function describeMissing(name: string, {hasZones}: TimeZone): Problem {
  const refusal = {code: 'value-rejected', key: 'TIMEZONE'} as const
  if (!hasZones) {
    const message = 'this guest has no time zones, so its own stays as it is'
    return {...refusal, message, cure: 'install the package tzdata, on SUSE timezone, in the image'}
  }
  const message = `this guest has no time zone ${name}, so its own stays as it is`
  return {...refusal, message, cure: '`ls -R /usr/share/zoneinfo` lists them; capitals count'}
}

/**
 * A link, which localtime(5) asks for, or a copy where one stands: Red Hat before 7, Debian before 8 and SUSE before 12
 * keep one (SUSE as a hard link), for a /usr that is mounted late.
 */
function planLocaltime(name: string, {directory, content}: Zone, {localtime}: TimeZone): Action[] {
  const {link} = localtime
  if (localtime.content !== undefined) {
    const isSame = localtime.content === content
    return isSame ? [] : [{kind: 'write', path: localtimePath, content, mode: 0o644}]
  }
  const target = `${directory.replace(/^\/(etc\/)?/, (_, etc) => (etc === undefined ? '../' : ''))}/${name}`
  const isSame = link === target || link === `${directory}/${name}`
  return isSame ? [] : [{kind: 'link', path: localtimePath, target}]
}

/** Where old systems keep the name besides, and up to which version they are old. */
const clocks = {redhat: {key: 'ZONE', before: 7}, suse: {key: 'TIMEZONE', before: 12}}
const clockPath = '/etc/sysconfig/clock'

/**
 * `/etc/timezone`, from which Debian's tzdata once made the copy anew, and of which Debian 13 knows nothing any more;
 * `/etc/sysconfig/clock`, which Red Hat's tzdata-update and SUSE's package timezone read.
 */
function planNames(name: string, {os, files}: Facts): Action[] {
  const {family, id, version = 99} = os
  const isDebian = files.has('/etc/timezone') || (id === 'debian' && version < 13)
  const names = isDebian ? planFile(files, '/etc/timezone', `${name}\n`) : []
  if (family !== 'redhat' && family !== 'suse') return names
  const {key, before} = clocks[family]
  const text = files.get(clockPath)?.content ?? ''
  const last = readSysconfigVariable(text, key)
  if (last === name || (last === undefined && version >= before)) return names
  return [...names, ...planFile(files, clockPath, setSysconfigVariable(text, key, `"${name}"`))]
}
