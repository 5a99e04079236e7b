// Checks the accounts that somebody is to get into, as login(1) and sshd look at them.

import type {Account} from '../../facts/login/accounts.ts'
import {readAccounts} from '../../facts/login/accounts.ts'
import type {Problem} from '../../problem.ts'
import type {System} from '../../system/system.ts'
import type {Check} from '../check.ts'
import type {Exam} from '../exam.ts'
import {listNextDeeds, redo} from '../next-boot.ts'
import {doubtful, note, wrong} from '../problems.ts'
import {type Login, listLogins} from './logins.ts'
import {judgeHome, judgeShell} from './shell-and-home.ts'

export const accountCheck: Check = {
  id: 'account',
  title: 'the account',
  examine(exam) {
    const {system} = exam
    const logins = listLogins(exam)
    const found = logins.flatMap(({account}) => account ?? [])
    return {
      facts: found.map(({name, uid, home, shell}) => `${name}: ${uid}, ${home}, ${shell || '/bin/sh'}`),
      problems: logins.flatMap(login => [
        ...judgeMissing(exam, login),
        ...(login.account === undefined ? [] : judgeAccount(system, login.account)),
      ]),
      covers: listShells(exam),
    }
  },
}

/** What planning has said of a shell that lets nobody in. */
function listShells({prepared}: Exam): Problem[] {
  const step = prepared.plan.steps.find(({name}) => name === 'account')
  return (step?.problems ?? []).filter(({message}) => message.includes('which lets nobody log in'))
}

function judgeMissing(exam: Exam, {name, account, isOfContext}: Login): Problem[] {
  if (account !== undefined) return []
  if (!isOfContext) return [note({message: `the account ${name}, which had keys from a context, is gone`})]
  const isPlanned = listNextDeeds(exam).some(
    ({action}) => action.kind === 'create-account' && action.name === name,
  )
  if (!exam.system.live && isPlanned)
    return [note({message: `there is no account ${name} yet; the next boot makes it`})]
  const message = `there is no account ${name}, which the context names: nobody can log in to it`
  const cure = isPlanned ? `${redo('account')} makes it` : 'vmcontext plan tells why none is made'
  return [wrong({message, cure})]
}

function judgeAccount(system: System, account: Account): Problem[] {
  return [
    ...(account.isElsewhere ? [] : judgeLines(system, account)),
    ...judgeShell(system, account),
    ...judgeHome(system, account),
    ...(account.uid === 0 ? [] : judgeNologin(system)),
  ]
}

/** passwd(5): the first line of a name counts, and who has a number of another has its files, too. */
function judgeLines(system: System, {name, uid}: Account): Problem[] {
  const all = readAccounts(system)
  const file = '/etc/passwd'
  const same = all.filter(each => each.name === name)
  const sharing = all.filter(each => each.uid === uid && each.name !== name).map(each => each.name)
  const twice =
    same.length < 2 ? [] : [`${name} stands there ${same.length} times, and the first line counts`]
  const shared =
    sharing.length === 0 ? [] : [`${name} has the number ${uid} of ${sharing.join(', ')}: they are one user`]
  const messages = [...twice, ...shared]
  return messages.map(message => doubtful({file, message, cure: 'vipw; a number of its own: usermod -u'}))
}

/** pam_nologin(8), and sshd itself without PAM: while the file is there only root may log in. */
function judgeNologin({files}: System): Problem[] {
  if (files.status('/etc/nologin') !== undefined) {
    const message = 'while this file is there, only root may log in'
    return [wrong({file: '/etc/nologin', message, cure: 'rm /etc/nologin'})]
  }
  const file = '/run/nologin'
  if (files.status(file) === undefined) return []
  const message =
    'only root may log in as long as the boot is not over (systemd-user-sessions.service removes it)'
  return [doubtful({file, message, cure: 'systemctl list-jobs tells what the boot waits for'})]
}
