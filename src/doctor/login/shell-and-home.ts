// What an account needs besides its line in passwd(5): a shell that can be started, and a home of its own.

import type {Account} from '../../facts/login/accounts.ts'
import type {Problem} from '../../problem.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {doubtful, note, wrong} from '../problems.ts'

/** Both end whatever is begun with them. */
const closedShells = /\/(nologin|false)$/

/** Judges the shell: sshd refuses an account whose shell is not there or cannot be executed (allowed_user() in auth.c). */
export function judgeShell({files}: System, {name, shell}: Account): Problem[] {
  const path = shell || '/bin/sh'
  const file = '/etc/passwd'
  const status = unlessRefused(
    () => files.status(path),
    () => undefined,
  )
  const cure = `usermod -s /bin/sh ${name}`
  if (status === undefined) return [wrong({file, message: `the shell ${path} of ${name} is not there`, cure})]
  if (!status.isFile() || (status.mode & 0o111) === 0)
    return [wrong({file, message: `the shell ${path} of ${name} is no program that can be executed`, cure})]
  if (closedShells.test(path))
    return [wrong({file, message: `the shell ${path} of ${name} lets nobody log in`, cure})]
  const listed = unlessRefused(
    () => files.readText('/etc/shells'),
    () => undefined,
  )
  if (listed === undefined || listed.split('\n').some(line => line.trim() === path)) return []
  const message = `${path}, the shell of ${name}, does not stand there: some services refuse the account`
  return [note({file: '/etc/shells', message, cure: `echo ${path} >>/etc/shells`})]
}

/** Judges the home, where the keys lie. */
export function judgeHome({files}: System, {name, uid, gid, home}: Account): Problem[] {
  const status = unlessRefused(
    () => files.status(home),
    () => null,
  )
  // Whoever may not look there cannot tell.
  if (status === null) return []
  const make = `mkdir -p ${home} && chown ${uid}:${gid} ${home} && chmod 0700 ${home}`
  if (status === undefined) {
    const message = `${name} has no home, so that there is no place for its keys either`
    return [wrong({file: home, message, cure: `${make}; then vmcontext boot`})]
  }
  if (!status.isDirectory())
    return [
      wrong({file: home, message: `the home of ${name} is no directory`, cure: `rm ${home} && ${make}`}),
    ]
  if (status.uid === uid) return []
  const message = `the home of ${name} belongs to ${status.uid === 0 ? 'root' : `the user ${status.uid}`}`
  const words = {file: home, message, cure: `chown ${uid}:${gid} ${home}`}
  // sshd takes one of root's.
  return [
    status.uid === 0 ? doubtful({...words, message: `${message}: it cannot write there`}) : wrong(words),
  ]
}
