// `vmcontext status` and `vmcontext log` on the command line.

import {type Command, InvalidArgumentError} from 'commander'
import type {Found} from '../command-line.ts'
import {readSeconds} from './boot.ts'
import {choiceOption} from './choice.ts'

export type StatusInvocation = {
  command: 'status'
  root: string
  json: boolean
  /** Wait until the final stage has ended, so many seconds at most. */
  waitSeconds?: number | undefined
  /** The picture to be written. */
  plotPath?: string | undefined
}

export const logLevels = ['info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export type LogInvocation = {
  command: 'log'
  root: string
  /** This level and those above it. */
  level: LogLevel
  /** The last lines only. */
  lines?: number | undefined
  follow: boolean
  json: boolean
}

const usualWaitSeconds = 600

/** Gives the command `status` its options. */
export function declareStatus(status: Command, found: Found): void {
  status
    .option('--root <dir>', 'the guest is this directory', '/')
    .option('--json', 'print it as JSON', false)
    .option('--wait [seconds]', `wait until the boot has ended (default: ${usualWaitSeconds} s)`, readSeconds)
    .option('--plot <file>', 'draw the boot as a picture (SVG)')
    .addHelpText('after', statusExamples)
    .action(({root, json, wait, plot}) => {
      const waitSeconds = wait === true ? usualWaitSeconds : wait
      found({command: 'status', root, json, waitSeconds, plotPath: plot})
    })
}

/** Gives the command `log` its options. */
export function declareLog(log: Command, found: Found): void {
  log
    .option('--root <dir>', 'the guest is this directory', '/')
    .addOption(choiceOption('--level <level>', 'this and what is worse', logLevels, 'level').default('info'))
    .option('-n, --lines <number>', 'the last lines only', readCount)
    .option('-f, --follow', 'go on as lines are added', false)
    .option('--json', 'print an object a line', false)
    .addHelpText('after', logExamples)
    .action(({root, level, lines, follow, json}) => found({command: 'log', root, level, lines, follow, json}))
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It takes a number from 1.')
  return Number(text)
}

const statusExamples = `
Examples:
  vmcontext status                 the last boot: steps, times, problems
  vmcontext status --wait && echo ready
  vmcontext status --plot boot.svg

It exits with 1 if a step failed, and if the boot has not ended or never began;
with 3 if that cannot be told. --plot - draws to standard output.`

const logExamples = `
Examples:
  vmcontext log --level warn       what went wrong, ever
  vmcontext log -n 20 --follow     the last lines, and those to come

Where systemd is, the journal has what was said on the console as well, and why
a service did not start: journalctl -b -u 'vmcontext*'`
