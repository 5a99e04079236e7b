// The files that make an account: passwd(5), group(5), shadow(5). Edited by ourselves only where the guest brings no
// tool for it, or one that cannot say what we need. What others wrote in them keeps its bytes.

import type {Stats} from 'node:fs'
import type {CreateAccountAction} from '../../action/login.ts'
import type {ByteText} from '../../action.ts'
import {type Account, readAccounts, readGroups} from '../../facts/login/accounts.ts'
import {readLoginDefs} from '../../facts/login/login-defs.ts'
import {endLine} from '../../network/file-edit.ts'
import type {Ownership} from '../../system/files.ts'
import type {System} from '../../system/system.ts'

const dayMs = 24 * 60 * 60 * 1000

/**
 * Makes an account as useradd does: with a home, a group of its own unless there is one for it, and the password `*`. The
 * line in passwd comes last: until it is there, there is no such account, and a run that was killed begins anew.
 */
export function writeAccount(system: System, {name, shell, group}: CreateAccountAction): void {
  const {files} = system
  const home = `/home/${name}`
  const {firstUid, commonGroup} = readLoginDefs(system)
  const id = findFreeId(system, name, firstUid)
  const named = readGroups(system).find(each =>
    group === undefined ? each.gid === commonGroup : each.name === group,
  )
  const gid = named?.gid ?? id
  if (named === undefined) addGroup(system, name, gid)
  const hasShadow = files.status('/etc/shadow') !== undefined
  if (hasShadow) append(system, '/etc/shadow', formatShadow(system, name), 0o640)
  makeHome(system, home, {uid: id, gid})
  append(system, '/etc/passwd', `${name}:${hasShadow ? 'x' : '*'}:${id}:${gid}::${home}:${shell}`, 0o644)
}

/**
 * Gives an account what it lacks because its maker was killed, or does not know it: a group, an entry in shadow(5), a
 * home, and the password `*`, which nothing matches, in place of the `!` of busybox's adduser: an sshd without PAM takes
 * `!` for a locked account and refuses its keys.
 *
 * @returns whether something is missing; `isTrial`: it still is.
 */
export function completeAccount(
  system: System,
  {name, uid, gid, home}: Account,
  {isTrial = false} = {},
): boolean {
  const {files} = system
  const shadow = files.readText('/etc/shadow')?.split('\n')
  const lacks = {
    group: !readGroups(system).some(group => group.gid === gid || group.name === name),
    groupShadow: lacksGroupShadow(system, name),
    shadow: shadow?.every(line => !line.startsWith(`${name}:`)) === true && readField(system, name) === 'x',
    password: shadow?.some(line => line.startsWith(`${name}:!:`)) === true,
    home: (files.status(home)?.uid ?? 0) === 0 && uid !== 0,
  }
  const isIncomplete = Object.values(lacks).includes(true)
  if (isTrial || !isIncomplete) return isIncomplete
  if (lacks.group) addGroup(system, name, gid)
  else if (lacks.groupShadow) append(system, '/etc/gshadow', formatGroupShadow(name), 0o640)
  if (lacks.shadow) append(system, '/etc/shadow', formatShadow(system, name), 0o640)
  if (lacks.password) unlock(system, name)
  if (lacks.home) makeHome(system, home, {uid, gid})
  return true
}

function unlock(system: System, name: string): void {
  edit(system, '/etc/shadow', text => {
    const lines = text.split('\n')
    return lines.map(line => (line.startsWith(`${name}:!:`) ? line.replace(':!:', ':*:') : line)).join('\n')
  })
}

/**
 * Enters the hash of a password, and the day, as chpasswd does: into shadow(5) where the account has its password
 * there, else into passwd(5).
 */
export function enterHash(system: System, name: string, hash: string): void {
  const shadow = system.files.readText('/etc/shadow')
  const hasEntry = shadow?.split('\n').some(line => line.startsWith(`${name}:`)) ?? false
  if (!hasEntry && shadow !== undefined && readField(system, name) === 'x') {
    append(system, '/etc/shadow', formatShadow(system, name, hash), 0o640)
    return
  }
  const path = hasEntry ? '/etc/shadow' : '/etc/passwd'
  edit(system, path, text => text.split('\n').map(enter).join('\n'))

  function enter(line: ByteText): ByteText {
    const [first, , third, ...rest] = line.split(':')
    if (first !== name || third === undefined) return line
    return [name, hash, hasEntry ? today() : third, ...rest].join(':')
  }
}

/** What stands in passwd(5) in the place of the password. */
function readField(system: System, name: string): string | undefined {
  const lines = (system.files.readText('/etc/passwd') ?? '').split('\n')
  return lines.find(line => line.startsWith(`${name}:`))?.split(':')[1]
}

/** As useradd does: the day, and how long a password lasts here. */
function formatShadow(system: System, name: string, hash = '*'): string {
  return `${name}:${hash}:${today()}:${readLoginDefs(system).passwordLimits}:::`
}

/** The day 0, of a clock that is not set, would make the password one that has to be changed at once (shadow(5)). */
function today(): string {
  const day = Math.floor(Date.now() / dayMs)
  return day > 0 ? `${day}` : ''
}

/**
 * Makes a home with what /etc/skel has for everyone. It is given away last: one that still belongs to root is of a run
 * that was killed, and is completed. A home of somebody else is left as it is.
 */
function makeHome(system: System, home: string, owner: Ownership): void {
  const {files} = system
  const status = files.status(home)
  if ((status?.uid ?? 0) !== 0) return
  const mode = readLoginDefs(system).homeMode
  if (status !== undefined && isClosed(status)) files.changeMode(home, mode)
  files.makeDirectory(home, mode)
  copySkeleton(system, '/etc/skel', home, owner)
  files.giveTo(home, owner)
}

function copySkeleton(system: System, from: string, to: string, owner: Ownership): void {
  const {files} = system
  for (const name of files.list(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`]
    const status = files.linkStatus(source)
    const link = files.readLink(source)
    if (link !== undefined) files.link(target, link)
    else if (status?.isDirectory()) {
      files.makeDirectory(target, status.mode & 0o777)
      copySkeleton(system, source, target, owner)
    } else if (status?.isFile()) {
      files.write(target, files.read(source)!, {mode: status.mode & 0o7777, owner})
      continue
    } else continue
    files.giveTo(target, owner)
  }
}

/**
 * Gives a home what useradd, killed over it, did not come to: it gives the home away first, then lets its owner in, then
 * copies. With the rights of the user, who may have been in it since.
 *
 * @returns whether something is missing; `isTrial`: it still is.
 */
export function completeHome(system: System, {uid, gid, home}: Account, {isTrial = false} = {}): boolean {
  const {files} = system
  return system.asUser({uid, gid}, () => {
    const status = files.status(home)
    if (status?.uid !== uid) return false
    const wasClosed = isClosed(status)
    if (isTrial && wasClosed) return true
    if (wasClosed) files.changeMode(home, readLoginDefs(system).homeMode)
    const lacking = files.list('/etc/skel').filter(name => {
      const text = files.linkStatus(`/etc/skel/${name}`)?.isFile() && files.read(`/etc/skel/${name}`)
      return text && isCutShort(system, `${home}/${name}`, text)
    })
    if (isTrial) return lacking.length > 0
    for (const name of lacking) {
      const {mode} = files.status(`/etc/skel/${name}`)!
      files.write(`${home}/${name}`, files.read(`/etc/skel/${name}`)!, {mode: mode & 0o7777})
    }
    return wasClosed || lacking.length > 0
  })
}

/** As useradd makes a home, until it is its owner's: nobody may enter. */
const isClosed = ({mode}: Stats) => (mode & 0o777) === 0

/** It is not there, or holds less of the text than all, and nothing else; or is not given away yet, and empty. */
function isCutShort({files}: System, path: string, text: Buffer): boolean {
  const status = files.linkStatus(path)
  if (status === undefined) return true
  if (!status.isFile() || status.size >= text.length) return false
  return status.size === 0 || (files.read(path)?.equals(text.subarray(0, status.size)) ?? false)
}

/** As useradd does: nobody joins it by a password, which stands in gshadow(5) where there is one. */
function addGroup(system: System, name: string, gid: number): void {
  const hasShadow = system.files.status('/etc/gshadow') !== undefined
  if (hasShadow) append(system, '/etc/gshadow', formatGroupShadow(name), 0o640)
  append(system, '/etc/group', `${name}:${hasShadow ? 'x' : '!'}:${gid}:`, 0o644)
}

const formatGroupShadow = (name: string) => `${name}:!::`

/** A useradd that was killed may have made the group and not this: /etc/group is what it writes first. */
function lacksGroupShadow({files}: System, name: string): boolean {
  const has = (path: string, begin: string) =>
    (files.readText(path) ?? '').split('\n').some(line => line.startsWith(begin))
  const isKept = files.status('/etc/gshadow') !== undefined
  return isKept && has('/etc/group', `${name}:x:`) && !has('/etc/gshadow', `${name}:`)
}

/**
 * The first number that neither an account nor a group has; that of a group of the same name, which a killed run may
 * have made, and with it the home.
 */
function findFreeId(system: System, name: string, firstId: number): number {
  const groups = readGroups(system)
  const ofAccounts = new Set(readAccounts(system).flatMap(({uid, gid}) => [uid, gid]))
  const own = groups.find(group => group.name === name)?.gid ?? 0
  if (own >= firstId && !ofAccounts.has(own)) return own
  let id = firstId
  while (ofAccounts.has(id) || groups.some(({gid}) => gid === id)) id += 1
  return id
}

/** Adds a line, in place of one that a run left that was killed before the account was complete. */
function append(system: System, path: string, line: string, mode: number): void {
  const name = line.slice(0, line.indexOf(':') + 1)
  const withLine = (text: ByteText) => {
    const others = text.split('\n').filter(other => !other.startsWith(name))
    return `${endLine(others.join('\n'))}${line}\n`
  }
  edit(system, path, withLine, mode)
}

/** Changes the text of one of them. What would stay the same is not written. */
export function edit(
  system: System,
  path: string,
  change: (text: ByteText) => ByteText,
  newMode = 0o644,
): void {
  const {files} = system
  const text = files.read(path)?.toString('latin1') ?? ''
  const changed = change(text)
  if (changed === text) return
  const {uid = 0, gid = 0, mode = newMode} = files.status(path) ?? {}
  files.write(path, Buffer.from(changed, 'latin1'), {mode: mode & 0o7777, owner: {uid, gid}})
}
