// What the guest says of every new account: login.defs(5), and /etc/default/useradd for useradd(8) alone.

import type {System} from '../../system/system.ts'

export type LoginDefs = {
  /** The first number that a person's account gets; those below are of services. */
  firstUid: number
  /** The group of all new accounts; undefined: each gets one of its own. */
  commonGroup?: number | undefined
  /** How long a password lasts, as shadow(5) has it: `0:99999:7`. */
  passwordLimits: string
  homeMode: number
}

/** Reads it. Where there is no such file, as with busybox, an account gets a group of its own and no limits. */
export function readLoginDefs({files}: System): LoginDefs {
  const text = files.readText('/etc/login.defs')
  const find = (key: string) => new RegExp(`^[ \\t]*${key}[ \\t]+"?(\\w+)`, 'm').exec(text ?? '')?.[1]
  // 500 on Red Hat 6 and older, 1000 elsewhere.
  const firstUid = Number(find('UID_MIN'))
  const sharesGroup = text !== undefined && find('USERGROUPS_ENAB') !== 'yes'
  const limits = ['PASS_MIN_DAYS', 'PASS_MAX_DAYS', 'PASS_WARN_AGE'].map(key => find(key) ?? '')
  const mode = find('HOME_MODE')
  const mask = find('UMASK')
  return {
    firstUid: firstUid > 0 ? firstUid : 1000,
    commonGroup: sharesGroup ? readCommonGroup(files.readText('/etc/default/useradd')) : undefined,
    passwordLimits: limits.map(limit => (/^\d+$/.test(limit) ? limit : '')).join(':'),
    homeMode: parseMode(mode) ?? 0o777 & ~(parseMode(mask) ?? 0o022),
  }
}

/** useradd's own default, of a group that every distribution has: `users`. */
function readCommonGroup(text = ''): number {
  const id = Number(/^GROUP=(\d+)[ \t]*$/m.exec(text)?.[1])
  return id > 0 ? id : 100
}

function parseMode(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-7]{3,4}$/.test(text) ? Number.parseInt(text, 8) & 0o777 : undefined
}
