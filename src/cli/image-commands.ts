// The commands of people who make images. None of them is loaded at boot.

import type {ImageInvocation} from './command-line.ts'
import type {Terminal} from './start.ts'

/** Does what was asked and gives the exit code. `version` is the agent's own. */
export async function runImageCommand(
  invocation: ImageInvocation,
  terminal: Terminal,
  version: string,
): Promise<number> {
  switch (invocation.command) {
    case 'disc build': {
      const {runDiscBuild} = await import('./image/disc-build.ts')
      return runDiscBuild(invocation, terminal)
    }
    case 'disc show': {
      const {runDiscShow} = await import('./image/disc-show.ts')
      return runDiscShow(invocation, terminal)
    }
    case 'disc check': {
      const {runDiscCheck} = await import('./image/disc-check.ts')
      return runDiscCheck(invocation, terminal)
    }
    case 'install': {
      const {runInstall} = await import('./image/install.ts')
      return runInstall(invocation, terminal, version)
    }
    case 'uninstall': {
      const {runUninstall} = await import('./image/uninstall.ts')
      return runUninstall(invocation, terminal)
    }
    case 'seal': {
      const {runSeal} = await import('./image/seal.ts')
      return runSeal(invocation, terminal)
    }
  }
}
