// Whom a context is for, and the name of the guest (contract §3).

import type {Problem} from '../../problem.ts'
import {type Disc, placeOf} from '../disc.ts'
import {type Hostname, parseHostname} from '../hostname.ts'
import {pickVariable, readPlainValue} from '../variables.ts'
import {refuseUsername} from './username.ts'

/** The account that keys and scripts are for. */
export type AccountRequest = {
  /** Undefined: root. */
  username?: string | undefined
  shell?: string | undefined
  /** The name was one that no account can have: nothing is done for any account. */
  isRefused: boolean
}

/** Reads USERNAME and USERNAME_SHELL. */
export function readAccount(disc: Disc, problems: Problem[]): AccountRequest {
  // Told already, and still not the same as asking for root.
  if (disc.dropped.has('USERNAME')) return {isRefused: true}
  const variable = pickVariable(disc.variables, 'USERNAME')
  // Below what was not read USERNAME may stand: its keys are not root's.
  if (variable === undefined) return {isRefused: !disc.isComplete}
  const name = readPlainValue(variable)
  const refusal = name === undefined ? 'has control characters' : refuseUsername(name)
  if (refusal !== undefined) {
    const message = `this cannot be an account name, it ${refusal}; no account is created and no key installed`
    problems.push({...placeOf(disc, variable), code: 'value-rejected', message})
    return {isRefused: true}
  }
  const shell = pickVariable(disc.variables, 'USERNAME_SHELL')
  return {isRefused: false, username: name, shell: shell && readPlainValue(shell)}
}

/** Reads SET_HOSTNAME, HOSTNAME. */
export function readHostname(disc: Disc, problems: Problem[]): Hostname | undefined {
  const variable = pickVariable(disc.variables, 'SET_HOSTNAME', 'HOSTNAME')
  if (variable === undefined) return undefined
  const hostname = parseHostname(variable.value)
  const place = placeOf(disc, variable)
  if (hostname === undefined) {
    problems.push({
      ...place,
      code: 'value-rejected',
      message: 'nothing of this can be a host name, so it is not set',
    })
  } else if (hostname.full !== variable.value.trim()) {
    const message = `this cannot be a host name as it stands; ${hostname.full} is taken`
    problems.push({...place, code: 'value-adjusted', message})
  }
  return hostname
}
