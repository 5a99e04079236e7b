// What has to be known of the accounts that may get or lose keys.

import type {ByteText} from '../../action.ts'
import {
  chooseKeysPlace,
  defaultKeysFiles,
  type KeysFiles,
  type KeysPlace,
} from '../../context/login/keys-place.ts'
import type {System} from '../../system/system.ts'
import type {OrElse} from '../facts.ts'
import {type Account, readAccount, readGroups} from './accounts.ts'
import {readAuthorizedKeys} from './authorized-keys.ts'
import type {LoosePath} from './keys-entry.ts'
import type {SshdSetting} from './sshd-config.ts'
import {findSetting, isForOne} from './sshd-settings.ts'

export type KeysFacts = {
  /** Where sshd looks for keys of the account. */
  files: KeysFiles
  /** Where it looks instead if a Match applies of which that cannot be told beforehand. */
  rivals: readonly SshdSetting[]
  /** Where the keys are to be; undefined: nowhere, or the account is yet to be made. */
  place?: KeysPlace | undefined
  /** What is there; undefined if it cannot be read. */
  text?: ByteText | undefined
  loose: readonly LoosePath[]
}

/** Looks at what accounts have of keys. An account that is not there is in it too. */
export function readKeysFacts(
  system: System,
  config: readonly SshdSetting[],
  names: readonly string[],
  orElse: OrElse,
): ReadonlyMap<string, KeysFacts> {
  return new Map(
    [...new Set(names)].map(name => {
      const account = orElse(() => readAccount(system, name), undefined, ['keys'])
      const groups = account && orElse(() => readGroupsOf(system, account), undefined)
      const {setting, rivals} = findSetting(config, 'authorizedkeysfile', {name, groups})
      const files = setting === undefined ? defaultKeysFiles : describeFiles(setting, name)
      const place = account && chooseKeysPlace(files, account)
      const found =
        place === undefined ? undefined : orElse(() => readAuthorizedKeys(system, account!, place), undefined)
      const seen = found !== undefined && 'text' in found ? found : {text: undefined, loose: []}
      return [name, {files, rivals, place, ...seen}]
    }),
  )
}

function describeFiles(setting: SshdSetting, name: string): KeysFiles {
  const {words, file, line} = setting
  return {paths: words, isForOne: isForOne(setting, name), file, line}
}

/** The groups of an account by the files of the guest (group(5)); undefined where a directory service knows them. */
function readGroupsOf(system: System, {name, gid, isElsewhere}: Account): string[] | undefined {
  if (isElsewhere) return undefined
  const groups = readGroups(system).filter(group => group.gid === gid || group.members.includes(name))
  return groups.map(group => group.name)
}
