// Checks ssh keys as sshd judges them: whether they are where it looks, whether it may look there, and whether the
// account may log in with one at all.

import type {Account} from '../../facts/login/accounts.ts'
import {pathOfPlace} from '../../facts/login/authorized-keys.ts'
import type {KeysFacts} from '../../facts/login/keys-facts.ts'
import {findObstacles} from '../../plan/login/keys-obstacles.ts'
import type {Problem} from '../../problem.ts'
import {count} from '../../report/lines.ts'
import type {Check, Finding} from '../check.ts'
import type {Exam} from '../exam.ts'
import {redo} from '../next-boot.ts'
import {note, wrong} from '../problems.ts'
import {judgeAccess} from './access.ts'
import {type Login, listLogins} from './logins.ts'
import {isOwnGroup} from './own-group.ts'
import {judgePath} from './path.ts'
import {judgeServer} from './server.ts'

export const keysCheck: Check = {
  id: 'keys',
  title: 'ssh keys, as sshd judges them',
  async examine(exam) {
    const logins = listLogins(exam).filter(login => factsOf(exam, login) !== undefined)
    if (logins.length === 0) return {facts: ['the context gives none'], problems: []}
    const server = await judgeServer(exam)
    const found = logins.map(login => judgeLogin(exam, login))
    const skipped = found.find(finding => finding.skipped !== undefined)?.skipped
    return {
      facts: [...server.facts, ...found.flatMap(({facts}) => facts)],
      problems: [...server.problems, ...found.flatMap(({problems}) => problems)],
      skipped,
      covers: logins.every(({account}) => account !== undefined) ? listObstacles(exam) : [],
    }
  },
}

/** What planning has said of them, in words for a boot; what it said of the text of the context is not among it. */
function listObstacles({prepared}: Exam): Problem[] {
  const step = prepared.plan.steps.find(({name}) => name === 'keys')
  return (step?.problems ?? []).filter(({code}) => code === 'keys-unseen' || code === 'keys-refused')
}

function factsOf({prepared}: Exam, {name}: Login): KeysFacts | undefined {
  return prepared.facts.authorizedKeys.get(name)
}

function judgeLogin(exam: Exam, login: Login): Finding {
  const {account, name} = login
  if (account === undefined) return {facts: [`${name} is not there yet`], problems: []}
  const facts = factsOf(exam, login)!
  const path = facts.place === undefined ? undefined : pathOfPlace(account, facts.place)
  const walked = path === undefined ? [] : judgePath(exam.system, account, path)
  const isUnread = path !== undefined && facts.text === undefined && walked.length === 0
  if (walked === 'unseen' || (isUnread && !exam.isRoot))
    return {facts: [], problems: judgeRules(exam, account, facts), skipped: 'only as root'}
  const missing = walked.some(({file}) => file === path) ? [] : judgeMissing(exam, login, facts)
  return {
    facts: [tellKeys(login, facts, path)],
    problems: [
      ...walked,
      // What it may not even read is not told twice.
      ...judgeRules(exam, account, facts).filter(({file}) => !walked.some(each => each.file === file)),
      ...missing,
    ],
  }
}

/** What sshd is told, and what it thinks of the directories. */
function judgeRules(exam: Exam, account: Account, facts: KeysFacts): Problem[] {
  const {settings, server} = exam.prepared.facts.sshd
  const ofSshd = server === 'dropbear' ? [] : judgeAccess(exam.system, account, settings)
  const obstacles = findObstacles(account.name, facts, settings).flatMap(problem =>
    weigh(exam, problem, facts),
  )
  return [...ofSshd, ...obstacles.filter(problem => !isTold(exam, problem))]
}

/** The home of somebody else is a fault of the account. */
function isTold({told = []}: Exam, {file, message}: Problem): boolean {
  return message.includes(' belongs to ') && told.some(each => each.file !== undefined && each.file === file)
}

/** A warning before a boot; here it is what keeps people out, except where it depends on who connects. */
function weigh(exam: Exam, {code, message, ...words}: Problem, {loose}: KeysFacts): Problem[] {
  const found = loose.find(({reason}) => message.endsWith(reason))
  if (found !== undefined) {
    if (isTolerated(exam, found.path)) return []
    const verdict = message.replace('sshd may refuse', 'sshd refuses')
    return [wrong({...words, file: found.path, message: `${verdict} (StrictModes)`})]
  }
  if (code === 'keys-refused' || words.key === 'PubkeyAuthentication') return [wrong({...words, message})]
  return [{code: 'found-doubtful', message, ...words}]
}

function isTolerated({system, prepared}: Exam, path: string): boolean {
  const status = prepared.facts.os.family === 'debian' ? system.files.status(path) : undefined
  return status !== undefined && (status.mode & 0o002) === 0 && isOwnGroup(system, status)
}

function tellKeys({name, keys}: Login, {text}: KeysFacts, path: string | undefined): string {
  const there = (text ?? '').split('\n').filter(line => /^\s*[^#\s]/.test(line)).length
  return `${name}: ${count(there, 'key')} in ${path ?? 'no file'}, ${keys.length} of the context`
}

/** Keys of the context that sshd would not find. On an image that was not booted yet they cannot be there. */
function judgeMissing(exam: Exam, {name, keys, account}: Login, {text, place}: KeysFacts): Problem[] {
  if (place === undefined || keys.length === 0) return []
  const blobs = new Set((text ?? '').split('\n').flatMap(blobsOf))
  const missing = keys.filter(({blob}) => !blobs.has(blob))
  if (missing.length === 0) return []
  const which = missing.length === keys.length ? '' : `: ${missing.map(({line}) => shorten(line)).join(', ')}`
  const are = missing.length === 1 ? 'is' : 'are'
  const message = `${missing.length} of the ${count(keys.length, 'key')} that the context gives ${name} ${are} not there${which}`
  const words = {
    file: pathOfPlace(account!, place),
    message,
    cure: `${redo('keys')} puts ${missing.length === 1 ? 'it' : 'them'} there`,
  }
  return [exam.system.live ? wrong(words) : note(words)]
}

/** The words of a line that are not a comment. */
function blobsOf(line: string): string[] {
  return /^\s*#/.test(line) ? [] : line.split(/\s+/)
}

/** The comment of a key, or its end. */
function shorten(line: string): string {
  const [, , ...comment] = line.trim().split(/\s+/)
  return comment.length > 0 ? comment.join(' ') : `…${line.trim().slice(-12)}`
}
