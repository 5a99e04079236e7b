// `vmcontext install` and `vmcontext uninstall` on the command line.

import type {Command} from 'commander'
import type {Found} from '../command-line.ts'

export type InstallInvocation = {
  command: 'install'
  root: string
  dryRun: boolean
  /** Ask nothing. */
  yes: boolean
  /** Disable what does the same job, and take over what it left. */
  takeOver: boolean
  /** A package manager has put the files in place: enable and check only. */
  packaged: boolean
}
export type UninstallInvocation = {
  command: 'uninstall'
  root: string
  dryRun: boolean
  yes: boolean
  /** Give back the network files from before. */
  restoreNetwork: boolean
  /** A package manager takes the files away: disable only. */
  packaged: boolean
}

/** Gives the command `install` its options. */
export function declareInstall(install: Command, found: Found): void {
  install
    .option('--root <dir>', 'the image tree to install into', '/')
    .option('--take-over', 'disable what does the same job, and take over what it left', false)
    .option('--dry-run', 'print what would be done; change nothing', false)
    .option('-y, --yes', 'ask nothing', false)
    .option('--packaged', 'the files are there from a package: enable and check only', false)
    .addHelpText('after', installExamples)
    .action(options => found({command: 'install', ...options}))
}

/** Gives the command `uninstall` its options. */
export function declareUninstall(uninstall: Command, found: Found): void {
  uninstall
    .option('--root <dir>', 'the image tree to uninstall from', '/')
    .option('--restore-network', 'give back the network files from before the agent', false)
    .option('--dry-run', 'print what would be done; change nothing', false)
    .option('-y, --yes', 'ask nothing', false)
    .option('--packaged', 'a package manager takes the files away: disable only', false)
    .addHelpText('after', uninstallExamples)
    .action(options => found({command: 'uninstall', ...options}))
}

const installExamples = `
Examples:
  vmcontext install                into the guest it runs in
  vmcontext install --take-over    and instead of cloud-init or one-context
  vmcontext install --root /mnt/image --dry-run
                                   what it would do to an image tree`

const uninstallExamples = `
Examples:
  vmcontext uninstall --dry-run    what would go, and what comes back
  vmcontext uninstall --restore-network
                                   with the network files from before`
