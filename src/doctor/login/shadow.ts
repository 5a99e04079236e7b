// What /etc/shadow says of accounts (shadow(5)). Hashes go no further than this room.

import type {Problem} from '../../problem.ts'
import type {System} from '../../system/system.ts'
import {doubtful, wrong} from '../problems.ts'

export const shadowPath = '/etc/shadow'

/** A line; days count from 1970, undefined where nothing is said. */
export type ShadowLine = {
  name: string
  /** What stands in the place of the password. */
  field: string
  lastChange?: number | undefined
  maximum?: number | undefined
  inactive?: number | undefined
  expires?: number | undefined
}

/** Reads the lines by name; of several of one name the first, which counts. */
export function readShadow({files}: System): ReadonlyMap<string, ShadowLine> {
  const lines = (files.readText(shadowPath) ?? '').split('\n').flatMap(line => {
    const [name, field, lastChange, , maximum, , inactive, expires] = line.split(':')
    if (name === undefined || name === '' || field === undefined) return []
    const days = {lastChange: toDays(lastChange), maximum: toDays(maximum)}
    return [{name, field, ...days, inactive: toDays(inactive), expires: toDays(expires)}]
  })
  return new Map(lines.reverse().map(line => [line.name, line]))
}

function toDays(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined
}

/** Says what the dates keep from logging in. `today` in days since 1970. */
export function describeDates(line: ShadowLine, today: number): Problem[] {
  const {name, field, lastChange, maximum, inactive, expires} = line
  if (expires !== undefined && expires <= today) {
    const message = `the account ${name} expired on ${formatDay(expires)}: nobody can log in to it`
    return [wrong({file: shadowPath, message, cure: `chage -E -1 ${name}`})]
  }
  // Without a password there is none to be changed; pam_unix(8) asks for it all the same.
  if (lastChange === 0) {
    const message = `the password of ${name} has to be changed at the next login, also by whoever comes with a key`
    return [doubtful({file: shadowPath, message, cure: `chage -d ${formatDay(today)} ${name}`})]
  }
  if (lastChange === undefined || maximum === undefined || maximum >= 99_999 || field === '*') return []
  const end = lastChange + maximum
  if (end >= today) return []
  const isOver = inactive !== undefined && end + inactive < today
  const message = `the password of ${name} expired on ${formatDay(end)}: ${isOver ? 'nobody can log in to it' : 'whoever logs in has to change it first'}`
  return [
    (isOver ? wrong : doubtful)({
      file: shadowPath,
      message,
      cure: `chage -M -1 ${name}, or a new password: passwd ${name}`,
    }),
  ]
}

function formatDay(days: number): string {
  return new Date(days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
}
