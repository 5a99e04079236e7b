// The accounts of the guest as its own files list them (passwd(5), group(5)), and those that only a directory service
// knows, once it has been asked for them (name-service.ts).

import type {System} from '../../system/system.ts'

export type Account = {
  name: string
  uid: number
  gid: number
  home: string
  shell: string
  /** A directory service has it, not /etc/passwd: its password is not ours, and no account is made beside it. */
  isElsewhere?: true
}

/** Reads /etc/passwd. A line that is none is passed over. */
export function readAccounts(system: System): Account[] {
  return parseAccounts(system.files.readText('/etc/passwd') ?? '')
}

/** Looks one account up as it is now; it may have been created a moment ago. */
export function readAccount(system: System, name: string): Account | undefined {
  return readLocalAccount(system, name) ?? elsewhere.get(system)?.find(account => account.name === name)
}

/** Looks an account up in /etc/passwd alone. */
export function readLocalAccount(system: System, name: string): Account | undefined {
  return readAccounts(system).find(account => account.name === name)
}

/** What the directory service has answered about a guest, so that whoever looks an account up finds those, too. */
const elsewhere = new WeakMap<System, readonly Account[]>()

/** Keeps the answers of the directory service for as long as this run looks at the guest. */
export function rememberAccounts(system: System, accounts: readonly Account[]): void {
  elsewhere.set(system, accounts)
}

/** Reads the lines of passwd(5). */
export function parseAccounts(text: string): Account[] {
  return text.split('\n').flatMap(line => {
    const [name, , uid, gid, , home, shell] = line.split(':')
    const isEntry =
      name !== undefined && /^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? '') && shell !== undefined
    return isEntry ? [{name, uid: Number(uid), gid: Number(gid), home: home!, shell}] : []
  })
}

export type Group = {name: string; gid: number; members: readonly string[]}

/** Reads /etc/group. A line that is none is passed over. */
export function readGroups({files}: System): Group[] {
  const lines = (files.readText('/etc/group') ?? '').split('\n').map(line => line.trim().split(':'))
  return lines.flatMap(([name, , gid, members = '']) => {
    const isEntry = name !== undefined && /^\d{1,9}$/.test(gid ?? '')
    return isEntry ? [{name, gid: Number(gid), members: members.split(',')}] : []
  })
}

/** Reads the names of /etc/group. */
export function readGroupNames(system: System): string[] {
  const lines = (system.files.readText('/etc/group') ?? '').split('\n')
  return lines.map(line => line.split(':')[0]!).filter(Boolean)
}
