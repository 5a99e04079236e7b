// What the kernel does about IPv6 on a link that nobody speaks of: as on a new one (ip-sysctl.rst, conf/default).

import type {RunAction} from '../action.ts'

/** Commands for the shell in the directory of a link's settings. Off first: that takes addresses and routes along. */
export const restoreCommands = [
  'echo 1 >disable_ipv6',
  'for name in accept_ra autoconf disable_ipv6',
  'do cat ../default/$name >$name',
  'done',
] as const

/** Takes back what was set for an interface while a file of ours was there. */
export function restoreIpv6(name: string): RunAction {
  const script = `cd "/proc/sys/net/ipv6/conf/$1" 2>/dev/null && { ${restoreCommands.join('; ')}; } || true`
  return {
    kind: 'run',
    optional: true,
    argv: ['sh', '-c', script, 'sh', name],
    purpose: `let the kernel treat IPv6 on ${name} as on any other`,
    timeoutMs: 10_000,
  }
}
