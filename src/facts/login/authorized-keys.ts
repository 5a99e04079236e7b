// The keys that an account has now. All work in a home is done with the rights of its owner and through directories
// that are held open: what a user planted there, or exchanges meanwhile, leads nowhere the user could not go.

import {posix} from 'node:path'
import type {ByteText} from '../../action.ts'
import type {KeysPlace} from '../../context/login/keys-place.ts'
import type {Directory} from '../../system/directory.ts'
import {SystemError} from '../../system/errors.ts'
import type {System} from '../../system/system.ts'
import type {Account} from './accounts.ts'
import {type KeysText, type LoosePath, type PlaceRefusal, refuseEntry, sizeLimit} from './keys-entry.ts'
import {readRootKeys, writeRootKeys} from './root-keys.ts'

/** Reads the keys in a place of an account; the refusal if something that is not followed stands there. */
export function readAuthorizedKeys(
  system: System,
  account: Account,
  place: KeysPlace,
): KeysText | PlaceRefusal {
  if (place.startsWith('/')) return readRootKeys(system, place)
  return inHome(system, account, place, {create: false}, (above, name) => {
    const directory = above.at(-1)
    const text = directory?.read(name, sizeLimit)?.toString('latin1') ?? ''
    const loose = above.flatMap(({path, status}) => findLoose(path, status, account))
    const status = directory?.entry(name)
    return {
      text,
      loose: [...loose, ...(status ? findLoose(`${directory!.path}/${name}`, status, account) : [])],
    }
  })
}

/** Replaces the keys in a place of an account; directories that are missing are made. */
export function writeAuthorizedKeys(
  system: System,
  account: Account,
  place: KeysPlace,
  text: ByteText,
): PlaceRefusal | undefined {
  if (place.startsWith('/')) return writeRootKeys(system, place, text)
  return inHome(system, account, place, {create: true}, (above, name) => {
    const directory = above.at(-1)!
    // sshd refuses a file that others may write (sshd_config(5), StrictModes).
    const mode = (directory.entry(name)?.mode ?? 0o600) & 0o644
    directory.write(name, Buffer.from(text, 'latin1'), mode)
    return undefined
  })
}

/** A place as a path of the guest. */
export function pathOfPlace({home}: Account, place: KeysPlace): string {
  return place.startsWith('/') ? place : `${home.replace(/\/$/, '')}/${place}`
}

/**
 * Does something as an account with the directories that lead to a place in its home, the home first. Where one is
 * missing it is made if wanted, else the action gets none.
 */
function inHome<T>(
  system: System,
  account: Account,
  place: KeysPlace,
  {create}: {create: boolean},
  action: (above: readonly Directory[], name: string) => T,
): T | PlaceRefusal {
  const home = openHome(system, account)
  if ('reason' in home) return home
  const above = [home]
  try {
    return system.asUser(account, () => {
      for (const name of place.split('/').slice(0, -1)) {
        const directory = above.at(-1)!
        const status = directory.entry(name)
        const refusal = refuseEntry(`${directory.path}/${name}`, status, 'directory', account.name)
        if (refusal !== undefined) return refusal
        if (status === undefined && !create) return action([], '')
        if (status === undefined) directory.makeDirectory(name, 0o700)
        above.push(directory.open(name))
      }
      const [directory, name] = [above.at(-1)!, posix.basename(place)]
      const entry = directory.entry(name)
      return refuseEntry(`${directory.path}/${name}`, entry, 'file', account.name) ?? action(above, name)
    })
  } finally {
    for (const directory of above) directory.close()
  }
}

/** As root: what lies above a home may be closed to its owner. As the owner where root is nobody, as on NFS. */
function openHome(system: System, account: Account): Directory | PlaceRefusal {
  const {home} = account
  const expected = `a plain directory that belongs to ${account.name}`
  const open = (): Directory | PlaceRefusal =>
    system.files.status(home)?.isDirectory()
      ? system.openDirectory(home)
      : {path: home, reason: `its home ${home} is no directory`, expected}
  try {
    return open()
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'EACCES') throw error
    return system.asUser(account, open)
  }
}

function findLoose(path: string, {mode, uid}: Directory['status'], account: Account): LoosePath[] {
  if (uid !== 0 && uid !== account.uid) {
    const reason = `${path} belongs to neither ${account.name} nor root`
    return [{path, reason, cure: `chown ${account.name} ${path}`}]
  }
  if ((mode & 0o022) === 0) return []
  const who = (mode & 0o002) === 0 ? 'its group' : 'everybody'
  return [{path, reason: `${who} may write ${path}`, cure: `chmod go-w ${path}`}]
}
