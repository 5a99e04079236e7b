// Manual pages: prose is written by hand in packaging/man, what the command line says of itself is put in where a mark
// stands. A mark is a comment of roff:
//
//   .\" synopsis: boot plan      how they are called
//   .\" options: boot plan       their options, described as --help does it
//   .\" more: --stage            what follows is added to that option, up to the next mark
//   .\" end                      of the options
//   .\" examples: boot plan      the examples of --help
//   .\" steps: local             the names of the steps of a stage
//   .\" checks                   what the doctor looks at

import type {CommandDescription, OptionDescription} from '../src/cli/command-line.ts'
import {checks} from '../src/doctor/checks.ts'
import {stageOf, stepNames} from '../src/steps.ts'

/** Renders a page. @throws Error on a mark that leads nowhere. */
export function renderManual(source: string, program: CommandDescription): string {
  const withOptions = source.replace(/^\.\\" options: (.*)\n([\s\S]*?)^\.\\" end\n/gm, (_, names, more) =>
    renderOptions(findCommands(program, names), parseMore(more)),
  )
  return withOptions
    .replace(/^\.\\" synopsis: (.*)\n/gm, (_, names) => renderSynopsis(findCommands(program, names)))
    .replace(/^\.\\" examples: (.*)\n/gm, (_, names) => renderExamples(findCommands(program, names)))
    .replace(/^\.\\" steps: (.*)\n/gm, (_, stage) => renderSteps(stage))
    .replace(/^\.\\" checks\n/gm, renderChecks)
}

/** A page for every command that has none of its own: it shows the one that tells of it. */
export function renderAliases(
  sources: Readonly<Record<string, string>>,
  program: CommandDescription,
): Record<string, string> {
  return Object.fromEntries(
    program.commands.flatMap(({name}) => {
      const page = Object.keys(sources).find(each => tellsOf(sources[each]!, name))
      if (page === undefined) throw new Error(`no manual page has the options of ${name}`)
      const alias = `vmcontext-${name}.8`
      return alias in sources ? [] : [[alias, `.so man8/${page}\n`]]
    }),
  )
}

function tellsOf(source: string, name: string): boolean {
  const marks = [...source.matchAll(/^\.\\" options: (.*)$/gm)].flatMap(([, names]) => names!.split(/[ /]/))
  return marks.includes(name)
}

type Named = {path: string; command: CommandDescription}

/** `disc/build` is a command of `disc`. */
function findCommands(program: CommandDescription, names: string): Named[] {
  return names.split(' ').map(name => {
    let command: CommandDescription | undefined = program
    for (const word of name.split('/')) command = command?.commands.find(each => each.name === word)
    if (command === undefined)
      throw new Error(`a manual page asks for the command ${name}, and there is none`)
    return {path: name.replaceAll('/', ' '), command}
  })
}

function parseMore(text: string): Map<string, string> {
  const parts = text.split(/^\.\\" more: (.*)\n/m).slice(1)
  return new Map(parts.flatMap((flag, index) => (index % 2 === 0 ? [[flag, parts[index + 1]!]] : [])))
}

function renderOptions(commands: readonly Named[], more: Map<string, string>): string {
  const left = new Set(more.keys())
  const text = mergeOptions(commands).map(({option, owners}) => {
    const flag = option.flags.at(-1)!
    left.delete(flag)
    const whose = owners.length === commands.length ? '' : `(${owners.map(name => bold(name)).join(', ')})\n`
    return `.TP\n${formatFlags(option)}\n${whose}${formatDescription(option)}\n${more.get(flag) ?? ''}`
  })
  if (left.size > 0)
    throw new Error(`a manual page tells of options that are not there: ${[...left].join(', ')}`)
  return text.join('')
}

type Merged = {option: OptionDescription; owners: string[]}

/** An option that says the same of itself in several commands is told once. */
function mergeOptions(commands: readonly Named[]): Merged[] {
  const merged: Merged[] = []
  for (const {path, command} of commands) {
    for (const option of command.options.filter(({flags}) => !flags.includes('--help'))) {
      const same = merged.find(each => describe(each.option) === describe(option))
      if (same === undefined) merged.push({option, owners: [path]})
      else same.owners.push(path)
    }
  }
  return merged
}

function describe({flags, description}: OptionDescription): string {
  return [...flags, description].join(' ')
}

function formatFlags({flags, value, isValueOptional}: OptionDescription): string {
  const names = flags.map(bold).join(', ')
  if (value === undefined) return names
  const word = `\\fI${literally(value.toUpperCase())}\\fR`
  return isValueOptional ? `${names} [${word}]` : `${names} ${word}`
}

function formatDescription({description, choices, default: usual}: OptionDescription): string {
  const sentence = `${description[0]!.toUpperCase()}${description.slice(1)}.`
  const values =
    choices === undefined || choices.length > 5 ? [] : [`One of ${choices.map(bold).join(', ')}.`]
  const unsaid = usual === undefined || usual === '' ? [] : [`Default: ${bold(usual)}.`]
  return [literally(sentence), ...values, ...unsaid].join('\n')
}

function renderSynopsis(commands: readonly Named[]): string {
  const lines = commands.map(({path, command}) => {
    const words = command.arguments.map(({name, isNeeded}) => {
      const word = `\\fI${literally(name.toUpperCase())}\\fR`
      return isNeeded ? word : `[${word}]`
    })
    return [bold(`vmcontext ${path}`), '[\\fIoptions\\fR]', ...words].join(' ')
  })
  return `${lines.join('\n.br\n')}\n`
}

function renderExamples(commands: readonly Named[]): string {
  const lines = commands.flatMap(({command}) => command.examples.map(line => literally(line.slice(2))))
  return `.nf\n${lines.join('\n')}\n.fi\n`
}

function renderSteps(stage: string): string {
  const names = stepNames.filter(name => stageOf(name) === stage)
  if (names.length === 0) throw new Error(`a manual page asks for the steps of ${stage}, and there are none`)
  return `${names.map(bold).join(',\n')}.\n`
}

function renderChecks(): string {
  const entries = checks.map(({id, title}) => `.TP\n${bold(id)}\n${literally(title)}\n`)
  return `.PD 0\n${entries.join('')}.PD\n`
}

function bold(text: string): string {
  return `\\fB${literally(text)}\\fR`
}

/** Text as roff takes it literally. */
function literally(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
}
