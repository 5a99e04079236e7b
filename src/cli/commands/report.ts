// `vmcontext report` and `vmcontext replay` on the command line.

import type {Command} from 'commander'
import type {Found} from '../command-line.ts'
import {addGuestOptions, type GuestOptions, readGuestOptions} from './guest-options.ts'

export type ReportInvocation = {
  command: 'report'
  /** The bundle to be written; `-` is standard output. */
  output: string
} & GuestOptions

export type ReplayInvocation = {
  command: 'replay'
  bundle: string
  json: boolean
  /** Exit with 1 if the plan is not the one that the guest itself made. */
  check: boolean
  /** Lay the guest of the bundle out in this directory. */
  extractPath?: string | undefined
}

/** Gives the command `report` its options. */
export function declareReport(report: Command, found: Found): void {
  report
    .requiredOption('-o, --output <file>', 'the bundle to write (.tar.gz); - is standard output')
    .addHelpText('after', reportExamples)
    .action(({output, ...options}) => found({command: 'report', output, ...readGuestOptions(options)}))
  addGuestOptions(report)
}

/** Gives the command `replay` its options. */
export function declareReplay(replay: Command, found: Found): void {
  replay
    .argument('<bundle>', 'what `vmcontext report` has written')
    .option('--json', 'print the plan as JSON', false)
    .option('--check', 'exit with 1 if the plan is not the one the guest made', false)
    .option('--extract <dir>', 'lay the guest out in a new directory')
    .addHelpText('after', replayExamples)
    .action((bundle: string, {json, check, extract}) =>
      found({command: 'replay', bundle, json, check, extractPath: extract}),
    )
}

const reportExamples = `
Examples:
  vmcontext report -o bundle.tar.gz    everything a supporter needs, no secret
  ssh guest vmcontext report -o - > bundle.tar.gz`

const replayExamples = `
Examples:
  vmcontext replay bundle.tar.gz       the plan of that guest, on this machine
  vmcontext replay bundle.tar.gz --extract case
                                       its files, for a test or a doctor`
