// `vmcontext boot` and `vmcontext plan` on the command line.

import {type Command, InvalidArgumentError} from 'commander'
import {type Stage, type StepName, stageOf, stages, stepNames} from '../../steps.ts'
import type {Found} from '../command-line.ts'
import {choiceOption, readChoice} from './choice.ts'
import {addGuestOptions, type GuestOptions, readGuestOptions} from './guest-options.ts'

export type CommonOptions = GuestOptions & {
  stages: readonly Stage[]
  strict: boolean
  force: boolean
  only?: readonly StepName[] | undefined
}

/** `--verify`, `--no-verify`, `--rollback`, `--no-rollback`; what is undefined was not said. */
export type VerificationChoice = {seconds?: number | false | undefined; rollsBack?: boolean | undefined}

export type BootInvocation = {
  command: 'boot'
  quiet: boolean
  verification: VerificationChoice
} & CommonOptions
export type PlanInvocation = {command: 'plan'; json: boolean; check: boolean} & CommonOptions

/** Gives the command `boot` its options. */
export function declareBoot(boot: Command, found: Found): void {
  boot
    .option('-q, --quiet', 'print only the last line and what is wrong', false)
    .option('--verify <seconds>', 'check a network that is changed while it runs', readSeconds)
    .option('--no-verify', 'do not check it (default: 10 s on a terminal)')
    .option('--rollback', 'take the change back if the guest is cut off')
    .option('--no-rollback', 'leave it (default: take it back on a terminal)')
    .addHelpText('after', bootExamples)
    .action(({quiet, verify, rollback, ...options}, command: Command) => {
      refuseOtherStage(options, command)
      // commander has true for an option with a negation that was not given.
      const seconds = verify === true ? undefined : verify
      const verification = {seconds, rollsBack: rollback}
      found({command: 'boot', quiet, verification, ...readCommon(options)})
    })
  addCommonOptions(boot)
}

/** Gives the command `plan` its options. */
export function declarePlan(plan: Command, found: Found): void {
  plan
    .option('--json', 'print the plan as JSON', false)
    .option('--check', 'exit with 1 if there is anything to do', false)
    .addHelpText('after', planExamples)
    .action((options, command: Command) => {
      refuseOtherStage(options, command)
      found({command: 'plan', json: options.json, check: options.check, ...readCommon(options)})
    })
  addCommonOptions(plan)
}

function addCommonOptions(command: Command): void {
  command.addOption(
    choiceOption('--stage <stage>', 'do one stage only, instead of both', Object.keys(stages), 'stage'),
  )
  addGuestOptions(command)
    .option('--strict', 'exit with 1 on a warning too', false)
    .option('--force', 'repeat what was done in this boot, or once for good', false)
    .option('--only <step>', 'do this step alone, and repeat it; may be repeated', readStep)
}

/** A run that does nothing of what is asked for would look like one that has done it. */
function refuseOtherStage({stage, only = []}: {stage?: Stage; only?: StepName[]}, command: Command): void {
  const other = only.find(step => stage !== undefined && stageOf(step) !== stage)
  if (other === undefined) return
  command.error(`error: --only ${other} is a step of the stage ${stageOf(other)}, not of ${stage}`)
}

/** Reads a number of seconds. */
export function readSeconds(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('It takes a number of seconds, 1 to 999.')
  return Number(text)
}

function readStep(text: string, earlier: readonly StepName[] = []): StepName[] {
  return [...new Set([...earlier, readChoice(text, stepNames, 'step')])]
}

// biome-ignore lint/suspicious/noExplicitAny: commander hands over what was declared above, untyped.
function readCommon(options: any): CommonOptions {
  return {
    stages: options.stage === undefined ? stagesOf(options.only) : [options.stage],
    ...readGuestOptions(options),
    strict: options.strict,
    force: options.force,
    only: options.only,
  }
}

/** Those that the steps belong to; both if none are named. */
function stagesOf(only: readonly StepName[] | undefined): Stage[] {
  const all = Object.keys(stages) as Stage[]
  return all.filter(stage => only === undefined || only.some(step => stageOf(step) === stage))
}

const bootExamples = `
Examples:
  vmcontext boot                   what the init script does, both stages
  vmcontext boot --stage local     network, host name, account, keys
  vmcontext boot --only keys       install and revoke keys, nothing else
  vmcontext boot --verify 30 --rollback
                                   undo what cuts the guest off
  vmcontext boot --root /mnt/image --context ./context
                                   configure an image tree`

const planExamples = `
Examples:
  vmcontext plan                   what the next boot would change
  vmcontext plan --check && echo up to date
                                   1 too if what tells cannot be read
  vmcontext plan --root /mnt/image --links nics.txt --context context.iso`
