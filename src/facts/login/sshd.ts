// The ssh server of the guest: how it is set up, and which host keys it has.

import type {System} from '../../system/system.ts'
import {readSshdConfig, type SshdSetting} from './sshd-config.ts'

export type Sshd = {
  /** Which server is installed; undefined if none is. */
  server?: 'openssh' | 'dropbear' | undefined
  settings: readonly SshdSetting[]
  /** The host keys that it would load. */
  hostKeys: readonly HostKey[]
  /** Nobody has named host keys: they are those that it looks for by itself. */
  hasDefaultKeys: boolean
}

/** Where a host key is kept, and whether one is there. An empty file is none (ssh-keygen(1), -A). */
export type HostKey = {path: string; isThere: boolean}

export const noSshd: Sshd = {settings: [], hostKeys: [], hasDefaultKeys: true}

const servers = [
  ['openssh', ['/usr/sbin/sshd', '/usr/bin/sshd']],
  ['dropbear', ['/usr/sbin/dropbear']],
] as const

/** sshd also takes a DSA key where it is old enough; nobody should be given one. */
const defaultKeys = ['rsa', 'ecdsa', 'ed25519'].map(type => `/etc/ssh/ssh_host_${type}_key`)
/** Where Debian, Alpine and OpenWrt keep those of dropbear. */
const dropbearKeys = ['rsa', 'ecdsa', 'ed25519'].map(type => `/etc/dropbear/dropbear_${type}_host_key`)

/** Looks at the ssh server. `isAsked`: somebody's keys are looked at, whatever is installed. */
export function readSshd(system: System, isAsked: boolean): Sshd {
  const {files} = system
  const server = servers.find(([, paths]) => paths.some(path => files.status(path) !== undefined))?.[0]
  if (server === undefined && !isAsked) return noSshd
  const settings = server === 'dropbear' ? [] : readSshdConfig(system)
  const named = settings
    .filter(({keyword, conditions}) => keyword === 'hostkey' && conditions.length === 0)
    .map(({words}) => words[0] ?? '')
    .filter(path => path.startsWith('/'))
  const paths = server === 'dropbear' ? dropbearKeys : named.length > 0 ? named : defaultKeys
  return {
    server,
    settings,
    hostKeys: [...new Set(paths)].map(path => ({path, isThere: (files.status(path)?.size ?? 0) > 0})),
    hasDefaultKeys: named.length === 0,
  }
}
