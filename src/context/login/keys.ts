// Which keys a context brings and for whom: variables with keys in them, variables with the names of key files, and
// the files that users of 2.2 put on the disc (contract §3).

import type {AuthorizedKey} from '../../action/login.ts'
import type {Place, Problem} from '../../problem.ts'
import {type Disc, placeOf, refuseDiscName} from '../disc.ts'
import type {Assignment} from '../shell.ts'
import {pickVariable, readPlainValue} from '../variables.ts'
import {type KeyList, parseKeys} from './authorized-key.ts'

/** Keys by account name. An account whose keys could not be read is not in it. */
export type KeysByAccount = ReadonlyMap<string, readonly AuthorizedKey[]>

export const keyVariables = [
  'SSH_PUBLIC_KEY',
  'EC2_PUBLIC_KEY',
  'SSH_KEY',
  'USER_PUBKEY',
  'ROOT_PUBKEY',
] as const

/** Reads the keys for an account; undefined: root. */
export function readKeys(disc: Disc, username: string | undefined, problems: Problem[]): KeysByAccount {
  const keys = new Map<string, AuthorizedKey[]>()
  const account = username ?? 'root'
  const add = (owner: string, key: string, list: KeyList, place: Place) => {
    problems.push(...describeKeyProblems(list, place, key))
    const known = keys.get(owner) ?? []
    keys.set(owner, [...known, ...list.keys.filter(({blob}) => known.every(other => other.blob !== blob))])
  }
  const inline = pickVariable(disc.variables, 'SSH_PUBLIC_KEY', 'EC2_PUBLIC_KEY', 'SSH_KEY')
  const named = [
    [account, pickVariable(disc.variables, 'USER_PUBKEY')],
    ['root', pickVariable(disc.variables, 'ROOT_PUBKEY')],
  ] as const
  if (inline !== undefined) add(account, inline.name, parseKeys(inline.value), placeOf(disc, inline))
  for (const [owner, variable] of named) {
    if (variable === undefined) continue
    const text = readNamedFile(disc, variable, problems)
    if (text !== undefined) add(owner, variable.name, parseKeys(text), {file: variable.value.trim()})
  }
  const hasKeyVariable = inline !== undefined || named.some(([, variable]) => variable !== undefined)
  if (username !== undefined && !hasKeyVariable) {
    for (const name of defaultKeyFiles) {
      const text = disc.names.includes(name) ? disc.readFile(name) : undefined
      const refusal = disc.refusalOf?.(name)
      if (refusal !== undefined) problems.push(describeUnread(name, refusal))
      if (text !== undefined) add(username, name, parseKeys(text), {file: name})
    }
  }
  return keys
}

/** What 2.2's users put on the disc beside their init.sh; the manual's example does (contract §3). */
const defaultKeyFiles = ['id_rsa.pub', 'id_dsa.pub', 'id_ecdsa.pub', 'id_ed25519.pub']

function describeUnread(name: string, refusal: string): Problem {
  const cure = 'make the disc again, or see dmesg for errors of the drive'
  return {code: 'source-incomplete', file: name, message: `${refusal}; its keys are missing`, cure}
}

function readNamedFile(disc: Disc, variable: Assignment, problems: Problem[]): string | undefined {
  const name = readPlainValue(variable) ?? ''
  const refusal = refuseDiscName(name)
  const text = refusal === undefined ? disc.readFile(name) : undefined
  const unread = disc.refusalOf?.(name)
  if (unread !== undefined) {
    problems.push({...placeOf(disc, variable), ...describeUnread(name, unread)})
  } else if (text === undefined) {
    const message = refusal === undefined ? `there is no file ${name} on the disc` : `this ${refusal}`
    const cure = 'add the file to `files` in the CONTEXT section'
    problems.push({
      ...placeOf(disc, variable),
      code: 'value-rejected',
      message: `${message}; its keys are missing`,
      cure,
    })
  }
  return text
}

function describeKeyProblems(list: KeyList, place: Place, key: string): Problem[] {
  const offset = place.key === undefined ? 0 : (place.line ?? 1) - 1
  const rejected = list.rejected.map(({line, reason}): Problem => {
    const where = {file: place.file, line: line + offset, key: place.key}
    return {...where, code: 'value-rejected', message: `this line of keys is not installed: ${reason}`}
  })
  const unusual = list.unusual.map(({line, type}): Problem => {
    const message = `this guest's sshd may not know keys of the type ${type}`
    return {file: place.file, line: line + offset, key: place.key, code: 'value-adjusted', message}
  })
  if (list.keys.length > 0 || rejected.length > 0) return [...rejected, ...unusual]
  return [{...place, key: place.key ?? key, code: 'value-rejected', message: 'there is no key in it'}]
}
