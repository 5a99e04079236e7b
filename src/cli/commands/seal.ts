// `vmcontext seal` on the command line.

import type {Command} from 'commander'
import type {Found} from '../command-line.ts'

export type SealInvocation = {
  command: 'seal'
  root: string
  dryRun: boolean
  yes: boolean
  /** Say what is not clean, and change nothing. */
  check: boolean
  /** The operations to do, `-NAME` to leave one out; undefined: all that are on by default. */
  operations?: readonly string[] | undefined
  /** Delete the accounts that a context created, homes included. */
  accounts: boolean
  /** Tell the disk what is free. */
  trim: boolean
  /** Write zeros over what is free. */
  zero: boolean
  json: boolean
}

/** Gives the command `seal` its options. */
export function declareSeal(seal: Command, found: Found): void {
  seal
    .option('--root <dir>', 'the image tree to seal', '/')
    .option('--check', 'say what is not clean, and exit with 1 if anything is; change nothing', false)
    .option('--dry-run', 'print what would be removed, and why; change nothing', false)
    .option('--operations <list>', 'these, or all but these: a,b or -a,-b')
    .option('--accounts', 'delete the accounts that a context created, homes included', false)
    .option('--no-trim', 'do not tell the disk which blocks are free (fstrim)')
    .option('--zero', 'write zeros over the free space, for images that cannot be trimmed', false)
    .option('--json', 'print it as JSON', false)
    .option('-y, --yes', 'ask nothing', false)
    .addHelpText('after', operationsHelp)
    .action(({operations, ...options}) => {
      found({command: 'seal', operations: operations?.split(','), ...options})
    })
}

const operationsHelp = `
Examples:
  vmcontext seal --check           what is not clean
  vmcontext seal --root /mnt/image --dry-run
                                   what would be removed from an image tree

What there is to be done is listed by: vmcontext seal --operations help
  --operations logs,histories      these two and nothing else
  --operations -logs               what is done by default, but for the logs
  --operations default,passwords   what is done by default, and passwords`
