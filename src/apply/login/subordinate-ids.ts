// The numbers with which an account runs containers: subuid(5), subgid(5). useradd gives some to every account where
// there are these files, and a useradd that was killed may not have come to it.

import {endLine} from '../../network/file-edit.ts'
import type {System} from '../../system/system.ts'
import {edit} from './account-files.ts'

/** By their prefix in login.defs(5). */
const files = {SUB_UID: '/etc/subuid', SUB_GID: '/etc/subgid'} as const

export const subordinateFiles: readonly string[] = Object.values(files)

/**
 * Gives an account the numbers that useradd would have given it.
 *
 * @returns whether some are missing; `isTrial`: they still are.
 */
export function completeSubordinateIds(system: System, name: string, {isTrial = false} = {}): boolean {
  const definitions = system.files.readText('/etc/login.defs') ?? ''
  const find = (key: string, otherwise: number) =>
    Number(new RegExp(`^[ \\t]*${key}[ \\t]+"?(\\d+)`, 'm').exec(definitions)?.[1] ?? otherwise)
  const lacking = Object.entries(files).filter(([prefix, path]) => {
    const text = system.files.readText(path)
    return text !== undefined && !hasEntry(text, name) && find(`${prefix}_COUNT`, 65_536) > 0
  })
  if (isTrial || lacking.length === 0) return lacking.length > 0
  for (const [prefix, path] of lacking) {
    const count = find(`${prefix}_COUNT`, 65_536)
    const first = find(`${prefix}_MIN`, 100_000)
    edit(system, path, text => `${endLine(text)}${name}:${findFreeRange(text, first, count)}:${count}\n`)
  }
  return true
}

function hasEntry(text: string, name: string): boolean {
  return text.split('\n').some(line => line.startsWith(`${name}:`))
}

/** Where the first so many numbers begin that nobody has. */
function findFreeRange(text: string, first: number, count: number): number {
  const taken = text
    .split('\n')
    .map(line => line.split(':').slice(1).map(Number))
    .filter(([start, length]) => start! >= 0 && length! > 0)
    .sort(([one], [other]) => one! - other!)
  let free = first
  for (const [start, length] of taken) {
    if (start! >= free + count) break
    free = Math.max(free, start! + length!)
  }
  return free
}
