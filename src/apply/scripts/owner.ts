// Names of owners as numbers, when the file is written: the account may have been made a moment ago.

import {readAccount, readGroups} from '../../facts/login/accounts.ts'
import {succeeded} from '../../system/commands.ts'
import type {Ownership} from '../../system/files.ts'
import type {System} from '../../system/system.ts'

/** Looks an owner up; without a group it is root's. Gives the reason if there is no such user or group. */
export async function resolveOwner(
  system: System,
  {user, group}: {user: string; group: string},
): Promise<Ownership | string> {
  const uid = toNumber(user) ?? readAccount(system, user)?.uid ?? (await ask(system, 'passwd', user))
  if (uid === undefined) return `there is no user ${JSON.stringify(user)}`
  if (group === '') return {uid, gid: 0}
  const gid =
    toNumber(group) ??
    readGroups(system).find(({name}) => name === group)?.gid ??
    (await ask(system, 'group', group))
  return gid === undefined ? `there is no group ${JSON.stringify(group)}` : {uid, gid}
}

function toNumber(name: string): number | undefined {
  return /^\d{1,9}$/.test(name) ? Number(name) : undefined
}

/** Whom only a directory service knows, getent finds. */
async function ask(system: System, table: 'passwd' | 'group', name: string): Promise<number | undefined> {
  if (!system.live) return undefined
  const result = await system.run({argv: ['getent', '--', table, name], timeoutMs: 10_000})
  return succeeded(result) ? toNumber(result.output.split(':')[2] ?? '') : undefined
}
