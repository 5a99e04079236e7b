// Who may log in at all, by what sshd_config(5) says of users, groups and root: allowed_user() in auth.c of OpenSSH.

import {type Account, readGroups} from '../../facts/login/accounts.ts'
import type {SshdSetting} from '../../facts/login/sshd-config.ts'
import {findSetting, type SshdUser} from '../../facts/login/sshd-settings.ts'
import {matchesGlob} from '../../network/glob.ts'
import type {Place, Problem} from '../../problem.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {doubtful, note, wrong} from '../problems.ts'

/** Judges whether an account may log in with a key. */
export function judgeAccess(system: System, account: Account, settings: readonly SshdSetting[]): Problem[] {
  const user = {name: account.name, groups: listGroups(system, account)}
  return [
    ...judgeLists(settings, user),
    ...(account.uid === 0 ? judgeRoot(settings, user) : []),
    ...judgeMethods(settings, user),
    ...judgeCommand(settings, user),
  ]
}

/** By name; undefined where a directory service knows them. */
export function listGroups(system: System, {name, gid, isElsewhere}: Account): string[] | undefined {
  if (isElsewhere) return undefined
  const groups = unlessRefused(
    () => readGroups(system),
    () => [],
  )
  return groups.filter(each => each.gid === gid || each.members.includes(name)).map(group => group.name)
}

/** In this order; the first that refuses decides. */
const lists = [
  {keyword: 'denyusers', key: 'DenyUsers', denies: true, isOfGroups: false},
  {keyword: 'allowusers', key: 'AllowUsers', denies: false, isOfGroups: false},
  {keyword: 'denygroups', key: 'DenyGroups', denies: true, isOfGroups: true},
  {keyword: 'allowgroups', key: 'AllowGroups', denies: false, isOfGroups: true},
] as const

function judgeLists(settings: readonly SshdSetting[], user: SshdUser): Problem[] {
  for (const {keyword, key, denies, isOfGroups} of lists) {
    const meant = listMeant(settings, keyword, user)
    if (meant.length === 0 || (isOfGroups && user.groups === undefined)) continue
    const {file, line} = meant[0]!
    const patterns = meant.flatMap(({words}) => words)
    const names = isOfGroups ? user.groups! : [user.name]
    const answers = patterns.map(pattern => match(pattern, names))
    const isMet = answers.includes('yes')
    const place = {file, line, key}
    if (isMet && denies) {
      const cure = `take ${user.name} out of the line, then reload sshd`
      return [
        wrong({
          ...place,
          message: `sshd refuses ${user.name}: the line is about ${describe(user, isOfGroups)}`,
          cure,
        }),
      ]
    }
    if (isMet || (denies && !answers.includes('perhaps'))) continue
    const message = `sshd lets in ${user.name} only from some addresses`
    const cure = 'from elsewhere: add the user without an address, then reload sshd'
    if (answers.includes('perhaps')) return [doubtful({...place, message, cure})]
    return [describeNotAllowed(place, user, isOfGroups)]
  }
  return []
}

function describeNotAllowed(place: Place, user: SshdUser, isOfGroups: boolean): Problem {
  const message = `sshd refuses ${user.name}: the line does not name ${describe(user, isOfGroups)}, and who is not named is refused`
  const cure = isOfGroups
    ? `add a group of ${user.name} to the line, then reload sshd`
    : `add ${user.name} to the line, then reload sshd`
  return wrong({...place, message, cure})
}

function describe({name, groups = []}: SshdUser, isOfGroups: boolean): string {
  return isOfGroups ? `a group of ${name} (${groups.join(', ') || 'none'})` : `the user ${name}`
}

/** The lines of a keyword add up; those below a Match that applies stand in for those for all. */
function listMeant(settings: readonly SshdSetting[], keyword: string, user: SshdUser): SshdSetting[] {
  const applying = settings.filter(
    setting => setting.keyword === keyword && findSetting([setting], keyword, user).setting !== undefined,
  )
  const special = applying.filter(({conditions}) => conditions.length > 0)
  return special.length > 0 ? special : applying
}

/** `joe`, or `joe@192.168.0.*`: then it depends on where one comes from. */
function match(pattern: string, names: readonly string[]): 'yes' | 'no' | 'perhaps' {
  const [user = '', host] = pattern.split(/@(.*)/s)
  if (!names.some(name => matchesGlob(user, name))) return 'no'
  return host === undefined || host === '*' ? 'yes' : 'perhaps'
}

function judgeRoot(settings: readonly SshdSetting[], user: SshdUser): Problem[] {
  const {setting} = findSetting(settings, 'permitrootlogin', user)
  const answer = setting?.words[0]?.toLowerCase()
  if (setting === undefined || (answer !== 'no' && answer !== 'forced-commands-only')) return []
  const {file, line} = setting
  const message = `sshd does not let root in (${answer}), whatever keys it has`
  const cure = 'say prohibit-password, then reload sshd; or name another account with USERNAME'
  return [wrong({file, line, key: 'PermitRootLogin', message, cure})]
}

/** A list of alternatives; a key alone is enough if one of them is `publickey` and nothing else. */
function judgeMethods(settings: readonly SshdSetting[], user: SshdUser): Problem[] {
  const {setting} = findSetting(settings, 'authenticationmethods', user)
  if (setting === undefined || setting.words.some(word => /^(any|publickey)$/i.test(word))) return []
  const {file, line, words} = setting
  const message = `a key alone does not let ${user.name} in: sshd asks for ${words.join(' or ')}`
  return [
    wrong({
      file,
      line,
      key: 'AuthenticationMethods',
      message,
      cure: 'add publickey to the line, then reload sshd',
    }),
  ]
}

function judgeCommand(settings: readonly SshdSetting[], user: SshdUser): Problem[] {
  const {setting} = findSetting(settings, 'authorizedkeyscommand', user)
  if (setting === undefined || setting.words[0]?.toLowerCase() === 'none') return []
  const {file, line, words} = setting
  const message = `sshd also asks ${words[0]} for keys; what that says is not looked at here`
  return [note({file, line, key: 'AuthorizedKeysCommand', message})]
}
