// The way to a file of keys as sshd goes it: with the rights of the user, from / on. What is loose on it, by which
// others could put their own keys there, the facts tell (facts/login/authorized-keys.ts). sshd looks for that only from
// the home on (safe_path() in misc.c), but it has to pass through what lies above as well.

import type {Stats} from 'node:fs'
import {dirname} from 'node:path'
import {type Account, readGroups} from '../../facts/login/accounts.ts'
import {readAuthorizedKeys} from '../../facts/login/authorized-keys.ts'
import type {Problem} from '../../problem.ts'
import {unlessRefused} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import {wrong} from '../problems.ts'

/** Why sshd cannot read a file of keys; `unseen` where whoever asks may not look. */
export function judgePath(system: System, account: Account, path: string): Problem[] | 'unseen' {
  const {files} = system
  const seen = unlessRefused(
    () => ({statuses: listAbove(path).map(each => ({path: each, status: files.status(each)}))}),
    () => undefined,
  )
  if (seen === undefined) return 'unseen'
  const closed = judgeWay(seen.statuses, account, readGroupIds(system, account))
  return closed.length > 0 ? closed : judgePlace(system, account, path)
}

/** `/`, `/home`, `/home/joe`, …, the file itself. */
function listAbove(path: string): string[] {
  return path === '/' ? ['/'] : [...listAbove(dirname(path)), path]
}

type Step = {path: string; status: Stats | undefined}

function judgeWay(steps: readonly Step[], account: Account, groups: readonly number[]): Problem[] {
  if (account.uid === 0) return []
  const {name} = account
  const closed = steps.find(({status}) => status !== undefined && !mayUse(status, account, groups))
  if (closed === undefined) return []
  const {path, status} = closed
  const mode = (status!.mode & 0o7777).toString(8).padStart(4, '0')
  const isFile = status!.isFile()
  const message = `${name} may not ${isFile ? 'read' : 'pass through'} ${path} (it is ${mode}, of the user ${status!.uid}), and sshd reads the keys with the rights of ${name}`
  const isBelowHome = `${path}/`.startsWith(`${account.home}/`)
  const cure = isBelowHome
    ? `chown -R ${name} ${path} && chmod u+rwX ${path}`
    : `chmod o+${isFile ? 'r' : 'x'} ${path}`
  return [wrong({file: path, message, cure})]
}

/** Passing through a directory takes x, reading a file r; the first class that fits decides (path_resolution(7)). */
function mayUse(status: Stats, {uid}: Account, groups: readonly number[]): boolean {
  const bit = status.isDirectory() ? 0o1 : 0o4
  if (status.uid === uid) return (status.mode & (bit << 6)) !== 0
  if (groups.includes(status.gid)) return (status.mode & (bit << 3)) !== 0
  return (status.mode & bit) !== 0
}

function readGroupIds(system: System, {name, gid}: Account): number[] {
  const groups = unlessRefused(
    () => readGroups(system),
    () => [],
  )
  return [gid, ...groups.filter(({members}) => members.includes(name)).map(group => group.gid)]
}

/** What stands there instead of a plain file: neither sshd nor the agent takes it. */
function judgePlace(system: System, account: Account, path: string): Problem[] {
  const {home} = account
  const isBelowHome = path.startsWith(`${home.replace(/\/$/, '')}/`)
  const place = isBelowHome ? path.slice(home.replace(/\/$/, '').length + 1) : path
  const found = unlessRefused(
    () => readAuthorizedKeys(system, account, place),
    () => undefined,
  )
  if (found === undefined || 'text' in found) return []
  const message = `the keys of ${account.name} cannot be kept here: ${found.reason}`
  return [
    wrong({
      file: found.path,
      message,
      cure: `there should be ${found.expected}; then vmcontext boot --only keys`,
    }),
  ]
}
