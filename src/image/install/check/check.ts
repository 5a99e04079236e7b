// Whether this root will start the agent when it boots: read back from what lies there, as the boot itself would.

import type {Problem} from '../../../problem.ts'
import type {System} from '../../../system/system.ts'
import {programPath} from '../agent-program.ts'
import type {InitKind} from '../init-system.ts'
import {checkBusybox, checkOpenrc, checkUpstart} from './others.ts'
import {checkSystemd} from './systemd.ts'
import {checkSysv} from './sysv.ts'

/** What will happen, a line each, and what is missing for that. */
export type StartCheck = {
  lines: readonly string[]
  problems: readonly Problem[]
  /** Scripts of the network that are run before the agent. */
  networkBefore?: readonly string[]
}

/** Checks it. */
export function checkStart(system: System, kind: InitKind): StartCheck {
  const check = checkKind(system, kind)
  const status = system.files.status(programPath)
  if (status?.isFile() && (status.mode & 0o100) !== 0) return check
  const message = `${programPath} is missing or not executable`
  return {...check, problems: [{code: 'start-missing', message}, ...check.problems]}
}

function checkKind(system: System, kind: InitKind): StartCheck {
  switch (kind) {
    case 'systemd':
      return checkSystemd(system)
    case 'openrc':
      return checkOpenrc(system)
    case 'upstart':
      return checkUpstart(system)
    case 'busybox':
      return checkBusybox(system)
    case 'none':
      return {lines: [], problems: [notStarted('the agent', 'there is no /sbin/init in this root')]}
    default:
      return checkSysv(system, kind)
  }
}

/** Something of ours that the boot will pass over, and why. */
export function notStarted(what: string, why: string, cure?: string): Problem {
  return {code: 'start-missing', message: `nothing starts ${what} at boot: ${why}`, cure}
}
