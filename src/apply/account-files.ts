// The files that make an account: passwd(5), group(5), shadow(5). Edited by ourselves only where the guest brings no
// tool for it, or one that cannot say what we need. What others wrote in them keeps its bytes.

import type {ByteText, CreateAccountAction} from '../action.ts'
import {endLine} from '../network/file-edit.ts'
import type {System} from '../system/system.ts'

/** The first number that useradd and busybox's adduser give to a person. */
const firstId = 1000
const dayMs = 24 * 60 * 60 * 1000

/**
 * Makes an account as useradd does: with a home, a group of its own unless one is named, and the password `*`. The
 * line in passwd comes last: until it is there, there is no such account, and a run that was killed begins anew.
 */
export function writeAccount(system: System, {name, shell, group}: CreateAccountAction): void {
  const {files} = system
  const home = `/home/${name}`
  const id = findFreeId(system)
  const gid = group === undefined ? id : (readGroupId(system, group) ?? id)
  if (group === undefined) append(system, '/etc/group', `${name}:x:${gid}:`, 0o644)
  const hasShadow = files.status('/etc/shadow') !== undefined
  if (hasShadow) append(system, '/etc/shadow', formatShadow(name), 0o640)
  if (files.status(home) === undefined) {
    files.makeDirectory(home)
    files.giveTo(home, {uid: id, gid})
  }
  append(system, '/etc/passwd', `${name}:${hasShadow ? 'x' : '*'}:${id}:${gid}::${home}:${shell}`, 0o644)
}

/**
 * Gives an account the password `*`, which nothing matches, in place of the `!` of busybox's adduser: an sshd without
 * PAM takes `!` for a locked account and refuses its keys.
 */
export function unlockAccount(system: System, name: string): void {
  edit(system, '/etc/shadow', text => {
    const lines = text.split('\n')
    return lines.map(line => (line.startsWith(`${name}:!:`) ? line.replace(':!:', ':*:') : line)).join('\n')
  })
}

/** As useradd does by default: the day, and no end to anything. */
function formatShadow(name: string): string {
  return `${name}:*:${Math.floor(Date.now() / dayMs)}:0:99999:7:::`
}

/** The first number that neither an account nor a group has. */
function findFreeId(system: System): number {
  const taken = new Set(['/etc/passwd', '/etc/group'].flatMap(path => readIds(system, path)))
  let id = firstId
  while (taken.has(id)) id += 1
  return id
}

function readIds(system: System, path: string): number[] {
  const lines = (system.files.readText(path) ?? '').split('\n')
  return lines.flatMap(line => line.split(':').slice(2, 4)).map(Number)
}

function readGroupId(system: System, name: string): number | undefined {
  const lines = (system.files.readText('/etc/group') ?? '').split('\n')
  const id = lines.find(line => line.startsWith(`${name}:`))?.split(':')[2]
  return id === undefined || !/^\d+$/.test(id) ? undefined : Number(id)
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

function edit(system: System, path: string, change: (text: ByteText) => ByteText, newMode = 0o644): void {
  const {files} = system
  const text = files.read(path)?.toString('latin1') ?? ''
  const changed = change(text)
  if (changed === text) return
  const {uid = 0, gid = 0, mode = newMode} = files.status(path) ?? {}
  files.write(path, Buffer.from(changed, 'latin1'), {mode: mode & 0o7777, owner: {uid, gid}})
}
