// Which of sshd's settings holds for an account. The first one met does, and one below a Match that applies goes
// before those for all (sshd_config(5)). What depends on where a connection comes from cannot be told beforehand.

import {matchesGlob} from '../../network/glob.ts'
import type {SshdSetting} from './sshd-config.ts'

/** `groups` are undefined while the account is yet to be made. */
export type SshdUser = {name: string; groups?: readonly string[] | undefined}

export type SettingFor = {
  /** Undefined: nobody says anything. */
  setting?: SshdSetting | undefined
  /** Those that go before it if their Match, which depends on the connection, applies. */
  rivals: readonly SshdSetting[]
}

/** Finds what holds for an account. `keyword` is in lower case. */
export function findSetting(settings: readonly SshdSetting[], keyword: string, user: SshdUser): SettingFor {
  const meant = settings.filter(each => each.keyword === keyword && each.words.length > 0)
  const rivals: SshdSetting[] = []
  for (const each of meant.filter(({conditions}) => conditions.length > 0)) {
    const answer = applies(each, user)
    if (answer === 'yes') return {setting: each, rivals}
    if (answer === 'perhaps') rivals.push(each)
  }
  return {setting: meant.find(({conditions}) => conditions.length === 0), rivals}
}

/** A setting below `Match User NAME`: it is for this account and no other. */
export function isForOne({conditions}: SshdSetting, name: string): boolean {
  return conditions.flatMap(splitCriteria).some(([what, value]) => what === 'user' && value === name)
}

type Answer = 'yes' | 'no' | 'perhaps'

function applies({conditions}: SshdSetting, user: SshdUser): Answer {
  const answers = conditions.flatMap(splitCriteria).map(([what, value]) => judge(what, value, user))
  if (answers.includes('no')) return 'no'
  return answers.includes('perhaps') ? 'perhaps' : 'yes'
}

function judge(what: string, value: string, {name, groups}: SshdUser): Answer {
  if (what === 'all') return 'yes'
  // An account that there is, or is about to be.
  if (what === 'invalid-user') return 'no'
  if (what === 'user') return matchesList(value, [name]) ? 'yes' : 'no'
  if (what === 'group' && groups !== undefined) return matchesList(value, groups) ? 'yes' : 'no'
  return 'perhaps'
}

/** Pairs of what is asked and what it shall be, `User joe` or `User=joe`; some stand alone. */
function splitCriteria(words: readonly string[]): [what: string, value: string][] {
  const parts = words.flatMap(word => word.split(/=(.*)/s).filter(part => part !== ''))
  const criteria: [string, string][] = []
  for (let index = 0; index < parts.length; index += 1) {
    const what = parts[index]!.toLowerCase()
    const isAlone = what === 'all' || what === 'invalid-user'
    criteria.push([what, isAlone ? '' : (parts[index + 1] ?? '')])
    if (!isAlone) index += 1
  }
  return criteria
}

/** A list of patterns: one with `!` that matches refuses, whatever else does (ssh_config(5), PATTERNS). */
function matchesList(list: string, names: readonly string[]): boolean {
  const patterns = list.split(',')
  const isMet = (pattern: string) => names.some(name => matchesGlob(pattern, name))
  const isRefused = patterns.some(pattern => pattern.startsWith('!') && isMet(pattern.slice(1)))
  return !isRefused && patterns.some(pattern => !pattern.startsWith('!') && isMet(pattern))
}
