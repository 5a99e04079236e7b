// The keys that an account has now. All work in a home is done with the rights of its owner and through directories
// that are held open: what a user planted there, or exchanges meanwhile, leads nowhere the user could not go.

import type {ByteText} from '../action.ts'
import {type Directory, openDirectory} from '../system/directory.ts'
import {asUser} from '../system/identity.ts'
import type {System} from '../system/system.ts'
import type {Account} from './accounts.ts'

export const keysFileName = 'authorized_keys'

/** Why keys cannot be kept in a home: what is in the way, and what should be there instead. */
export type HomeRefusal = {path: string; reason: string; expected: 'directory' | 'file'}

/** Reads authorized_keys; '' if there is none, the refusal if something that is not followed stands in its place. */
export function readAuthorizedKeys(system: System, account: Account): ByteText | HomeRefusal {
  return inSshDirectory(system, account, {create: false}, directory => {
    return directory?.read(keysFileName)?.toString('latin1') ?? ''
  })
}

/**
 * Does something in `~/.ssh` of an account, as that account. Without a `.ssh` it is created if wanted, else the
 * action gets undefined.
 */
export function inSshDirectory<T>(
  system: System,
  account: Account,
  {create}: {create: boolean},
  action: (directory: Directory | undefined) => T,
): T | HomeRefusal {
  const home = openHome(system, account)
  if ('reason' in home) return home
  try {
    return asUser(account, () => {
      const refusal = refuseEntry(home, '.ssh', 'directory')
      if (refusal !== undefined) return refusal
      if (home.entry('.ssh') === undefined) {
        if (!create) return action(undefined)
        home.makeDirectory('.ssh', 0o700)
      }
      return inDirectory(
        home.open('.ssh'),
        directory => refuseEntry(directory, keysFileName, 'file') ?? action(directory),
      )
    })
  } finally {
    home.close()
  }
}

/** `~/.ssh/authorized_keys` of an account. */
export function keysPath({home}: Account): string {
  return `${home.replace(/\/$/, '')}/.ssh/${keysFileName}`
}

function openHome(system: System, {home}: Account): Directory | HomeRefusal {
  if (system.files.status(home)?.isDirectory()) return openDirectory(system.files.locate(home), home)
  return {path: home, reason: `its home ${home} is no directory`, expected: 'directory'}
}

function inDirectory<T>(directory: Directory, action: (directory: Directory) => T): T {
  try {
    return action(directory)
  } finally {
    directory.close()
  }
}

function refuseEntry(
  directory: Directory,
  name: string,
  expected: HomeRefusal['expected'],
): HomeRefusal | undefined {
  const status = directory.entry(name)
  if (status === undefined) return undefined
  const path = `${directory.path}/${name}`
  if (status.isSymbolicLink())
    return {path, reason: `${path} is a symbolic link, which is not followed in a home`, expected}
  const isExpected = expected === 'directory' ? status.isDirectory() : status.isFile()
  return isExpected ? undefined : {path, reason: `${path} is no ${expected}`, expected}
}
