// The accounts of the guest as its own files list them (passwd(5), group(5)).

import type {System} from '../system/system.ts'

export type Account = {name: string; uid: number; gid: number; home: string; shell: string}

/** Reads /etc/passwd. A line that is none is passed over. */
export function readAccounts(system: System): Account[] {
  const lines = (system.files.readText('/etc/passwd') ?? '').split('\n')
  return lines.flatMap(line => {
    const [name, , uid, gid, , home, shell] = line.split(':')
    const isEntry =
      name !== undefined && /^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? '') && shell !== undefined
    return isEntry ? [{name, uid: Number(uid), gid: Number(gid), home: home!, shell}] : []
  })
}

/** Looks one account up as it is now; it may have been created a moment ago. */
export function readAccount(system: System, name: string): Account | undefined {
  return readAccounts(system).find(account => account.name === name)
}

/** Reads the names of /etc/group. */
export function readGroupNames(system: System): string[] {
  const lines = (system.files.readText('/etc/group') ?? '').split('\n')
  return lines.map(line => line.split(':')[0]!).filter(Boolean)
}
