// The commands for whoever stands before a guest. None of them is loaded at boot.

import type {ByHandInvocation} from './command-line.ts'
import type {Terminal} from './start.ts'

/** Does what was asked and gives the exit code. `version` is the agent's own. */
export async function runByHandCommand(
  invocation: ByHandInvocation,
  terminal: Terminal,
  version: string,
): Promise<number> {
  switch (invocation.command) {
    case 'explain': {
      const {runExplain} = await import('./by-hand/explain.ts')
      return runExplain(invocation, terminal, version)
    }
    case 'doctor': {
      const {runDoctor} = await import('./by-hand/doctor.ts')
      return runDoctor(invocation, terminal, version)
    }
    case 'status': {
      const {runStatus} = await import('./by-hand/status.ts')
      return runStatus(invocation, terminal, version)
    }
    case 'log': {
      const {runLog} = await import('./by-hand/log.ts')
      return runLog(invocation, terminal, version)
    }
    case 'report': {
      const {runReport} = await import('./by-hand/report.ts')
      return runReport(invocation, terminal, version)
    }
    case 'replay': {
      const {runReplay} = await import('./by-hand/replay.ts')
      return runReplay(invocation, terminal, version)
    }
    case 'rollback': {
      const {runRollback} = await import('./by-hand/rollback.ts')
      return runRollback(invocation, terminal, version)
    }
  }
}
