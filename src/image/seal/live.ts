// What is special about a guest that runs while it is sealed: some of its programs would write again what goes.

import {findProgram} from '../../system/programs.ts'
import type {System} from '../../system/system.ts'
import type {Deed} from '../deed.ts'
import {nameRoot} from './check.ts'
import {openLook} from './look.ts'
import {findKeyMaker} from './notes.ts'
import type {Found} from './operation.ts'

type Writer = {
  operation: string
  /** Runs beforehand, where the program is there. It may fail: the files go all the same. */
  argv: readonly [string, ...string[]]
  purpose: string
}

const writers: readonly Writer[] = [
  {
    // From then on journald writes below /run (journalctl(1)); one that does not know this goes on in a deleted file.
    operation: 'logs',
    argv: ['journalctl', '--relinquish-var'],
    purpose: 'have the journal leave /var/log/journal',
  },
  {
    // At its end it saves a seed, which shutdown would do otherwise.
    operation: 'random-seed',
    argv: ['systemctl', 'stop', 'systemd-random-seed.service'],
    purpose: 'stop what saves a random seed',
  },
]

const timeoutMs = 20_000

/** What is run on the guest before its files go. */
export function planQuieting(system: System, found: readonly Found[]): Deed[] {
  if (!system.live) return []
  const wanted = writers.filter(({operation, argv}) => {
    return found.some(each => each.operation.name === operation) && findProgram(system, argv[0]) !== undefined
  })
  return wanted.map(({argv, purpose}) => {
    return {kind: 'run', argv, purpose, timeoutMs, optional: true, reason: purpose}
  })
}

/** What a person has to know who has just sealed the guest that they are logged in to. */
export function adviseAfter(system: System, found: readonly Found[], root: string): string[] {
  const has = (name: string) => found.some(({operation}) => operation.name === name)
  const keys = has('ssh-host-keys') ? findKeyMaker(openLook(system, {foreign: []})) : []
  const lockedOut = keys.map(({reason, cure}) => `${reason}: ${nameRoot(cure, root)}`)
  return system.live ? [...lockedOut, ...adviseLive(system, has)] : lockedOut
}

function adviseLive(system: System, has: (name: string) => boolean): string[] {
  const running = new Set(listRunning(system))
  const clients = ['dhclient', 'dhcpcd', 'NetworkManager', 'wickedd', 'udhcpc'].filter(name =>
    running.has(name),
  )
  const loggers = ['rsyslogd', 'syslog-ng', 'syslogd', 'auditd'].filter(name => running.has(name))
  return [
    ...(has('dhcp-leases') && clients.length > 0
      ? [
          `${clients.join(' and ')} may write a lease again when it ends; --root on the disk from outside avoids that`,
        ]
      : []),
    ...(has('logs') && loggers.length > 0
      ? [`${loggers.join(' and ')} will log the shutdown: a few lines with the name of this host`]
      : []),
    ...(has('logs')
      ? ['logins, and the shutdown, are recorded again until the power is off (wtmp, lastlog)']
      : []),
    ...(has('random-seed') && !running.has('systemd') ? ['the shutdown may save a random seed again'] : []),
    ...(has('histories') ? ['your shell writes its history when it ends: leave it with `kill -9 $$`'] : []),
    ...(has('ssh-host-keys') ? ['no new ssh login is possible until the next boot'] : []),
    'the next boot makes this guest one of its own again: end with `poweroff`, not `reboot`',
  ]
}

/** The names of the programs that run, as the kernel has them. */
function listRunning({files}: System): string[] {
  const pids = files.list('/proc').filter(name => /^\d+$/.test(name))
  return pids.flatMap(pid => files.readText(`/proc/${pid}/comm`)?.trim() ?? [])
}
