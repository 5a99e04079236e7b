// Deleting an account that the agent created, in its files: `userdel -R` would run what lies in another root, and on a
// running guest userdel refuses while anybody is logged in, as whoever seals it may be.

import {type Account, readAccounts, readGroups} from '../../facts/login/accounts.ts'
import type {System} from '../../system/system.ts'
import {edit} from './account-files.ts'
import {editLocked} from './account-lock.ts'

const [passwd, shadow] = ['/etc/passwd', '/etc/shadow'] as const
const [group, gshadow] = ['/etc/group', '/etc/gshadow'] as const
const subordinates = ['/etc/subuid', '/etc/subgid']

/**
 * Takes an account out of all account files. Its group goes with it if it has its name, and nobody else. The line in
 * passwd goes last.
 *
 * @throws SystemError if another tool holds a lock for too long.
 */
export async function deleteAccountEntries(system: System, account: Account): Promise<void> {
  const {name} = account
  const files = [passwd, shadow, group, gshadow, ...subordinates]
  const present = files.filter(path => system.files.status(path) !== undefined)
  await editLocked(system, present, () => {
    const goesToo = hasOwnGroup(system, account)
    // The line in group tells whose it is: should this be cut short, the next run has to find it.
    leaveGroups(system, gshadow, {name, last: [2, 3], goesToo})
    leaveGroups(system, group, {name, last: [3], goesToo})
    for (const path of [...subordinates, shadow, passwd]) dropLines(system, path, name)
  })
}

/** A group of the same name and number that is nobody else's. */
function hasOwnGroup(system: System, {name, gid}: Account): boolean {
  const isShared = readAccounts(system).some(other => other.name !== name && other.gid === gid)
  const own = readGroups(system).find(each => each.name === name && each.gid === gid)
  return !isShared && own?.members.every(member => member === '' || member === name) === true
}

/** Of subordinate ids only those by name (subuid(5)): a number may be of two accounts. */
function dropLines(system: System, path: string, name: string): void {
  const keep = (line: string) => !line.startsWith(`${name}:`)
  editLines(system, path, lines => lines.filter(keep))
}

type Leaving = {
  name: string
  /** The fields that list members. */
  last: readonly number[]
  goesToo: boolean
}

function leaveGroups(system: System, path: string, {name, last, goesToo}: Leaving): void {
  const leave = (line: string) => {
    const fields = line.split(':')
    if (fields.length < 4) return [line]
    if (goesToo && fields[0] === name) return []
    return [fields.map((field, index) => (last.includes(index) ? without(field, name) : field)).join(':')]
  }
  editLines(system, path, lines => lines.flatMap(leave))
}

function without(members: string, name: string): string {
  const list = members.split(',')
  return list.includes(name) ? list.filter(member => member !== name).join(',') : members
}

function editLines(system: System, path: string, change: (lines: string[]) => string[]): void {
  if (system.files.status(path) === undefined) return
  edit(system, path, text => change(text.split('\n')).join('\n'))
}
