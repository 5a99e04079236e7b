// The command line as people know it, read into a value. Running it is someone else's job.

import {Command, CommanderError} from 'commander'
import {stepNames} from '../steps.ts'
import {escapeControls} from '../system/commands.ts'
import {type BootInvocation, declareBoot, declarePlan, type PlanInvocation} from './commands/boot.ts'
import {type DiscInvocation, declareDisc} from './commands/disc.ts'
import {type DoctorInvocation, declareDoctor} from './commands/doctor.ts'
import {declareExplain, type ExplainInvocation} from './commands/explain.ts'
import {
  declareInstall,
  declareUninstall,
  type InstallInvocation,
  type UninstallInvocation,
} from './commands/install.ts'
import {
  declareReplay,
  declareReport,
  type ReplayInvocation,
  type ReportInvocation,
} from './commands/report.ts'
import {declareRollback, type RollbackInvocation} from './commands/rollback.ts'
import {declareSeal, type SealInvocation} from './commands/seal.ts'
import {declareLog, declareStatus, type LogInvocation, type StatusInvocation} from './commands/status.ts'
import {type Group, helpForm} from './help-form.ts'
import {wrapLine} from './paragraph.ts'

/** What the command line asks for. */
export type Invocation =
  | BootInvocation
  | PlanInvocation
  | ByHandInvocation
  | ImageInvocation
  /** Text to print and the exit code: help, the version, or what is wrong with the command line. */
  | {command: 'print'; text: string; exitCode: number}

/** Those for whoever stands before a guest and wants to know. */
export type ByHandInvocation =
  | ExplainInvocation
  | DoctorInvocation
  | StatusInvocation
  | LogInvocation
  | ReportInvocation
  | ReplayInvocation
  | RollbackInvocation

/** Those for people who make images. */
export type ImageInvocation = DiscInvocation | InstallInvocation | UninstallInvocation | SealInvocation

/** Takes what a command has read. */
export type Found = (invocation: Invocation) => void

type CommandEntry = {
  name: string
  description: string
  group: Group
  declare: (command: Command, found: Found) => void
}

const commands: readonly CommandEntry[] = [
  ...inGroup('At boot', [
    {name: 'boot', description: 'configure this guest from its context', declare: declareBoot},
  ]),
  ...inGroup('By hand', [
    {name: 'plan', description: 'print what boot would do now; change nothing', declare: declarePlan},
    {name: 'explain', description: 'tell where a value comes from', declare: declareExplain},
    {
      name: 'doctor',
      description: 'find out what is wrong with a guest, and the cure',
      declare: declareDoctor,
    },
    {name: 'status', description: 'print how the last boot went', declare: declareStatus},
    {name: 'log', description: 'print what the agent has done', declare: declareLog},
    {name: 'report', description: 'pack all that a supporter needs, without secrets', declare: declareReport},
    {name: 'replay', description: 'plan the guest of a report on this machine', declare: declareReplay},
    {name: 'rollback', description: 'give files back as they were before a run', declare: declareRollback},
  ]),
  ...inGroup('Images', [
    {name: 'disc', description: 'build, show or check a context disc', declare: declareDisc},
    {name: 'install', description: 'put the agent into a guest or an image', declare: declareInstall},
    {name: 'uninstall', description: 'take the agent out again', declare: declareUninstall},
    {name: 'seal', description: 'make a guest or an image fit to be cloned', declare: declareSeal},
  ]),
]

function inGroup(group: Group, entries: readonly Omit<CommandEntry, 'group'>[]): CommandEntry[] {
  return entries.map(entry => ({...entry, group}))
}

const exitUsage = 2

/** Reads the arguments behind the program's name. `version` is what `--version` prints. */
export function parseCommandLine(args: readonly string[], version: string): Invocation {
  let output = ''
  let invocation: Invocation | undefined
  const program = createProgram(args, version, found => {
    invocation = found
  })
  const collect = (text: string) => {
    output += text
  }
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: collect,
      writeErr: collect,
      getOutHelpWidth: () => 80,
      outputError: text => collect(escapeControls(wrapText(text))),
    })
  }
  try {
    program.parse(withoutHelpCommand(program, args), {from: 'user'})
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return {command: 'print', text: output, exitCode: error.exitCode === 0 ? 0 : exitUsage}
  }
  return invocation ?? {command: 'print', text: program.helpInformation(), exitCode: exitUsage}
}

/** `help disc build` and `disc help build` are other words for `disc build --help`. */
function withoutHelpCommand(program: Command, args: readonly string[]): string[] {
  const takesCommands = program.commands.some(each => each.name() === args[0] && each.commands.length > 0)
  const index = args[0] === 'help' ? 0 : 1
  if (args[index] !== 'help' || (index === 1 && !takesCommands)) return [...args]
  let command: Command | undefined = program
  const path = args.filter((word, at) => at !== index && !word.startsWith('-'))
  for (const word of path) command = command?.commands.find(each => each.name() === word)
  // Without --help it is told which of the words is no command.
  return command === undefined ? path : [...path, '--help']
}

/** Options are declared for the command that is named: a boot need not learn those of the others. */
function createProgram(args: readonly string[], version: string, found: Found): Command {
  const program = new Command('vmcontext')
    .description('Turns what the cloud says about a virtual machine into a configured guest.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureHelp(helpForm)
    .addHelpText('after', exitCodeHelp)
  for (const {name, description, group, declare} of commands) {
    const command = program.command(name).description(description).helpGroup(`${group}:`)
    if (args.includes(name)) declare(command, found)
  }
  for (const command of withSubcommands(program)) command.helpCommand(false)
  return program
}

/** A command of the program, for whoever describes them all. */
export type CommandDescription = {
  name: string
  description: string
  /** The heading that it stands under. */
  group: string
  arguments: readonly {name: string; description: string; isNeeded: boolean}[]
  options: readonly OptionDescription[]
  /** As they stand in its help, a line each. */
  examples: readonly string[]
  commands: readonly CommandDescription[]
}
export type OptionDescription = {
  /** `--root`, `-y`. */
  flags: readonly string[]
  description: string
  /** Takes a value; the word for it: `dir`. */
  value?: string | undefined
  /** It may be left out. */
  isValueOptional: boolean
  default?: string | undefined
  choices?: readonly string[] | undefined
}

/** Describes the program with all of its commands. */
export function describeProgram(): CommandDescription {
  const names = commands.map(({name}) => name)
  return describeCommand(createProgram(names, '', () => {}))
}

function describeCommand(command: Command): CommandDescription {
  const help = command.createHelp()
  return {
    name: command.name(),
    description: command.description(),
    group: command.helpGroup().replace(/:$/, ''),
    arguments: command.registeredArguments.map(each => ({
      name: `${each.name()}${each.variadic ? '...' : ''}`,
      description: each.description,
      isNeeded: each.required,
    })),
    examples: readExamples(command),
    options: help
      .visibleOptions(command)
      .map(({short, long, description, flags, argChoices, optional, defaultValue}) => ({
        flags: [short, long].filter(flag => flag !== undefined),
        description,
        value: /[<[](\S+)[>\]]/.exec(flags)?.[1],
        isValueOptional: optional,
        default: typeof defaultValue === 'string' ? defaultValue : undefined,
        choices: argChoices ?? (flags.includes('<step>') ? stepNames : undefined),
      })),
    commands: help.visibleCommands(command).map(describeCommand),
  }
}

/** What is added behind a help can only be had by printing it. */
function readExamples(command: Command): string[] {
  let text = ''
  command.configureOutput({
    writeOut: part => {
      text += part
    },
  })
  command.outputHelp()
  return /^Examples:\n((?: {2}.*\n?)+)/m.exec(text)?.[1]?.trimEnd().split('\n') ?? []
}

function wrapText(text: string): string {
  return text
    .split('\n')
    .flatMap(line => wrapLine(line, 0))
    .join('\n')
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}

const exitCodeHelp = `
More about a command: vmcontext help COMMAND, man vmcontext.

Exit codes: 0 done, warnings and "no context" included; 1 something failed, is
wrong, or with --check is left to do; 2 wrong usage; 3 could not start.`
