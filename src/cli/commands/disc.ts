// `vmcontext disc build`, `disc show` and `disc check` on the command line.

import type {Command} from 'commander'
import type {Found} from '../command-line.ts'
import {choiceOption} from './choice.ts'

export type DiscBuildInvocation = {
  command: 'disc build'
  /** The VM template. */
  template: string
  output: string
  /** Files of virtual networks, in the order given. */
  networks: readonly string[]
  /** The file of the user's template. */
  user?: string | undefined
  /** Files of images, which FILES_DS and `$IMAGE[…]` name. */
  images: readonly string[]
  /** Where the paths in FILES begin instead of `/`. */
  files?: string | undefined
  /** `KEY=VALUE`, as if the template had it: `VMID=85`. */
  set: readonly string[]
  format: '2.2' | 'today'
  strict: boolean
}
export type DiscShowInvocation = {command: 'disc show'; path: string; json: boolean}
export type DiscCheckInvocation = {command: 'disc check'; path: string; strict: boolean}
export type DiscInvocation = DiscBuildInvocation | DiscShowInvocation | DiscCheckInvocation

/** Gives the command `disc` its own commands. */
export function declareDisc(disc: Command, found: Found): void {
  const collect = (text: string, earlier: string[] = []) => [...earlier, text]
  disc.addHelpText('after', examples)
  disc
    .command('build <template>')
    .description('make the disc that OpenNebula would make of a VM template')
    .requiredOption('-o, --output <file>', 'the ISO image to write')
    .option('--network <file>', 'the template of a virtual network; may be repeated', collect)
    .option('--user <file>', "the template of the machine's user")
    .option('--image <file>', 'the template of an image, for FILES_DS; may be repeated', collect)
    .option('--files <dir>', 'where the files of the template lie, instead of /')
    .option('--set <key=value>', 'a value above the template, like VMID=85; may be repeated', collect)
    .addOption(
      choiceOption(
        '--format <format>',
        'grammar, quoting and label of that OpenNebula',
        ['2.2', 'today'],
        'format',
      ).default('today'),
    )
    .option('--strict', 'write nothing if anything is doubtful, like a reference that leads nowhere')
    .addHelpText('after', buildExamples)
    .action((template, {network = [], image = [], set = [], strict = false, ...options}) => {
      found({command: 'disc build', template, networks: network, images: image, set, strict, ...options})
    })
  disc
    .command('show <path>')
    .description('print what a guest would understand of a disc, secrets masked')
    .option('--json', 'print it as JSON', false)
    .addHelpText('after', showExamples)
    .action((path, {json}) => found({command: 'disc show', path, json}))
  disc
    .command('check <path>')
    .description('name what is wrong with a disc')
    .option('--strict', 'exit with 1 on a warning too', false)
    .addHelpText('after', checkExamples)
    .action((path, {strict}) => found({command: 'disc check', path, strict}))
}

const examples = `
Examples:
  vmcontext disc build vm.one -o context.iso
  vmcontext disc show /dev/sr0
  vmcontext disc check context.iso`

const buildExamples = `
Examples:
  vmcontext disc build vm.one -o context.iso
                                   the disc of a template
  vmcontext disc build vm.one -o context.iso --network lan.one --set VMID=85
                                   with the leases of a network
  vmcontext disc build vm.one -o context.iso --format 2.2
                                   as OpenNebula 2.2 made it`

const showExamples = `
Examples:
  vmcontext disc show /dev/sr0     the disc in the drive
  vmcontext disc show context.iso --json`

const checkExamples = `
Examples:
  vmcontext disc check context.iso
  vmcontext disc check --strict ./context && echo flawless`
