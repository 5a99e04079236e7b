// Checks whether the accounts may log in as their passwords are (shadow(5)): locked, expired, or refused by sshd.

import type {SshdSetting} from '../../facts/login/sshd-config.ts'
import {findSetting} from '../../facts/login/sshd-settings.ts'
import type {Problem} from '../../problem.ts'
import type {Check, Finding} from '../check.ts'
import type {Exam} from '../exam.ts'
import {listNextDeeds, redo} from '../next-boot.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {listGroups} from './access.ts'
import {type Login, listLogins} from './logins.ts'
import {describeDates, readShadow, type ShadowLine, shadowPath} from './shadow.ts'

export const passwordCheck: Check = {
  id: 'password',
  title: 'whether the account may log in',
  needs: ['root'],
  examine(exam) {
    const lines = readShadow(exam.system)
    const found = listLogins(exam).map(login => judgeLogin(exam, login, lines.get(login.name)))
    return {
      facts: found.flatMap(({facts}) => facts),
      problems: found.flatMap(({problems}) => problems),
    }
  },
}

function judgeLogin(exam: Exam, login: Login, line: ShadowLine | undefined): Finding {
  const {account, name} = login
  if (account === undefined || account.isElsewhere || line === undefined) return {facts: [], problems: []}
  const settings = exam.prepared.facts.sshd.settings
  const user = {name, groups: listGroups(exam.system, account)}
  const answer = (keyword: string) => findSetting(settings, keyword, user).setting
  return {
    facts: [`${name}: ${tellState(line)}`],
    problems: [
      ...judgeLock(exam, line, answer('usepam')),
      ...describeDates(line, Math.floor(Date.now() / day)),
      ...judgeWanted(exam, login, line, {
        password: answer('passwordauthentication'),
        root: answer('permitrootlogin'),
      }),
      ...judgeNothing(exam, login, line),
    ],
  }
}

const day = 24 * 60 * 60 * 1000

function tellState({field}: ShadowLine): string {
  if (field === '') return 'no password is needed'
  if (field.startsWith('!')) return 'locked: no password lets in'
  return isHash(field) ? 'a password is set' : 'no password lets in'
}

/** What crypt(3) may match: neither `*` nor `!` in front. */
function isHash(field: string): boolean {
  return field.length >= 13 && !/^[!*]/.test(field)
}

/**
 * sshd itself takes `!` in front for a locked account, and refuses its keys as well (auth.c, LOCKED_PASSWD_PREFIX);
 * where PAM judges accounts it does not look. Without the setting PAM is not asked.
 */
function judgeLock(
  {prepared, system}: Exam,
  {name, field}: ShadowLine,
  usePam: SshdSetting | undefined,
): Problem[] {
  const {server} = prepared.facts.sshd
  if (!field.startsWith('!') || server !== 'openssh' || /^(yes|true)$/i.test(usePam?.words[0] ?? 'no'))
    return []
  const cause = usePam === undefined ? 'sshd works without PAM' : 'UsePAM is off'
  const message = `the account ${name} is locked (its password begins with !), and ${cause}: sshd refuses its keys as well`
  const cure = system.live ? `usermod -p '*' ${name}` : `put * in the place of what stands behind ${name}:`
  return [wrong({file: shadowPath, message, cure})]
}

type Answers = {password: SshdSetting | undefined; root: SshdSetting | undefined}

/** The context gives a password: whether it is set, and where it lets in. */
function judgeWanted(exam: Exam, login: Login, {field}: ShadowLine, {password, root}: Answers): Problem[] {
  const {context, facts} = exam.prepared
  const request = context?.password
  const isMeant = login.name === (context?.username ?? 'root')
  if (request === undefined || request.kind === 'none' || !isMeant) return []
  const isPlanned = listNextDeeds(exam).some(({action}) => action.kind === 'set-password')
  if (!isHash(field) && !facts.login.knowsScheme) return []
  if (!isHash(field)) {
    const message = `the context gives ${login.name} a password, and none is set`
    const words = {...request.place, message, cure: redo('password')}
    return [exam.system.live || !isPlanned ? wrong(words) : note(words)]
  }
  if (facts.sshd.server !== 'openssh') return []
  return judgeSshPassword(login, password, root)
}

/** The console takes it all the same. */
function judgeSshPassword(
  {name, account}: Login,
  password: SshdSetting | undefined,
  root: SshdSetting | undefined,
): Problem[] {
  const off = /^no$/i.test(password?.words[0] ?? '')
  const isRoot = account?.uid === 0
  // prohibit-password is what sshd does for root by itself (sshd_config(5)).
  const closed = isRoot && !/^yes$/i.test(root?.words[0] ?? '')
  if (!off && !closed) return []
  const setting = off ? password : root
  const key = off ? 'PasswordAuthentication' : 'PermitRootLogin'
  const message = `the password of ${name} lets in at the console alone: sshd takes none${off ? '' : ' of root'}`
  const cure = `say ${key} yes, then reload sshd, if it shall take passwords`
  return [doubtful({file: setting?.file, line: setting?.line, key, message, cure})]
}

/** Neither a key nor a password: the account is there, and nobody gets in. */
function judgeNothing({prepared}: Exam, {name, keys, isOfContext}: Login, {field}: ShadowLine): Problem[] {
  const {context, facts} = prepared
  const hasKeys = keys.length > 0 || /^[ \t]*[^#\s]/m.test(facts.authorizedKeys.get(name)?.text ?? '')
  if (!isOfContext || name === 'root' || hasKeys || isHash(field) || field === '') return []
  if (context?.password !== undefined) return []
  const message = `${name} has neither a password nor a key: nobody can log in to it`
  return [doubtful({file: context?.file, message, cure: 'give the context SSH_PUBLIC_KEY or PASSWORD'})]
}
