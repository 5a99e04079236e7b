// What giving back comes to: deeds, each with what it concerns, so that whoever plans them (seal, uninstall) can show
// and choose them by that.

import type {Deed} from '../deed.ts'

/** What something that is given back belongs to. `user-file`: a file that the context's user data wrote. */
export type Concern =
  | 'network'
  | 'hostname'
  | 'hosts'
  | 'time-zone'
  | 'console'
  | 'sudo'
  | 'keys'
  | 'password'
  | 'accounts'
  | 'user-file'

export type GiveBackDeed = Deed & {concerns: Concern}

export type GiveBackOptions = {
  /** `network`: the files of the network alone; nothing else is looked at. */
  what: 'all' | 'network'
  /** Delete the accounts that a context created, homes included; without it they stay, with no way to log in. */
  accounts: boolean
  /** `star`: nothing matches the passwords that were set, nor those of created accounts. */
  passwords: 'star' | 'keep'
  /** What becomes of a file of ours that somebody else has changed since: kept and said so, or given back all the same. */
  changed: 'keep' | 'replace'
}
