// Debian's sshd, and Ubuntu's, lets the group of a file write it where nobody but its owner is in that group, as its
// accounts have one each (secure_permissions() of user-group-modes.patch in Debian's openssh). Seen with that of Debian 12.

import type {Stats} from 'node:fs'
import {readAccounts, readGroups} from '../../facts/login/accounts.ts'
import type {System} from '../../system/system.ts'

/** Tells whether the owner is in the group of a file, and nobody else is. */
export function isOwnGroup(system: System, {uid, gid}: Pick<Stats, 'uid' | 'gid'>): boolean {
  const accounts = readAccounts(system)
  const listed = readGroups(system).find(group => group.gid === gid)?.members ?? []
  const members = accounts.filter(account => account.gid === gid || listed.includes(account.name))
  return members.length > 0 && members.every(account => account.uid === uid)
}
