// `vmcontext rollback` on the command line.

import type {Command} from 'commander'
import type {Found} from '../command-line.ts'
import {readSeconds, type VerificationChoice} from './boot.ts'

export type RollbackInvocation = {
  command: 'rollback'
  root: string
  /** The run to go back to the time before; undefined: the last one that changed a file. */
  run?: string | undefined
  /** Print the runs instead. */
  list: boolean
  json: boolean
  dryRun: boolean
  yes: boolean
  verification: VerificationChoice
}

/** Gives the command `rollback` its options. */
export function declareRollback(rollback: Command, found: Found): void {
  rollback
    .argument('[run]', 'the run to take back, with those after it; none: the last')
    .option('--root <dir>', 'the guest is this directory; nothing of it is executed', '/')
    .option('--list', 'print the runs that can be taken back', false)
    .option('--json', 'print it as JSON', false)
    .option('--dry-run', 'print what would be done; change nothing', false)
    .option('-y, --yes', 'ask nothing', false)
    .option('--verify <seconds>', 'check the network afterwards', readSeconds)
    .option('--no-verify', 'do not check it (default: 10 s, and taken back if the guest is cut off)')
    .addHelpText('after', examples)
    .action((run: string | undefined, {verify, ...options}) => {
      // commander has true for an option with a negation that was not given.
      const verification = {seconds: verify === true ? undefined : verify}
      found({command: 'rollback', run, ...options, verification})
    })
}

const examples = `
Examples:
  vmcontext rollback --list        the runs, and the files that each changed
  vmcontext rollback --dry-run     what would become of them
  vmcontext rollback               undo the last run that changed a file`
